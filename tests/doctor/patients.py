"""Installations to be examined: not opened as for work, and told in lines."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from distribution import config, db
from distribution.app import App
from distribution.doctor import Finding

Check = Callable[[App], Iterable[Finding]]


@contextmanager
def patient(environment: dict[str, str], **settings: object) -> Iterator[App]:
    """An installation with these settings."""
    named = {f"DISTRIBUTION_{name.upper()}": str(value) for name, value in settings.items()}
    configuration = config.load(environment | named)
    app = App(configuration, db.open_engine(configuration.settings.database))
    yield app
    app.engine.dispose()


def lines(check: Check, environment: dict[str, str], **settings: object) -> list[str]:
    """What a check says, each line with its sign."""
    with patient(environment, **settings) as app:
        return [f"{found.grade.sign} {found.words}" for found in check(app)]


def troubles(check: Check, environment: dict[str, str], **settings: object) -> list[str]:
    """The lines of what is wrong, or to be noted."""
    said = lines(check, environment, **settings)
    return [line for line in said if not line.startswith("✓")]


def line(check: Check, environment: dict[str, str], **settings: object) -> str:
    """The one line of that."""
    [found] = troubles(check, environment, **settings)
    return found
