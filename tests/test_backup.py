"""Copies of an SQLite database and odd places for them; copies that are none, or not all."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from databases import only_sqlite

from distribution import audience, backup, clock
from distribution.app import App
from distribution.backup import CannotBackUp, CannotRestore


@dataclass(frozen=True)
class Office:
    """An installation with a database and a copy of it."""

    app: App
    home: Path

    def backed_up(self) -> Path:
        target = self.home / "backup.db"
        backup.back_up_sqlite(self.home / "distribution.db", target, at=clock.now())
        return target


@pytest.fixture
def office(app: App) -> Office:
    return Office(app, app.settings.home)


@only_sqlite
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("DROP TABLE alembic_version", "里面没有 alembic_version"),
        ("DELETE FROM alembic_version", "版本 空 本程序不认识"),
        ("UPDATE alembic_version SET version_num = '2099'", "版本 2099 本程序不认识"),
        ("DROP TABLE installation", "里面没有 installation"),
    ],
)
def test_a_copy_of_something_else_is_said_and_changes_nothing(
    office: Office, change: str, why: str
) -> None:
    target, database = office.backed_up(), office.home / "distribution.db"
    office.app.engine.dispose()
    with closing(sqlite3.connect(target, isolation_level=None)) as line:
        line.execute(change)
    before = {path.name: path.read_bytes() for path in office.home.glob("distribution.db*")}

    with pytest.raises(CannotRestore) as fault:
        backup.restore_sqlite(target, database, at=clock.now())

    assert str(fault.value).startswith(f"没有恢复 {target}（{why}）：")
    assert {path.name: path.read_bytes() for path in office.home.glob("distribution.db*")} == before


@only_sqlite
def test_the_database_itself_is_no_copy(office: Office) -> None:
    database = office.home / "distribution.db"
    (office.home / "link.db").symlink_to(database)
    office.app.engine.dispose()

    with pytest.raises(CannotRestore, match="它就是现在的数据库"):
        backup.restore_sqlite(office.home / "link.db", database, at=clock.now())


@only_sqlite
def test_what_lies_in_the_log_beside_a_copy_comes_back_too(office: Office) -> None:
    database = office.home / "distribution.db"
    with office.app.transaction() as session:
        audience.ensure_enterprise(session, "汾河机床厂", at=clock.now())
    with office.app.engine.connect():  # the last one to leave would empty the log
        for path in office.home.glob("distribution.db*"):
            shutil.copy(path, office.home / path.name.replace("distribution", "by-hand"))
    office.app.engine.dispose()
    for path in office.home.glob("distribution.db*"):
        path.unlink()

    backup.restore_sqlite(office.home / "by-hand.db", database, at=clock.now())

    with closing(sqlite3.connect(database)) as line:
        assert line.execute("SELECT name FROM enterprises").fetchall() == [("汾河机床厂",)]


@only_sqlite
def test_a_database_on_another_disk_stays_there(office: Office, tmp_path: Path) -> None:
    target, database = office.backed_up(), office.home / "distribution.db"
    office.app.engine.dispose()
    there = tmp_path / "there.db"
    shutil.move(database, there)
    database.symlink_to(there)

    restored = backup.restore_sqlite(target, database, at=clock.now())

    assert database.readlink() == there
    assert restored.aside is not None
    assert restored.aside.parent == tmp_path


@only_sqlite
def test_a_backup_goes_to_a_memory_stick_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)  # as FAT says it
    target = office.backed_up()

    assert target.stat().st_size > 100_000
    assert [path.name for path in office.home.glob("*backup*")] == ["backup.db"]
    with pytest.raises(CannotBackUp, match="已有这个文件"):
        office.backed_up()
