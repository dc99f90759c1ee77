"""`distribution db backup` and `restore`."""

import os
from pathlib import Path

import click

from distribution import backup as copies
from distribution import clock, config, db
from distribution.cli.common import ask, saying_yes
from distribution.config import Settings
from distribution.errors import Refused


class NotHere(Refused):
    """Raised where a database is restored by its own programme."""

    def __init__(self, source: Path) -> None:
        self.source = source
        super().__init__(
            "PostgreSQL 请用它自己的程序恢复：停止全部进程，在空的数据库里运行 pg_restore "
            f"--no-owner --dbname=数据库 {source}，再运行 distribution db suspect --reason 恢复"
        )


@click.command("backup")
@click.argument("target", metavar="文件", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """备份数据库到一个新文件；投递中也可以做。

    密钥、设置、模板与 outbox 不在其中，须另行备份：见 docs/backup.md。
    """
    settings = config.load(os.environ).settings
    if settings.embedded:
        copies.back_up_sqlite(_file(settings), target, at=clock.now())
    else:
        copies.back_up_postgresql(settings.database, target)
    click.echo(f"已备份到 {target}（{target.stat().st_size / 1_000_000:.1f} MB）。")
    click.echo(f"另请保存：{'、'.join(_besides(settings))}。")


@click.command("restore")
@click.argument(
    "source", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@saying_yes
def restore(source: Path, yes: bool) -> None:  # noqa: FBT001 - click's flag
    """用备份换下现在的数据库（仅 SQLite），现在的留在一旁；接受之前一封也不投递。"""
    settings = config.load(os.environ).settings
    if not settings.embedded:
        raise NotHere(source)
    database = _file(settings)
    ask(f"用 {source} 换下 {database}，确定吗？", yes=yes)
    restored = copies.restore_sqlite(source, database, at=clock.now())
    click.echo(f"已恢复 {database}（版本 {restored.revision}）。")
    if restored.aside is not None:
        click.echo(f"原来的数据库在 {restored.aside}。")
    click.echo("现在一封也不投递：核对之后，运行 distribution db accept --reason 缘由")


def _file(settings: Settings) -> Path:
    """The file of an SQLite database."""
    return Path(str(db.address_of(settings.database).database))


def _besides(settings: Settings) -> list[str]:
    """What a copy of the database does not hold."""
    keys = "DISTRIBUTION_SECRET_KEYS 中的密钥" if settings.secret_keys else str(settings.key_file)
    own = (config.FILE_NAME, "relays.toml", "reply_rules.toml", "holidays.toml", "email_templates")
    found = [str(settings.home / name) for name in own if (settings.home / name).exists()]
    outbox = settings.home / "outbox"
    return [keys, *found, *([str(outbox)] if outbox.exists() else [])]
