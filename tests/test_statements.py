"""Statements that are written out once say the same whatever they are given, on both databases."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import FromClause, Select, Text, bindparam, event, select, text
from sqlalchemy.orm import Session

from distribution.app import App
from distribution.db import BIG_INTEGER, DatabaseUnusable
from distribution.statements import Prepared, kept

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def echo(rows: FromClause, _database: str) -> Select[int, str, str]:
    """What was given, and a word that is the same for all rows."""
    return select(rows.c.number, rows.c.word, bindparam("all", None, Text()))


ECHO = Prepared({"number": BIG_INTEGER, "word": Text()}, echo)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(-(2**62), 2**62), st.none() | words), max_size=5),
    st.none() | words,
)
def test_rows_arrive_as_they_were_given(
    session: Session, rows: Sequence[tuple[int, str | None]], for_all: str | None
) -> None:
    assert [tuple(row) for row in ECHO.run(session, rows, all=for_all)] == [
        (*row, for_all) for row in rows
    ]


@pytest.mark.parametrize(
    "word", ["NULL", "", " ", '"', "\\", '\\"', "{1,2}", "a,b", "'; --", "𠮷\n"]
)
def test_what_means_something_in_an_array_is_only_a_word(session: Session, word: str) -> None:
    assert [tuple(row) for row in ECHO.run(session, [(1, word)], all=None)] == [(1, word, None)]


def test_it_is_put_together_once(app: App) -> None:
    made = []

    def build(rows: FromClause, database: str) -> Select[int]:
        made.append(database)
        return select(rows.c.number)

    statement = Prepared({"number": BIG_INTEGER}, build)
    for number in range(3):
        with app.reading() as session:
            assert [row[0] for row in statement.run(session, [(number,)])] == [number]

    assert len(made) == 1


def test_a_kept_connection_serves_one_transaction_after_the_other(app: App) -> None:
    opened = []
    event.listen(app.engine, "checkout", lambda *_: opened.append(1))
    with kept(app.engine) as transaction:
        for _ in range(3):
            with transaction() as session:
                assert session.scalar(text("SELECT 1")) == 1

    assert len(opened) == 1


def test_what_fails_is_rolled_back_and_the_next_one_has_another_connection(app: App) -> None:
    with kept(app.engine) as transaction:
        with suppress(ZeroDivisionError), transaction() as session:
            session.execute(text("CREATE TABLE made (id INTEGER)"))
            raise ZeroDivisionError
        with transaction() as session:
            session.execute(text("CREATE TABLE made (id INTEGER)"))
            session.execute(text("DROP TABLE made"))


def test_a_connection_that_breaks_is_the_database_away_for_once(app: App) -> None:
    if app.engine.dialect.name != "postgresql":
        pytest.skip("a file cannot hang up")
    with kept(app.engine) as transaction:
        with transaction() as session:
            number = session.scalar(text("SELECT pg_backend_pid()"))
        with app.transaction() as other:
            other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        with pytest.raises(DatabaseUnusable), transaction() as session:
            session.execute(text("SELECT 1"))
        with transaction() as session:
            assert session.scalar(text("SELECT 1")) == 1


def test_on_postgresql_a_kept_connection_takes_them_without_a_detour(app: App) -> None:
    if app.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's statements go their usual way")
    seen = []
    event.listen(app.engine, "before_cursor_execute", lambda *words: seen.append(words[2]))
    with kept(app.engine) as transaction, transaction() as session:
        before = len(seen)
        assert ECHO.run(session, [(1, "word")], all=None) == [(1, "word", None)]

    assert len(seen) == before


def test_what_both_ways_write_is_committed_together(app: App) -> None:
    with kept(app.engine) as transaction:
        with transaction() as session:
            ECHO.run(session, [(1, "word")], all=None)
            session.execute(text("CREATE TABLE made (id INTEGER)"))
            session.execute(text("INSERT INTO made VALUES (1)"))
        with app.reading() as other:
            assert other.scalar(text("SELECT count(*) FROM made")) == 1
        with transaction() as session:
            session.execute(text("DROP TABLE made"))
