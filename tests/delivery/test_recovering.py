"""Recovery: what dead workers leave behind, and mails that kill them."""

import pytest
from factories import (
    TERMS,
    cancel,
    deliveries,
    events,
    hand,
    lease,
    leases_run_out,
    make_run,
    recover,
    settle,
    tally,
    time_is_up,
)

from distribution import delivery
from distribution.app import App
from distribution.delivery import ledger
from distribution.words import Cause, DeliveryState

S = DeliveryState


def test_an_expired_lease_goes_back_and_counts_as_a_crash(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    leases_run_out(app)
    recover(app)

    back = deliveries(app, run_id)[row.recipient]
    assert (back.state, back.crashes, back.lease_token) == (S.PLANNED, 1, None)


def test_a_living_lease_is_left_alone(app: App) -> None:
    run_id = make_run(app, 2)
    first, second = lease(app)
    hand(app, second)
    recover(app)

    assert tally(app, run_id) == {"leased": 1, "handed": 1}
    assert first.suspect is False


def test_a_mail_without_a_result_is_in_doubt_and_never_leased_again(app: App) -> None:
    run_id = make_run(app, 1)
    hand(app, *lease(app))
    leases_run_out(app)
    recover(app)

    assert tally(app, run_id) == {"in_doubt": 1}
    assert [event.state for event in events(app, run_id)] == [S.IN_DOUBT]
    assert lease(app) == []


def test_the_rows_of_a_dead_worker_need_not_wait_for_their_leases(app: App) -> None:
    run_id = make_run(app, 4)
    lease(app, 1, "dead:1")
    hand(app, *lease(app, 1, "dead:2"))
    lease(app, 1, "alive:1")
    hand(app, *lease(app, 1, "alive:2"))

    recover(app, dead_worker="dead")

    assert tally(app, run_id) == {"planned": 1, "in_doubt": 1, "leased": 1, "handed": 1}


def test_a_workers_name_is_no_pattern(app: App) -> None:
    run_id = make_run(app, 1)
    lease(app, 1, "abc:1")
    recover(app, dead_worker="a_c")
    recover(app, dead_worker="%")

    assert tally(app, run_id) == {"leased": 1}


def test_a_suspect_is_leased_first_and_alone(app: App) -> None:
    make_run(app, 5)
    lease(app, 2)
    leases_run_out(app)
    recover(app)

    assert [(row.recipient, row.suspect) for row in lease(app)] == [("r1@fenhe.example", True)]
    assert [(row.recipient, row.suspect) for row in lease(app)] == [("r2@fenhe.example", True)]
    assert [row.suspect for row in lease(app)] == [False] * 3


def test_a_suspect_that_was_tried_is_none_any_more(app: App) -> None:
    run_id = make_run(app, 1)
    lease(app)
    leases_run_out(app)
    recover(app)
    [row] = lease(app)
    settle(app, row, S.DEFERRED)

    assert deliveries(app, run_id)[row.recipient].crashes == 0


def test_a_mail_that_kills_its_workers_is_held_and_all_others_go_out(app: App) -> None:
    run_id = make_run(app, 20)
    poison = {"r3@fenhe.example", "r4@fenhe.example", "r17@fenhe.example"}

    for _ in range(60):
        batch = lease(app, 5)
        for row in batch:
            if row.recipient in poison:
                leases_run_out(app)  # the worker is dead, and with it all it held
                recover(app)
                break
            assert hand(app, row)
            assert settle(app, row, S.ACCEPTED)

    assert tally(app, run_id) == {"accepted": 17, "held": 3}
    held = {row.recipient for row in deliveries(app, run_id).values() if row.state is S.HELD}
    assert held == poison
    causes = [event.cause for event in events(app, run_id) if event.state is S.HELD]
    assert causes == [Cause.POISON] * 3


@pytest.mark.parametrize("paused", [False, True])
def test_what_is_past_its_time_expires(app: App, paused: bool) -> None:  # noqa: FBT001 - a case
    run_id = make_run(app, 3)
    first, second, _ = lease(app, 2) + lease(app, 1)
    settle(app, first, S.DEFERRED)
    hand(app, second)
    if paused:
        with app.transaction() as session:
            delivery.pause(session, run_id, by="test")
    time_is_up(app, run_id)
    leases_run_out(app)
    recover(app)

    assert tally(app, run_id) == {"expired": 2, "in_doubt": 1}
    assert S.EXPIRED in {event.state for event in events(app, run_id)}


def test_a_deferred_mail_that_comes_back_to_a_cancelled_run_is_cancelled(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    cancel(app, run_id)
    assert tally(app, run_id) == {"handed": 1}

    settle(app, row, S.DEFERRED, reply="451 later")
    with app.reading() as session:
        assert delivery.anything_to_do(session)
    recover(app)

    assert tally(app, run_id) == {"cancelled": 1}
    with app.reading() as session:
        assert not delivery.anything_to_do(session)


def test_recovery_passes_over_rows_that_are_being_settled(app: App) -> None:
    if app.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    run_id = make_run(app, 2)
    first, second = lease(app)
    hand(app, first, second)
    leases_run_out(app)

    with app.transaction() as settling:
        result = ledger.Result(first.delivery_id, first.token, S.ACCEPTED)
        assert ledger.settle(settling, [result], by="test")
        recover(app)  # does not wait
        with app.transaction() as renewing:
            ledger.renew(renewing, [first.token], TERMS)

    assert tally(app, run_id) == {"accepted": 1, "in_doubt": 1}
