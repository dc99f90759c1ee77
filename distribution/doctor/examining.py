"""All checks in their order."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from distribution import config, db
from distribution.app import App
from distribution.doctor import (
    broker,
    clocks,
    database,
    disk,
    keeping,
    mailbox,
    processes,
    relay,
    sender,
    templates,
    website,
)
from distribution.doctor.finding import Finding, good

Check = Callable[[App], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    database.check,
    clocks.check,
    processes.check,
    broker.check,
    relay.check,
    mailbox.check,
    website.check,
    templates.check,
    disk.check,
    keeping.check,
    sender.check,
)


def examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at one thing after the other; raises InvalidSetting and its like where none can be.

    The database is not opened as for work: what is wrong with it is to be told, not raised, and
    an older schema must not be upgraded by a look.
    """
    configuration = config.load(environ)
    settings = configuration.settings
    app = App(configuration, db.open_engine(settings.database))
    try:
        _ = app.reply_rules, app.relays
        source = settings.home / config.FILE_NAME
        said = f"设置读得懂：{source}" if source.exists() else "设置读得懂：只有环境变量与默认值"
        yield good("settings", f"{said}，共改动 {len(configuration.origins)} 项")
        yield from keeping.files_of_secrets(environ)
        for check in CHECKS:
            yield from check(app)
    finally:
        app.engine.dispose()
