"""`distribution db`: the schema."""

import os

import click

from distribution import config, db, schema
from distribution.cli.common import as_json, show_json


@click.group("db")
def group() -> None:
    """数据库。"""


@group.command("upgrade")
def upgrade() -> None:
    """把数据库升级到本程序的版本；可以反复运行。"""
    settings = config.load(os.environ).settings
    if settings.embedded:
        settings.home.mkdir(parents=True, exist_ok=True)
    with db.friendly():
        before, after = schema.upgrade(db.open_engine(settings.database))
    if before == after:
        click.echo(f"数据库已是最新版本（{after}）：没有改动。")
    else:
        click.echo(f"数据库已从 {before or '空'} 升级到 {after}。")


@group.command("status")
@as_json
def status(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """显示数据库的版本与本程序需要的版本。"""
    settings = config.load(os.environ).settings
    with db.friendly(), db.open_engine(settings.database).connect() as connection:
        found = schema.revision_of(connection)
    if as_json:
        show_json({"database": found, "programme": schema.HEAD, "current": found == schema.HEAD})
    else:
        click.echo(f"数据库：{found or '空'}；本程序：{schema.HEAD}")
