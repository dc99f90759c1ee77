"""Who judges what comes back wants the rows of the ledger writer: nobody is told a wrong thing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from databases import circles_seen_soon, waits
from factories import TERMS, hand, lease, make_run, tally
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from distribution.app import App
from distribution.database_errors import Collided, insisting
from distribution.delivery import ledger
from distribution.models import Delivery
from distribution.statements import DirectLine, kept

on_postgresql = pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
INTENT = ("a" * 64, "main")


@pytest.fixture
def line(app: App) -> Iterator[DirectLine]:
    """Of a writer who soon sees that he waits in a circle."""
    with circles_seen_soon(app), kept(app.engine) as line:
        assert isinstance(line, DirectLine)
        yield line


def hold(session: Session, delivery_id: int, *, nowait: bool = False) -> None:
    """As one who judges does."""
    query = select(Delivery.id).where(Delivery.id == delivery_id)
    session.execute(query.with_for_update(key_share=True, nowait=nowait)).all()


@on_postgresql
def test_the_writer_takes_rows_by_id_as_all_who_judge(app: App, line: DirectLine) -> None:
    run_id = make_run(app, 2)
    first, second = lease(app)
    hand(app, first, second)
    accepted = {(row.delivery_id, row.token): "250 ok" for row in (second, first)}

    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            hold(session, first.delivery_id)
            writer = pool.submit(ledger.record_together, line, accepted, [], TERMS, "worker-a")
            assert waits(app, writer)
            hold(session, second.delivery_id, nowait=True)
        assert writer.result() == {first.delivery_id, second.delivery_id}
    assert tally(app, run_id) == {"accepted": 2}


@on_postgresql
def test_a_writer_who_waited_in_a_circle_records_it_all_a_moment_later(
    app: App, line: DirectLine
) -> None:
    run_id = make_run(app, 2)
    first, second = lease(app)
    hand(app, second)  # results are taken before intents, whatever their ids
    accepted = {(second.delivery_id, second.token): "250 ok"}
    intents = [(first.delivery_id, first.token, *INTENT)]

    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            session.execute(text("SET LOCAL deadlock_timeout = '60s'"))  # the other one loses
            hold(session, first.delivery_id)
            writer = pool.submit(ledger.record_together, line, accepted, intents, TERMS, "w")
            assert waits(app, writer)
            hold(session, second.delivery_id)
        assert writer.result() == {first.delivery_id, second.delivery_id}
    assert tally(app, run_id) == {"accepted": 1, "handed": 1}


@on_postgresql
def test_who_collides_is_told_so_and_not_that_the_database_is_away(app: App) -> None:
    make_run(app, 2)
    first, second = (row.delivery_id for row in lease(app))

    def other_way_round() -> None:
        with app.transaction() as session:
            session.execute(text("SET LOCAL deadlock_timeout = '300ms'"))
            hold(session, second)
            hold(session, first)

    with ThreadPoolExecutor(1) as pool, app.transaction() as session:
        session.execute(text("SET LOCAL deadlock_timeout = '60s'"))
        hold(session, first)
        other = pool.submit(other_way_round)
        assert waits(app, other)
        hold(session, second)
        with pytest.raises(Collided, match="请再试一次"):
            other.result()


def test_a_transaction_that_collides_for_ever_is_given_up() -> None:
    tries: list[int] = []

    def unlucky() -> None:
        tries.append(1)
        raise Collided

    with pytest.raises(Collided):
        insisting(unlucky)
    assert len(tries) == 5
