"""What many tests begin with, made once by a process: afterwards its rows are put back."""

import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from emptied import FILLED
from sqlalchemy import Engine, or_, select

from distribution.app import App
from distribution.models import Base

_Left = TypeVar("_Left")
_Rows = bytes | dict[str, bytes]

_TABLES = Base.metadata.sorted_tables
_ANY_ROW = select(or_(*(table.select().exists() for table in _TABLES if table.name not in FILLED)))
_COUNT_ON = "; ".join(
    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"  # noqa: S608 - our own tables
    for table in _TABLES
    if "id" in table.columns
)
"""The keys that follow are those after the last row."""
_NO_WAL = bytes((1, 1))
"""In the head of a SQLite file: as one in memory can be read."""

_FRESH = 15.0
"""Seconds: no older is what a test begins with than if it had made it on a busy machine."""

_kept: dict[tuple[str, str, str], tuple[float, _Rows, object]] = {}


def once(app: App, name: str, make: Callable[[], _Left]) -> _Left:
    """Make it, or put back the rows that were left when it was made a moment ago.

    Only the database is put back, and only where nothing has happened in it yet; what is made
    must follow from the name, the settings, and what the migrations filled.
    """
    if app.templates[0].exists() or not _untouched(app):
        return make()
    key = (name, app.engine.dialect.name, _circumstances(app))
    made_at, rows, left = _kept.get(key, (0.0, b"", None))
    if not rows or time.monotonic() - made_at > _FRESH:
        made_at, left = time.monotonic(), make()
        _kept[key] = (made_at, _read(app.engine), left)
    else:
        _write(app.engine, rows)
    return left  # type: ignore[return-value]  # of this name


def _untouched(app: App) -> bool:
    with app.reading() as session:
        return not session.scalar(_ANY_ROW)


def _circumstances(app: App) -> str:
    """All that a run may depend on besides what it is made of; a key is known by what it does."""
    with app.reading() as session:
        tables = [table for table in _TABLES if table.name in FILLED]
        filled = [session.execute(table.select().order_by(table.c.id)).all() for table in tables]
    settings = app.settings.model_dump(exclude={"home", "database_url"})
    return repr((filled, settings, app.keyring.address_hash("a@b.example")))


def _read(engine: Engine) -> _Rows:
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            rows = bytearray(raw.serialize())
            rows[18:20] = _NO_WAL
            return bytes(rows)
        assert isinstance(raw, psycopg.Connection)
        return {table.name: rows for table in _TABLES if (rows := _copied(raw, table.name))}


def _copied(raw: "psycopg.Connection[object]", table: str) -> bytes:
    with raw.cursor().copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(map(bytes, copy))


def _write(engine: Engine, rows: _Rows) -> None:
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if isinstance(rows, bytes):
            assert isinstance(raw, sqlite3.Connection)
            source = sqlite3.connect(":memory:")
            source.deserialize(rows)
            source.backup(raw)
            source.close()
            return
        assert isinstance(raw, psycopg.Connection)
        raw.execute("SET LOCAL session_replication_role = replica")  # in any order
        for table, content in rows.items():
            raw.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table
            with raw.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(content)
        raw.execute(_COUNT_ON)
        raw.commit()
