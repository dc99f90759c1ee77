"""The ledger writer while the database is away: nothing is sent that cannot be recorded."""

import asyncio
from datetime import timedelta

import pytest
from factories import TERMS, deliveries, hand, lease, make_run, make_sender, tally
from fake_transport import FakeTransport
from moody import LONG, Moody

from distribution import delivery
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.delivery import Envelope, ledger_writer
from distribution.delivery.ledger import Result
from distribution.delivery.ledger_writer import LedgerWriter
from distribution.words import DeliveryState

S = DeliveryState


def sender_on(app: App, database: Moody, relay: FakeTransport) -> delivery.Sender:
    sender = make_sender(app, relay, connections=2)
    sender.transaction = database
    return sender


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_writer, "RESULT_PATIENCE", timedelta(seconds=0.3))


@pytest.mark.parametrize("after_commit", [False, True])
def test_no_mail_is_finished_whose_intent_was_not_recorded(app: App, *, after_commit: bool) -> None:
    run_id = make_run(app, 6)
    database = Moody(app)
    database.after_commit = after_commit

    def fail_now(_envelope: Envelope) -> None:
        database.away = True

    relay = FakeTransport(at_begin=fail_now)
    sender = sender_on(app, database, relay)
    pumped = sender.pump(LONG)

    assert isinstance(pumped.trouble, DatabaseUnusable)
    assert relay.accepted == []
    assert set(relay.abandoned) == set(relay.offered)

    database.away, relay.at_begin = False, lambda _: None
    sender.pump(LONG)  # now it is known that those were not sent
    assert S.IN_DOUBT.value not in tally(app, run_id)
    assert max(relay.recipients.values()) == 1


def test_a_result_waits_for_the_database(app: App) -> None:
    run_id = make_run(app, 1)
    database = Moody(app)

    def fail_now(_envelope: Envelope) -> None:
        database.away = True
        asyncio.get_running_loop().call_later(0.05, come_back)

    def come_back() -> None:
        database.away = False

    sender_on(app, database, FakeTransport(at_finish=fail_now)).pump(LONG)

    assert database.failures
    assert tally(app, run_id) == {"accepted": 1}


def test_a_result_the_database_never_took_is_recorded_by_the_next_pump(app: App) -> None:
    run_id = make_run(app, 1)
    database = Moody(app)

    def fail_now(_envelope: Envelope) -> None:
        database.away = True

    relay = FakeTransport(at_finish=fail_now)
    sender = sender_on(app, database, relay)
    sender.pump(LONG)
    assert tally(app, run_id) == {"handed": 1}

    database.away = False
    sender.pump(LONG)

    assert tally(app, run_id) == {"accepted": 1}
    assert len(relay.accepted) == 1


def writer_of(app: App, database: Moody | None = None) -> LedgerWriter:
    return LedgerWriter(database or Moody(app), TERMS, "worker-a")


def test_what_gathers_is_committed_together(app: App) -> None:
    run_id = make_run(app, 6)
    rows = lease(app)
    hand(app, *rows[:2])

    async def work() -> list[bool | None]:
        writer = writer_of(app)
        running = asyncio.create_task(writer.run())
        answers = await asyncio.gather(
            writer.settle(Result(rows[0].delivery_id, rows[0].token, S.ACCEPTED)),
            writer.settle(Result(rows[1].delivery_id, "wrong", S.ACCEPTED)),
            writer.hand_over(rows[2].delivery_id, rows[2].token),
            writer.hand_over(rows[3].delivery_id, "wrong"),
            writer.release(rows[4].delivery_id, rows[4].token, timedelta(0)),
        )
        running.cancel()
        return answers

    assert asyncio.run(work()) == [True, False, True, False, None]
    assert tally(app, run_id) == {"accepted": 1, "handed": 2, "leased": 2, "planned": 1}


def test_an_intent_nobody_waits_for_is_not_recorded_but_a_result_is(app: App) -> None:
    run_id = make_run(app, 2)
    first, second = lease(app)
    hand(app, second)

    async def work() -> None:
        writer = writer_of(app)
        waiting = [
            asyncio.create_task(writer.hand_over(first.delivery_id, first.token)),
            asyncio.create_task(
                writer.settle(Result(second.delivery_id, second.token, S.ACCEPTED))
            ),
        ]
        await asyncio.sleep(0)  # both have entered
        for task in waiting:
            task.cancel()
        await asyncio.sleep(0)
        running = asyncio.create_task(writer.run())
        # whoever asks next is answered in the same commit
        assert not await writer.settle(Result(first.delivery_id, "wrong", S.ACCEPTED))
        running.cancel()

    asyncio.run(work())
    assert {row.state for row in deliveries(app, run_id).values()} == {S.LEASED, S.ACCEPTED}


def test_a_defect_in_the_ledger_reaches_whoever_waits(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(app, 3)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ledger_writer.ledger, "hand_over", broken)
    relay = FakeTransport()

    with pytest.raises(ZeroDivisionError):
        make_sender(app, relay).pump(LONG)
    assert relay.accepted == []
