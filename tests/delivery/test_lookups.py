"""The statements that run all the time find their rows by an index, however many there are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from factories import hand, lease, make_run, settle
from runs import SEPTEMBER
from sqlalchemy import Connection, event, insert, text

from distribution.app import App
from distribution.models import Subscriber
from distribution.words import DeliveryState

MANY = 10_000
FIRST = 1_000_000


def fill(app: App, run_id: int) -> None:
    """Many accepted deliveries and many that are deferred, around the few that are due."""
    with app.transaction() as session:
        session.execute(
            insert(Subscriber),
            [
                {
                    "id": number,
                    "name": "",
                    "email": f"{number}",
                    "email_key": f"{number}",
                    "address_hash": f"{number}",
                    "created_at": SEPTEMBER,
                }
                for number in range(FIRST, FIRST + MANY)
            ],
        )
        session.execute(
            text(
                "INSERT INTO deliveries (run_id, subscriber_id, selection_id, recipient,"
                " address_hash, lane, state, attempts, crashes, next_attempt_at)"
                " SELECT :run, id, (SELECT min(id) FROM selections), email, address_hash, 'other',"
                " CASE WHEN id % 2 = 0 THEN 'accepted' ELSE 'deferred' END, 1, 0,"
                " '2050-01-01 00:00:00.000000' FROM subscribers WHERE id >= :first"
            ),
            {"run": run_id, "first": FIRST},
        )
        session.execute(text("ANALYZE"))


@contextmanager
def statements(app: App) -> Iterator[list[tuple[str, object]]]:
    """What is said to the database meanwhile."""
    heard: list[tuple[str, object]] = []

    def hear(_c: Connection, _cursor: object, said: str, values: object, *_: object) -> None:
        heard.append((said, values))

    event.listen(app.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(app.engine, "before_cursor_execute", hear)


def plans(app: App, work: Callable[[], object], *beginnings: str) -> str:
    """How the database goes about the statements of `work` that begin so."""
    with statements(app) as heard:
        work()
    explain = "EXPLAIN" if app.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    lines = []
    with app.engine.connect() as connection:
        for said, values in heard:
            if said.startswith(beginnings):
                rows = connection.exec_driver_sql(f"{explain} {said}", values)  # type: ignore[arg-type]
                lines += [" ".join(map(str, row)) for row in rows]
    return "\n".join(lines)


@pytest.fixture
def crowded(app: App) -> App:
    fill(app, make_run(app, 6))
    return app


def test_due_rows_are_looked_up_by_their_time(crowded: App) -> None:
    beginnings = (f"SELECT {table}.id, {table}.crashes" for table in ("deliveries", "first"))
    plan = plans(crowded, lambda: lease(crowded), *beginnings)

    assert "ix_deliveries_due" in plan
    assert "next_attempt_at <" in plan.partition("Index Cond")[2] or "next_attempt_at<?)" in plan


def test_rows_are_leased_handed_and_settled_by_their_number(crowded: App) -> None:
    def work() -> None:
        rows = lease(crowded)
        hand(crowded, *rows)
        settle(crowded, rows[0], DeliveryState.ACCEPTED)

    plan = plans(crowded, work, "UPDATE deliveries")

    assert "Seq Scan on deliveries" not in plan
    assert "SCAN deliveries" not in plan
    assert "pk_deliveries" in plan or "SEARCH deliveries USING INTEGER PRIMARY KEY" in plan
