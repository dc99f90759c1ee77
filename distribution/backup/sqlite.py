"""SQLite: copied by SQLite itself while it is in use; put back while nobody uses it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from distribution import clock, db, delivery, schema
from distribution.backup.files import CannotBackUp, CannotRestore, beside, new_file, sync
from distribution.database_errors import DatabaseTrouble
from distribution.database_words import trouble
from distribution.own_files import reason

_PATIENCE = 2.0
"""Seconds for whoever has the database open to be done with it."""
_BESIDE = ("-wal", "-shm")
_ADVICE = "请检查文件夹、权限与磁盘空间"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    revision: str
    aside: Path | None
    """Where the database of before lies; None: there was none."""


def back_up_sqlite(database: Path, target: Path, *, at: datetime) -> None:
    """Copy a database as it is at one moment, whoever writes meanwhile; raises CannotBackUp.

    The copy says of itself that it is one: wherever it is put back, nothing is sent from it until
    a person accepts it.
    """
    if not database.exists():
        raise CannotBackUp(target, f"还没有数据库 {database}", "装置使用过后再备份")
    try:
        with new_file(target) as draft:
            with closing(sqlite3.connect(database, timeout=_PATIENCE)) as source:
                source.execute("VACUUM INTO ?", (str(draft),))
            _distrust(draft, f"它是 {clock.for_people(at)} 的备份")
    except OSError as error:
        raise CannotBackUp(target, reason(error), _ADVICE) from error
    except sqlite3.Error as error:
        raise CannotBackUp(target, *trouble(str(error))) from error
    except DatabaseTrouble as error:
        raise CannotBackUp(target, error.what, error.advice) from error


def restore_sqlite(source: Path, database: Path, *, at: datetime) -> Restored:
    """Put a copy in the database's place, which is kept aside; raises CannotRestore.

    Nobody may have the database open; and nothing is sent from it until a person accepts it.
    """
    database = database.resolve()  # where it is elsewhere, it stays there
    if database.exists() and source.samefile(database):
        raise CannotRestore(source, "它就是现在的数据库", "请给出一份备份")
    revision = _revision(source)
    draft = beside(database, ".restoring")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        with _opened(source) as copy, closing(sqlite3.connect(draft)) as new:
            copy.backup(new)
        _distrust(draft, f"它是 {clock.for_people(at)} 由 {source.name} 恢复的")
        sync(draft)
        with _unused(source, database):
            aside = _set_aside(database, at)
            draft.replace(database)
        sync(database.parent)
    except OSError as error:
        raise CannotRestore(source, reason(error), _ADVICE) from error
    except sqlite3.Error as error:
        raise CannotRestore(source, *trouble(str(error))) from error
    except DatabaseTrouble as error:
        raise CannotRestore(source, error.what, error.advice) from error
    finally:
        for left in (draft, *(beside(draft, end) for end in _BESIDE)):
            with suppress(OSError):
                left.unlink()
    return Restored(revision, aside)


def _revision(source: Path) -> str:
    """The schema of a copy, which must be whole and one that this programme knows."""
    try:
        with _opened(source) as copy:
            [said] = copy.execute("PRAGMA quick_check(1)").fetchone()
            row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        advice = "请给出 distribution db backup 写出的文件"
        raise CannotRestore(source, trouble(str(error))[0], advice) from error
    if said != "ok":
        raise CannotRestore(source, "文件已损坏", "请换一份备份")
    found = str(row[0]) if row is not None else ""
    if found != schema.HEAD and not schema.knows(found):
        raise CannotRestore(source, f"版本 {found or '空'} 本程序不认识", "请先换成写出它的程序")
    return found


@contextmanager
def _opened(source: Path) -> Iterator[sqlite3.Connection]:
    """A copy to read, with what lies in a log beside it; without one, nothing is written there."""
    mode = "mode=ro" if beside(source, "-wal").exists() else "immutable=1"
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?{mode}", uri=True)) as copy:
        yield copy


def _distrust(copy: Path, why: str) -> None:
    """Bring a copy to the schema of this programme, and let nobody send from it."""
    address = URL.create("sqlite", database=str(copy))
    engine = db.open_engine(address.render_as_string())
    try:
        with db.friendly():
            schema.ensure(engine, embedded=True)
        with db.writing(engine) as session:
            delivery.recognising.distrust(session, why)
    finally:
        engine.dispose()


@contextmanager
def _unused(source: Path, database: Path) -> Iterator[None]:
    """Nobody has the database open: only then SQLite leaves WAL, and all of it is in one file."""
    if not database.exists():
        yield
        return
    with closing(sqlite3.connect(database, timeout=_PATIENCE, isolation_level=None)) as line:
        try:
            line.execute("PRAGMA journal_mode=DELETE")
            line.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                advice = "先停止 distribution up、worker、scheduler 与 serve，再试一次"
                raise CannotRestore(source, f"还有进程开着 {database}", advice) from error
            # else it is damaged: that is why a copy is put back
        yield


def _set_aside(database: Path, at: datetime) -> Path | None:
    if not database.exists():
        return None
    aside = beside(database, f".{at:%Y%m%dT%H%M%SZ}")
    if os.path.lexists(aside):
        raise FileExistsError(None, f"{aside} 已存在")
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            beside(database, ending).rename(beside(aside, ending))
    database.rename(aside)
    return aside
