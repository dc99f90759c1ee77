"""Start, pause, resume, cancel: seen by the next lease, and what follows from each."""

from collections.abc import Callable

import pytest
from factories import (
    KEY,
    YEARS,
    cancel,
    deliveries,
    events,
    finish,
    hand,
    lease,
    leases_run_out,
    make_readers,
    make_run,
    make_sender,
    mismatches,
    pause,
    plan,
    recover,
    resume,
    run_state,
    settle,
    slots,
    start,
    tally,
    the_run,
)
from fake_transport import FakeTransport
from runs import SEPTEMBER, make_issue

from distribution import delivery
from distribution.app import App
from distribution.words import Cause, DeliveryState, RunState

S = DeliveryState


def test_starting_seals_and_sets_the_time_limit(app: App) -> None:
    make_issue(app)
    make_readers(app, 2)
    run_id = plan(app)

    start(app, run_id)

    run = the_run(app, run_id)
    assert (run.state, run.planned, run.started_at) == (RunState.SENDING, 2, SEPTEMBER)
    assert run.expires_at == SEPTEMBER + YEARS


def test_starting_a_running_run_leaves_it_as_it_is(app: App) -> None:
    run_id = make_run(app, 1)
    delivery.start(app.transaction, run_id, at=SEPTEMBER.replace(day=5), expiry=YEARS)

    assert the_run(app, run_id).started_at == SEPTEMBER


def test_a_paused_run_is_resumed_and_not_started(app: App) -> None:
    run_id = make_run(app, 1)
    pause(app, run_id)
    with pytest.raises(delivery.WrongState, match="run resume"):
        start(app, run_id)
    resume(app, run_id)
    assert run_state(app, run_id) is RunState.SENDING


@pytest.mark.parametrize("what", [start, pause, resume, cancel])
@pytest.mark.parametrize("then", ["cancelled", "finished"])
def test_a_run_that_is_over_cannot_be_steered(
    app: App, what: Callable[[App, int], None], then: str
) -> None:
    run_id = make_run(app, 0)
    if then == "cancelled":
        cancel(app, run_id)
    else:
        finish(app)
    with pytest.raises(delivery.WrongState):
        what(app, run_id)
    assert run_state(app, run_id).value == then


def test_steering_reads_the_run_anew_once_it_has_the_lock(app: App) -> None:
    run_id = make_run(app, 1)
    if app.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    with app.transaction() as session:
        assert delivery.find_run(session, run_id).state is RunState.SENDING
        cancel(app, run_id)
        with pytest.raises(delivery.WrongState):
            delivery.pause(session, run_id, by="test")

    assert run_state(app, run_id) is RunState.CANCELLED


def test_a_paused_run_takes_its_results(app: App) -> None:
    run_id = make_run(app, 2)
    first, second = lease(app)
    hand(app, first, second)
    pause(app, run_id)

    assert settle(app, first, S.ACCEPTED)
    assert settle(app, second, S.DEFERRED)
    assert tally(app, run_id) == {"accepted": 1, "deferred": 1}


def pause_all(app: App, _run_id: int) -> None:
    with app.transaction() as session:
        delivery.pause_all(session, by="test", reason="出错了")


@pytest.mark.parametrize("how", [pause, cancel, pause_all])
def test_what_stops_a_run_is_heeded_within_one_lease(
    app: App, how: Callable[[App, int], None]
) -> None:
    run_id, at, connections, batch_size = make_run(app, 40), 8, 4, 10

    def stop_now(_envelope: delivery.Envelope) -> None:
        if len(relay.offered) == at:
            how(app, run_id)

    relay = FakeTransport(at_begin=stop_now)
    sender = make_sender(app, relay, connections=connections, batch_size=batch_size)
    sender.pump(YEARS)

    assert len(relay.accepted) < at + connections
    # What was leased ahead is begun at most, and refused where its intent is recorded.
    assert len(relay.offered) < at + connections + batch_size
    assert not {"leased", "handed", "in_doubt"} & set(tally(app, run_id))
    assert lease(app) == []


def test_all_that_is_sent_is_paused_at_once_and_nothing_else(app: App) -> None:
    sending = [make_run(app, 1)]
    for label in ("08", "07"):
        run_id = plan(app, make_issue(app, label))
        start(app, run_id)
        sending.append(run_id)
    waiting = plan(app, make_issue(app, "06"))

    with app.transaction() as session:
        assert delivery.pause_all(session, by="chief", reason="出错了") == sending
        assert delivery.pause_all(session, by="chief") == []

    for run_id in sending:
        run = the_run(app, run_id)
        assert (run.state, run.paused_by, run.pause_reason) == (
            RunState.PAUSED, "chief", "出错了"
        )  # fmt: skip
    assert run_state(app, waiting) is RunState.PLANNED
    resume(app, sending[0])
    run = the_run(app, sending[0])
    assert (run.state, run.paused_by, run.pause_reason) == (RunState.SENDING, None, None)


def test_cancelling_takes_back_all_but_what_was_handed_over(app: App) -> None:
    run_id = make_run(app, 6)
    accepted, handed, leased, deferred, held = lease(app, 5)
    hand(app, accepted, handed)
    settle(app, accepted, S.ACCEPTED)
    settle(app, deferred, S.DEFERRED)
    settle(app, held, S.HELD, cause=Cause.POISON)

    cancel(app, run_id)

    assert tally(app, run_id) == {"accepted": 1, "handed": 1, "cancelled": 4}
    assert slots(app) == 2
    assert not settle(app, leased, S.FAILED)
    cancelled = [event for event in events(app, run_id) if event.state is S.CANCELLED]
    assert [event.by for event in cancelled] == ["test"] * 4
    assert mismatches(app, run_id) == []


def test_a_run_after_a_cancelled_one_reaches_exactly_those_not_handed_over(app: App) -> None:
    first = make_run(app, 5)
    accepted, in_doubt, refused, _ = lease(app, 4)
    hand(app, accepted, in_doubt, refused)
    settle(app, accepted, S.ACCEPTED)
    settle(app, refused, S.FAILED, cause=Cause.BAD_ADDRESS)
    cancel(app, first)
    leases_run_out(app)
    recover(app)

    second = plan(app, KEY)
    start(app, second)

    assert set(deliveries(app, second)) == {"r4@fenhe.example", "r5@fenhe.example"}
    assert the_run(app, second).excluded == {"already": 3}
    assert mismatches(app, second) == []
    assert mismatches(app, first) == []


def test_a_mail_proven_unsent_after_the_cancelling_frees_its_reader(app: App) -> None:
    first = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    cancel(app, first)
    leases_run_out(app)
    recover(app)
    assert settle(app, row, S.PLANNED)  # what evidence says
    recover(app)

    assert tally(app, first) == {"cancelled": 1}
    assert tally(app, plan(app)) == {"planned": 1}


def test_a_run_too_large_for_one_statement_is_cancelled_whole(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.delivery.store.closing.CHUNK", 2)
    run_id = make_run(app, 5)

    cancel(app, run_id)

    assert tally(app, run_id) == {"cancelled": 5}
    assert len(events(app, run_id)) == 5
    assert slots(app) == 0
