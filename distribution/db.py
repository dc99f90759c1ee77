"""Storage: the engine, the column types, and the two ways to open a session.

The database's clock decides leases and due times (`database_time`), so that the clocks of the
worker hosts never matter.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Float,
    Integer,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from distribution.database_errors import DatabaseUnusable, address_of, friendly, insisting

__all__ = [
    "BIG_INTEGER",
    "BUSY_TIMEOUT",
    "DOCUMENT",
    "DatabaseUnusable",
    "Transaction",
    "Utc",
    "address_of",
    "among",
    "database_day",
    "database_time",
    "friendly",
    "insert_all",
    "insisting",
    "next_ids",
    "open_engine",
    "reading",
    "upsert",
    "word",
    "writing",
]

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a session that commits when its block ends and rolls back when it raises."""

BUSY_TIMEOUT = timedelta(seconds=30)
"""How long SQLite waits for another process's write."""


_NEVER_FOR_EVER = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""libpq's patience with a network that has gone silent: seconds, the last in milliseconds."""


class Utc(TypeDecorator[datetime]):
    """An instant in UTC: refuses naive datetimes, returns aware ones on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what does not say its time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r}: say which time zone you mean"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give SQLite's bare digits their zone back."""
        if value is None or value.tzinfo is not None:
            return value.astimezone(UTC) if value is not None else None
        return value.replace(tzinfo=UTC)


_Word = TypeVar("_Word", bound=StrEnum)


def word(kind: type[_Word]) -> Enum:
    """The column type of a closed set: its ASCII codes as plain text, open for new ones."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


BIG_INTEGER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER keys only
DOCUMENT: TypeEngine[Any] = JSON().with_variant(JSONB, "postgresql")


class database_time(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """The database's own clock at this moment, `ahead` of it or, when negative, behind."""

    type = Utc()
    inherit_cache = True  # the seconds are a parameter, so a statement is compiled only once

    def __init__(self, ahead: timedelta | ColumnElement[float] = timedelta(0)) -> None:
        """`ahead` may also be seconds in SQL."""
        if isinstance(ahead, timedelta):
            ahead = literal(ahead.total_seconds(), Float())
        super().__init__(ahead)


@compiles(database_time, "postgresql")
def _postgresql_time(element: database_time, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401
    seconds = compiler.process(element.clauses, **words)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"


@compiles(database_time, "sqlite")
def _sqlite_time(element: database_time, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401
    # The same 26 characters as SQLAlchemy stores, so that text comparison is time comparison.
    seconds = compiler.process(element.clauses, **words)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', printf('%+.3f seconds', {seconds}))"


class database_day(FunctionElement[date]):  # noqa: N801 - reads as the SQL function it is
    """Today in Shanghai, by the database's own clock."""

    type = Date()
    inherit_cache = True


@compiles(database_day, "postgresql")
def _postgresql_day(_element: database_day, _compiler: SQLCompiler, **_words: Any) -> str:  # noqa: ANN401
    return "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"


@compiles(database_day, "sqlite")
def _sqlite_day(_element: database_day, _compiler: SQLCompiler, **_words: Any) -> str:  # noqa: ANN401
    return "date('now', '+8 hours')"  # SQLite knows no zones; Shanghai's has no summer time


def open_engine(url: str) -> Engine:
    """Open a database; nothing is connected yet.

    SQLite is set to WAL with synchronous=FULL, and its transactions begin as IMMEDIATE (see
    `writing`) or DEFERRED (see `reading`), because Python's driver would begin them too late.
    No traceback shows what was written: it may be an address.
    """
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={**_NEVER_FOR_EVER, "client_encoding": "utf8"},
        )
    except ModuleNotFoundError as error:
        advice = "请安装 distribution[postgres]"
        raise DatabaseUnusable(f"缺少 PostgreSQL 的驱动程序（{error.name}）：{advice}") from error


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT.total_seconds()}
    )

    @event.listens_for(engine, "do_connect")
    def _keep(_dialect: Dialect, _entry: object, given: Sequence[str], _options: object) -> None:
        """A new file is for this account alone: SQLite would let everybody read it.

        One that is there is not even opened: closing it would take away the locks that all other
        connections of this process hold on it, see sqlite.org/howtocorrupt.html, 2.2.
        """
        if not given[0].startswith((":", "file:")):
            with suppress(OSError):  # it is there; or SQLite says better what is wrong
                os.close(os.open(given[0], os.O_CREAT | os.O_EXCL, 0o600))

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - sqlite3's
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def upsert(session: Session, table: type[Any]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say ON CONFLICT, in the words of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_all(
    session: Session, table: type[Any], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert many rows, as fast as the database takes them; defaults of the model do not apply.

    On PostgreSQL by COPY, so a row that breaks a constraint fails them all.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        values = [dict(zip(columns, row, strict=True)) for row in rows]
        connection.execute(table.__table__.insert(), values)
        return
    spelled = [
        (at, spell)
        for at, name in enumerate(columns)
        if (spell := _copied(table.__table__.c[name].type)) is not None
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f'COPY "{table.__tablename__}" ({names}) FROM STDIN'
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        write = copy.write_row
        for row in rows:
            copied = list(row)
            for at, spell in spelled:
                copied[at] = spell(copied[at])
            write(copied)


def _copied(kind: TypeEngine[Any]) -> Callable[[Any], object] | None:
    """How COPY must be told a value the driver cannot spell itself."""
    if isinstance(kind, JSON):
        return lambda value: json.dumps(value, ensure_ascii=False) if value else "{}"
    if isinstance(kind, Enum):
        return lambda value: None if value is None else str(value)
    return None


def among(
    session: Session, column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[Any]
) -> ColumnElement[bool]:
    """SQL: the column is one of many values; PostgreSQL gets them as one array.

    Thousands of parameters would cost more than the search.
    """
    wanted = list(values)
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(bindparam(None, wanted, postgresql.ARRAY(column.type)))
    return column.in_(wanted)


def next_ids(session: Session, table: type[Any], count: int) -> Sequence[int]:
    """Keys nobody else will get, for rows that others of the same transaction refer to.

    The caller keeps others from inserting meanwhile: on PostgreSQL by a lock on the table.
    """
    if not count:
        return ()
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.__tablename__, "id")
        block = select(func.setval(sequence, func.nextval(sequence) + (count - 1)))
        last = session.scalars(block).one()
        return range(last - count + 1, last + 1)
    last = session.scalar(select(func.max(table.id))) or 0
    return range(last + 1, last + 1 + count)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that may write; on SQLite it holds the write lock from its first moment."""
    with friendly(), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction for looking only: never waits for a writer, never commits."""
    with (
        friendly(),
        engine.connect().execution_options(sqlite_begin="DEFERRED") as connection,
        Session(connection) as session,
    ):
        yield session
