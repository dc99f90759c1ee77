"""`distribution db upgrade` and `status`: the schema."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from distribution import config, db, delivery, own_files, schema
from distribution.cli.common import as_json, show_json
from distribution.config import Settings
from distribution.errors import InvalidSetting


@click.command("upgrade")
def upgrade() -> None:
    """把数据库升级到本程序的版本；可以反复运行。"""
    settings = config.load(os.environ).settings
    if settings.embedded:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = f"建不了这个文件夹（{own_files.reason(error)}），请换一个能写入的"
            raise InvalidSetting("DISTRIBUTION_HOME", str(settings.home), why) from error
    with _engine(settings) as engine:
        before, after = schema.upgrade(engine)
    if before == after:
        click.echo(f"数据库已是最新版本（{after}）：没有改动。")
    else:
        click.echo(f"数据库已从 {before or '空'} 升级到 {after}。")


@click.command("status")
@as_json
def status(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """显示数据库的版本与本程序需要的版本，以及能不能用它投递。"""
    settings = config.load(os.environ).settings
    found, suspect = None, ""
    if not _unborn(settings):
        with _engine(settings) as engine, db.reading(engine) as session:
            found = schema.revision_of(session.connection())
            known = delivery.recognising.find(session) if found == schema.HEAD else None
            suspect = known.suspect if known is not None else ""
    if as_json:
        current = found == schema.HEAD
        show_json(
            {
                "database": found,
                "programme": schema.HEAD,
                "current": current,
                "suspect": suspect or None,
            }
        )
        return
    click.echo(f"数据库：{found or '空'}；本程序：{schema.HEAD}")
    if suspect:
        click.echo(f"{delivery.SuspectLedger(suspect)}")


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = db.open_engine(settings.database)
    try:
        with db.friendly():
            yield engine
    finally:
        engine.dispose()


def _unborn(settings: Settings) -> bool:
    """Whether to look would make the file: an embedded installation before its first use."""
    name = db.address_of(settings.database).database
    return settings.embedded and bool(name) and not Path(str(name)).exists()
