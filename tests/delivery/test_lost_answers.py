"""A commit that went through while its answer was lost: what was recorded is known as ours."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    TERMS,
    events,
    hand,
    lease,
    leases_run_out,
    make_run,
    make_sender,
    suppress,
    tally,
)
from fake_transport import FakeTransport
from moody import LONG, Moody
from sqlalchemy.orm import Session

from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.delivery import Count, Envelope, counts, ledger, ledger_writer
from distribution.delivery.ledger import Result
from distribution.delivery.ledger_writer import LedgerWriter
from distribution.statements import DirectLine, Prepared
from distribution.words import Cause, DeliveryState

S = DeliveryState
on_postgresql = pytest.mark.parametrize("environment", ["postgresql"], indirect=True)


class Deaf(DirectLine):
    """Hears nothing of the first whole commit that it sends."""

    heard = False

    def alone(
        self, statement: Prepared, rows: Sequence[Sequence[Any]], **values: object
    ) -> list[Any]:
        moved = super().alone(statement, rows, **values)
        if not self.heard:
            self.heard = True
            self.leave()
            raise DatabaseUnusable("连接断开")
        return moved


def lost() -> int:
    return counts.numbers().get((Count.LEASE_LOST, ""), 0)


def test_a_result_whose_answer_was_lost_is_no_copy(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = make_run(app, 1)
    database = Moody(app, after_commit=True)

    def fail_now(_envelope: Envelope) -> None:
        database.away = True
        asyncio.get_running_loop().call_later(0.05, come_back)

    def come_back() -> None:
        database.away = False

    before = lost()
    sender = make_sender(app, FakeTransport(at_finish=fail_now))
    sender.transaction = database
    sender.pump(LONG)

    assert database.failures
    assert tally(app, run_id) == {"accepted": 1}
    assert [event.state for event in events(app, run_id)] == [S.ACCEPTED]
    assert (lost() - before, [r for r in caplog.records if "not ours" in r.message]) == (0, [])


@pytest.mark.parametrize(
    ("state", "cause"), [(S.ACCEPTED, None), (S.DEFERRED, None), (S.FAILED, Cause.POLICY)]
)
def test_what_stands_recorded_is_ours_by_its_token(
    app: App, state: DeliveryState, cause: Cause | None
) -> None:
    make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    result = Result(row.delivery_id, row.token, state, cause)
    foreign = Result(row.delivery_id, "somebody else", state, cause)
    other = Result(row.delivery_id, row.token, S.HELD, cause)

    for offered, ours in ((result, True), (result, True), (foreign, False), (other, False)):
        with app.transaction() as session:
            assert bool(ledger.offer(session, [offered], by="test")) == ours
    assert len(events(app, row.run_id)) == 1


@on_postgresql
def test_a_whole_commit_whose_answer_was_lost_is_known_again(app: App) -> None:
    run_id = make_run(app, 3)
    done, begun, gone = lease(app)
    hand(app, done)
    suppress(app, gone.recipient)

    async def work(line: DirectLine) -> list[bool | BaseException]:
        writer = LedgerWriter(app.transaction, TERMS, "worker-a", line)
        asked = [
            asyncio.ensure_future(writer.settle(Result(done.delivery_id, done.token, S.ACCEPTED))),
            asyncio.ensure_future(writer.hand_over(begun.delivery_id, begun.token)),
            asyncio.ensure_future(writer.hand_over(gone.delivery_id, gone.token)),
        ]
        await asyncio.sleep(0)  # all have entered
        running = asyncio.create_task(writer.run())
        answers = await asyncio.gather(*asked, return_exceptions=True)
        # as a connection does whose intent may stand: its mail was not sent
        unsent = [Result(row.delivery_id, row.token, S.DEFERRED) for row in (begun, gone)]
        answers += await asyncio.gather(*map(writer.settle, unsent))
        running.cancel()
        return answers

    line = Deaf(app.engine)
    result, *intents = asyncio.run(work(line))
    line.leave()

    assert result is True
    assert [type(answer) for answer in intents[:2]] == [DatabaseUnusable] * 2
    assert intents[2:] == [True, True]
    assert tally(app, run_id) == {"accepted": 1, "deferred": 2}


@on_postgresql
def test_a_refusal_that_is_lost_costs_no_result_its_owner(app: App) -> None:
    """The statement committed, the second transaction did not: the result is offered again."""
    make_run(app, 2)
    done, gone = lease(app)
    hand(app, done)
    accepted = {(done.delivery_id, done.token): "250 ok"}
    refused = [(gone.delivery_id, "stale", "a" * 64, "main")]

    class Breaks(DirectLine):
        broken = False

        def __call__(self) -> Any:  # noqa: ANN401 - as it is above
            if not self.broken:
                self.broken = True
                raise DatabaseUnusable("连接断开")
            return super().__call__()

    line = Breaks(app.engine)
    with pytest.raises(DatabaseUnusable):
        ledger.record_together(line, accepted, refused, TERMS, "worker-a")
    assert ledger.record_together(line, accepted, refused, TERMS, "worker-a") == {done.delivery_id}
    line.leave()


class LastWords(Moody):
    """Goes away for good behind the first commit."""

    @contextmanager
    def _opened(self) -> Iterator[Session]:
        self.after_commit = not self.failures
        with super()._opened() as session:
            yield session


def test_an_intent_whose_answer_was_lost_is_in_doubt_where_its_worker_dies_too(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_writer, "RESULT_PATIENCE", timedelta(seconds=0.1))
    run_id = make_run(app, 1)
    database = LastWords(app)

    def fail_now(_envelope: Envelope) -> None:
        database.away = True

    relay = FakeTransport(at_begin=fail_now)
    sender = make_sender(app, relay, connections=1)
    sender.transaction = database
    sender.pump(LONG)
    assert (relay.accepted, relay.abandoned) == ([], relay.offered)
    assert tally(app, run_id) == {"handed": 1}  # his word that nothing was sent dies with him

    leases_run_out(app)
    make_sender(app, relay).pump(LONG)
    assert (tally(app, run_id), relay.accepted) == ({"in_doubt": 1}, [])
