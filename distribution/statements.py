"""Statements that many mails need: written out once, then only given their rows.

SQLAlchemy spends more time on saying a statement than PostgreSQL on doing it: building it, and
finding out whether it was said before. Where a statement runs hundreds of times a second it is
spelled once for each kind of database, and from then on only its values change. The driver
prepares it on the server, too. And whoever writes all the time keeps his connection.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    FromClause,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

from distribution.db import friendly

Columns = Mapping[str, TypeEngine[Any]]


class Prepared:
    """A statement about given rows.

    `build` makes it for a table of these rows with these columns, and for a kind of database;
    further values are parameters of type `bindparam`. Values go to the driver as they are, so
    words and times have to be spelled already, and results come back as the driver gives them.
    """

    def __init__(self, columns: Columns, build: Callable[[FromClause, str], ClauseElement]) -> None:
        self._columns, self._build = columns, build
        self._spelled: dict[str, tuple[str, dict[str, Any], Sequence[str] | None]] = {}

    def run(self, session: Session, rows: Sequence[Sequence[Any]], **values: object) -> list[Any]:
        """Run it once for all these rows; gives what it returns."""
        dialect = session.get_bind().dialect
        if dialect.name not in self._spelled:
            self._spelled[dialect.name] = self._spell(dialect)
        text, fixed, order = self._spelled[dialect.name]
        given = {**fixed, **_values(dialect.name, self._columns, rows), **values}
        driver = session.info.get(_DRIVER)
        if driver is not None:
            with _translated(dialect, text):
                cursor = driver.execute(text, given)
                return cursor.fetchall() if cursor.description else []
        words = given if order is None else tuple(given[name] for name in order)
        result = session.connection().exec_driver_sql(text, words)
        return list(result.cursor.fetchall()) if result.returns_rows else []

    def _spell(self, dialect: Dialect) -> tuple[str, dict[str, Any], Sequence[str] | None]:
        statement = self._build(_table(dialect.name, self._columns), dialect.name)
        compiled: Any = statement.compile(
            dialect=dialect, compile_kwargs={"render_postcompile": True}
        )
        fixed = {
            name: str(value) if isinstance(value, StrEnum) else value
            for name, value in compiled.params.items()
        }
        return str(compiled), fixed, compiled.positiontup if dialect.positional else None


def _table(database: str, columns: Columns) -> FromClause:
    """Rows to come, as a table."""
    if database == "postgresql":
        arrays = [
            cast(bindparam(f"given_{name}", None, Text()), postgresql.ARRAY(kind))
            for name, kind in columns.items()
        ]
        named = [column(name, kind) for name, kind in columns.items()]
        return func.unnest(*arrays).table_valued(*named, name="given").render_derived()
    each = func.json_each(bindparam("given", None, Text())).table_valued("value")
    fields = [
        type_coerce(func.json_extract(each.c.value, f"$[{at}]"), kind).label(name)
        for at, (name, kind) in enumerate(columns.items())
    ]
    return select(*fields).subquery("given")


def _values(database: str, columns: Columns, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The rows that have come, as parameters of that table."""
    if database == "postgresql":
        return {f"given_{name}": _array(row[at] for row in rows) for at, name in enumerate(columns)}
    return {"given": json.dumps([list(row) for row in rows])}


def _array(values: Iterable[int | str | None]) -> str:
    """An array as PostgreSQL writes it; several times as fast as the driver's way.

    >>> print(_array([1, None, "a b"]))
    {1,NULL,"a b"}
    """
    given = list(values)
    kinds = set(map(type, given))
    if kinds == {int}:
        return "{" + ",".join(map(str, given)) + "}"
    if kinds == {str} and not _marked(joined := '","'.join(map(str, given)), len(given)):
        return '{"' + joined + '"}'
    spelled = ",".join(
        [
            '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
            if isinstance(value, str)
            else "NULL"
            if value is None
            else str(value)
            for value in given
        ]
    )
    return "{" + spelled + "}"


def _marked(joined: str, count: int) -> bool:
    """Whether there are marks in words joined by '","' that an array has to spell otherwise."""
    return "\\" in joined or joined.count('"') != 2 * (count - 1)


_DRIVER = "driver"
"""Where a session keeps the driver's own connection, if statements may go to it directly."""


@contextmanager
def kept(engine: Engine) -> Iterator["Line"]:
    """A line to the database: as `db.writing`, for one transaction after the other.

    It is not asked before each of them whether it still stands: one that failed is replaced. On
    PostgreSQL prepared statements go to the driver directly, and are planned once for any number
    of rows: for a few rows too many it would rather read whole tables, and planning each time
    takes as long as looking up the rows.
    """
    line = (DirectLine if engine.dialect.name == "postgresql" else Line)(engine)
    try:
        yield line
    finally:
        line.leave()


class Line:
    """One connection, called for each transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        """Open a transaction that commits when its block ends."""
        with friendly():
            if self._connection is None:
                self._connection = self._engine.connect()
            try:
                with Session(self._connection, expire_on_commit=False) as session, session.begin():
                    yield session
            except BaseException:
                self.leave()
                raise

    def leave(self) -> None:
        """Close the connection; the next transaction opens another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()


class DirectLine(Line):
    """On PostgreSQL: the session is there for whatever is no prepared statement."""

    _session: Session
    _driver: Any

    def alone(
        self, statement: Prepared, rows: Sequence[Sequence[Any]], **values: object
    ) -> list[Any]:
        """Run a statement as a transaction of its own, in one round trip."""
        with self._whole():
            self._commit_each(True)
            return statement.run(self._session, rows, **values)

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        with self._whole():
            self._commit_each(False)
            yield self._session
            self._commit()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """A connection that stands; what fails leaves it."""
        with friendly():
            try:
                if self._connection is None:
                    self._open()
                yield
            except BaseException:
                self.leave()
                raise

    def _open(self) -> None:
        self._connection = self._engine.connect()
        self._connection.detach()  # nobody else is to have it afterwards
        self._connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        self._connection.commit()
        self._session = Session(self._connection, expire_on_commit=False)
        self._driver = self._connection.connection.dbapi_connection
        self._session.info[_DRIVER] = self._driver

    def _commit_each(self, each: bool) -> None:  # noqa: FBT001 - the driver's own word
        """Whether each statement is a transaction of its own."""
        if self._driver.autocommit is not each:
            self._driver.autocommit = each

    def _commit(self) -> None:
        if self._session.in_transaction():  # the same transaction, seen from above
            self._session.commit()
            self._session.expunge_all()
            return
        with _translated(self._engine.dialect, "COMMIT"):
            self._driver.commit()


@contextmanager
def _translated(dialect: Dialect, statement: str) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy does."""
    base = dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raised = DBAPIError.instance(
            statement, None, error, base, hide_parameters=True, dialect=dialect
        )
        raise raised from error
