"""`distribution db`: the schema."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, make_url

from distribution import config, db, schema
from distribution.cli.common import as_json, show_json
from distribution.config import Settings
from distribution.errors import InvalidSetting


@click.group("db")
def group() -> None:
    """数据库。"""


@group.command("upgrade")
def upgrade() -> None:
    """把数据库升级到本程序的版本；可以反复运行。"""
    settings = config.load(os.environ).settings
    if settings.embedded:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidSetting("DISTRIBUTION_HOME", str(settings.home), str(error)) from error
    with _engine(settings) as engine:
        before, after = schema.upgrade(engine)
    if before == after:
        click.echo(f"数据库已是最新版本（{after}）：没有改动。")
    else:
        click.echo(f"数据库已从 {before or '空'} 升级到 {after}。")


@group.command("status")
@as_json
def status(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """显示数据库的版本与本程序需要的版本。"""
    settings = config.load(os.environ).settings
    found = None
    if not _unborn(settings):
        with _engine(settings) as engine, engine.connect() as connection:
            found = schema.revision_of(connection.execution_options(sqlite_begin="DEFERRED"))
    if as_json:
        show_json({"database": found, "programme": schema.HEAD, "current": found == schema.HEAD})
    else:
        click.echo(f"数据库：{found or '空'}；本程序：{schema.HEAD}")


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
    name = make_url(settings.database).database
    return settings.embedded and bool(name) and not Path(str(name)).exists()
