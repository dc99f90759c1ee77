"""Settling: results are taken once, from whom they belong to, and from nobody else."""

from datetime import timedelta

import pytest
from factories import (
    deliveries,
    events,
    hand,
    lease,
    leases_run_out,
    make_run,
    recover,
    settle,
    tally,
)

from distribution.app import App
from distribution.delivery import Evidence, backoff, ledger
from distribution.delivery.ledger import Doubt, Leased
from distribution.delivery.states import ALLOWED, FINAL, IN_HANDS, OPEN
from distribution.words import Cause, DeliveryState

S = DeliveryState


def handed(app: App) -> Leased:
    make_run(app, 1)
    [row] = lease(app)
    assert hand(app, row)
    return row


def test_an_accepted_mail_keeps_the_relays_words(app: App) -> None:
    row = handed(app)

    assert settle(app, row, S.ACCEPTED, reply="250 2.0.0 queued as 4XyZ")

    kept = deliveries(app, row.run_id)[row.recipient]
    assert (kept.state, kept.accepted_at is not None) == (S.ACCEPTED, True)
    [event] = events(app, row.run_id)
    assert (event.state, event.reply, event.by) == (S.ACCEPTED, "250 2.0.0 queued as 4XyZ", "test")


def test_words_that_are_too_many_are_cut(app: App) -> None:
    row = handed(app)
    settle(app, row, S.FAILED, cause=Cause.POLICY, reply="长" * 900)

    assert [event.reply for event in events(app, row.run_id)] == ["长" * 500]


def test_the_same_result_twice_is_taken_once(app: App) -> None:
    row = handed(app)

    assert settle(app, row, S.ACCEPTED)
    assert not settle(app, row, S.ACCEPTED)
    assert len(events(app, row.run_id)) == 1


def test_a_wrong_token_settles_nothing(app: App) -> None:
    row = handed(app)
    with app.transaction() as session:
        result = ledger.Result(row.delivery_id, "somebody else", S.ACCEPTED)
        assert ledger.settle(session, [result], by="test") == set()

    assert tally(app, row.run_id) == {"handed": 1}
    assert events(app, row.run_id) == []


def test_a_result_after_the_lease_was_lost_changes_nothing(app: App) -> None:
    make_run(app, 1)
    [mine] = lease(app)
    leases_run_out(app)
    recover(app)
    lease(app, token="worker-b:1")

    assert not settle(app, mine, S.DEFERRED)
    assert tally(app, mine.run_id) == {"leased": 1}
    assert events(app, mine.run_id) == []


@pytest.mark.parametrize("late", [S.ACCEPTED, S.DEFERRED, S.FAILED])
def test_a_late_result_settles_the_workers_own_doubt(app: App, late: DeliveryState) -> None:
    row = handed(app)
    leases_run_out(app)
    recover(app)
    assert tally(app, row.run_id) == {"in_doubt": 1}

    assert settle(app, row, late)
    assert [event.state for event in events(app, row.run_id)] == [S.IN_DOUBT, late]


def test_a_doubt_is_not_settled_by_another_worker(app: App) -> None:
    row = handed(app)
    leases_run_out(app)
    recover(app)
    with app.transaction() as session:
        result = ledger.Result(row.delivery_id, "worker-b:1", S.ACCEPTED)
        assert ledger.settle(session, [result], by="test") == set()


def test_evidence_that_comes_after_the_result_changes_nothing(app: App) -> None:
    row = handed(app)
    leases_run_out(app)
    recover(app)
    with app.reading() as session:
        [doubt] = ledger.doubts(session, 0, 10)
    settle(app, row, S.FAILED, cause=Cause.BAD_ADDRESS)

    absent = ledger.proven(doubt, Evidence.ABSENT)
    assert absent is not None
    with app.transaction() as session:
        assert ledger.settle(session, [absent], by="test") == set()
    assert tally(app, row.run_id) == {"failed": 1}


def test_evidence_decides_a_doubt() -> None:
    doubt = Doubt(1, 1, "token", crashes=1)

    assert ledger.proven(doubt, Evidence.UNKNOWN) is None
    accepted, absent = (ledger.proven(doubt, it) for it in (Evidence.ACCEPTED, Evidence.ABSENT))
    assert accepted is not None
    assert absent is not None
    assert (accepted.state, absent.state) == (S.ACCEPTED, S.PLANNED)


def test_a_mail_that_kills_its_worker_at_the_dot_is_held_too() -> None:
    result = ledger.proven(Doubt(1, 1, "token", crashes=3), Evidence.ABSENT)

    assert result is not None
    assert (result.state, result.cause) == (S.HELD, Cause.POISON)


def test_results_of_many_kinds_are_settled_together(app: App) -> None:
    run_id = make_run(app, 4)
    rows = lease(app)
    hand(app, *rows)
    kinds = [
        (S.ACCEPTED, None, timedelta(0)),
        (S.DEFERRED, None, timedelta(minutes=5)),
        (S.DEFERRED, None, timedelta(minutes=6)),
        (S.FAILED, Cause.SIZE, timedelta(0)),
    ]
    results = [
        ledger.Result(row.delivery_id, row.token, state, cause, "words", wait)
        for row, (state, cause, wait) in zip(rows, kinds, strict=True)
    ]
    with app.transaction() as session:
        assert len(ledger.settle(session, results, by="test")) == 4

    assert tally(app, run_id) == {"accepted": 1, "deferred": 2, "failed": 1}
    assert len(events(app, run_id)) == 4


# -- the table of states -----------------------------------------------------------------------


def in_state(app: App, state: DeliveryState) -> Leased:
    """A leased row that has gone on to a state."""
    make_run(app, 1)
    [row] = lease(app)
    if state in (S.HANDED, S.ACCEPTED, S.IN_DOUBT):
        assert hand(app, row)
    if state not in (S.LEASED, S.HANDED):
        assert settle(app, row, state)
    return row


SETTLED = [S.LEASED, S.HANDED, S.ACCEPTED, S.DEFERRED, S.FAILED, S.IN_DOUBT, S.HELD, S.SKIPPED]


@pytest.mark.parametrize("origin", SETTLED)
def test_settling_moves_a_row_only_where_the_table_allows(app: App, origin: DeliveryState) -> None:
    row = in_state(app, origin)

    for target in DeliveryState:
        allowed = target in ALLOWED[origin] and origin in IN_HANDS
        with app.transaction() as session:
            result = ledger.Result(row.delivery_id, row.token, target)
            moved = bool(ledger.settle(session, [result], by="test"))
            session.rollback()
        assert moved == allowed, target


def test_every_state_has_its_place_in_the_table() -> None:
    assert set(ALLOWED) == set(DeliveryState)
    assert not OPEN & FINAL
    assert {state for state in ALLOWED if not ALLOWED[state]} == FINAL - {S.FAILED}


# -- back-off ----------------------------------------------------------------------------------


def test_waits_grow_and_are_spread() -> None:
    usual = [backoff.next_wait(attempt, timedelta(0), 0.5) for attempt in range(1, 9)]
    assert usual == sorted(usual)
    assert usual[0] == timedelta(minutes=5)

    earliest, latest = (backoff.next_wait(1, timedelta(0), chance) for chance in (0.0, 0.999))
    assert timedelta(minutes=4) <= earliest < latest <= timedelta(minutes=6)


def test_a_provider_that_asks_for_more_time_gets_it() -> None:
    assert backoff.next_wait(1, timedelta(hours=1), 0.5) == timedelta(hours=1)
