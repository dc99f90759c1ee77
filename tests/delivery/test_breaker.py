"""A ledger that is full: it can still be changed, but takes no result any more."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from factories import TERMS, deliveries, finish, hand, lease, make_run, make_sender, tally
from fake_transport import FakeTransport
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from distribution import delivery
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.delivery import Envelope, ledger_writer
from distribution.delivery.ledger import Result
from distribution.delivery.ledger_writer import LedgerWriter
from distribution.words import DeliveryState

LONG = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_writer, "RESULT_PATIENCE", timedelta(seconds=0.3))


class Full:
    """Lets no event into the ledger while `now`; intents are only changes, and would go."""

    def __init__(self) -> None:
        self.now = False
        self.failures = 0
        self.reached, self.go_on = Event(), Event()
        self.go_on.set()

    def __call__(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if self.now and statement.startswith("INSERT INTO delivery_events"):
            self.failures += 1
            self.reached.set()
            self.go_on.wait(10)
            raise OperationalError(statement, None, Exception("database or disk is full"))

    @contextmanager
    def on(self, app: App) -> Iterator[None]:
        event.listen(app.engine, "before_cursor_execute", self)
        try:
            yield
        finally:
            event.remove(app.engine, "before_cursor_execute", self)


def test_an_intent_that_waits_while_a_commit_fails_is_refused_with_it(app: App) -> None:
    make_run(app, 2)
    first, second = lease(app)
    hand(app, first)
    full = Full()
    full.now = True

    async def work() -> list[BaseException | bool]:
        writer = LedgerWriter(app.transaction, TERMS, "worker-a")
        running = asyncio.create_task(writer.run())
        result = Result(first.delivery_id, first.token, DeliveryState.ACCEPTED)
        settling = asyncio.create_task(writer.settle(result))
        await asyncio.to_thread(full.reached.wait, 10)  # it is being committed
        waiting = asyncio.create_task(writer.hand_over(second.delivery_id, second.token))
        await asyncio.sleep(0)
        full.go_on.set()
        ended = await asyncio.gather(settling, waiting, return_exceptions=True)
        running.cancel()
        return ended

    full.go_on.clear()
    with full.on(app):
        ended = asyncio.run(work())
    assert all(isinstance(end, DatabaseUnusable) for end in ended)
    assert {row.state for row in deliveries(app, first.run_id).values()} == {
        DeliveryState.HANDED,
        DeliveryState.LEASED,
    }


def test_no_mail_is_begun_or_finished_after_a_failed_commit_until_one_succeeds(app: App) -> None:
    run_id = make_run(app, 30)
    full, begun, finished = Full(), list[str](), list[str]()

    def begin(envelope: Envelope) -> None:
        if full.failures:
            begun.append(envelope.recipient)

    def end(envelope: Envelope) -> None:
        if full.failures:
            finished.append(envelope.recipient)
        if len(relay.accepted) == 10:
            full.now = True

    relay = FakeTransport(at_begin=begin, at_finish=end)
    sender = make_sender(app, relay, connections=4)
    with full.on(app):
        assert isinstance(sender.pump(LONG).trouble, DatabaseUnusable)
        assert (begun, finished) == ([], [])
        assert delivery.counts.ledger_fails(timedelta(minutes=1))
        assert sender.unrecorded
        taken = len(relay.accepted)

        sender.pump(LONG)  # the breaker is tried with what is known, not with a mail
        assert (begun, finished, len(relay.accepted)) == ([], [], taken)

        full.now = False
        relay.at_begin = relay.at_finish = lambda _: None
        sender.pump(LONG)

    assert not delivery.counts.ledger_fails(timedelta(minutes=1))
    assert (sender.unrecorded, tally(app, run_id)) == ([], {"accepted": 30})
    assert set(relay.recipients.values()) == {1}
    assert finish(app) == {run_id: []}
