"""Leasing and handing over: every guard between a due row and the relay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from factories import (
    LONG_AGO,
    TERMS,
    cancel,
    deliveries,
    events,
    hand,
    lease,
    leases_run_out,
    leave,
    make_readers,
    make_run,
    pause,
    plan,
    recover,
    resume,
    settle,
    suppress,
    tally,
    time_is_up,
)
from runs import make_issue
from sqlalchemy import update

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.delivery import ledger
from distribution.delivery.ledger import Leased
from distribution.models import Delivery
from distribution.words import Cause, DeliveryState

S = DeliveryState


def row_of(app: App, leased: Leased) -> Delivery:
    return deliveries(app, leased.run_id)[leased.recipient]


def test_nothing_of_a_run_that_is_not_started_is_leased(app: App) -> None:
    make_issue(app)
    make_readers(app, 2)
    run_id = plan(app)
    assert lease(app) == []

    delivery.seal(app.transaction, run_id, at=clock.now())
    assert lease(app) == []


def test_a_lease_holds_at_most_the_limit(app: App) -> None:
    make_run(app, 5)

    assert [row.recipient for row in lease(app, 2)] == ["r1@fenhe.example", "r2@fenhe.example"]
    assert len(lease(app, 50, "b")) == 3
    assert lease(app, 50, "c") == []


def test_a_leased_row_counts_the_attempt(app: App) -> None:
    make_run(app, 1)
    [row] = lease(app)

    kept = row_of(app, row)
    assert (row.attempts, kept.attempts, kept.lease_token) == (1, 1, row.token)
    assert kept.lease_until is not None
    assert kept.lease_until > clock.now() + TERMS.lease - timedelta(minutes=1)


def test_many_workers_at_once_never_lease_the_same_row(app: App) -> None:
    make_run(app, 30)

    def work(number: int) -> list[int]:
        mine: list[int] = []
        while rows := lease(app, 4, f"worker-{number}"):
            mine += [row.delivery_id for row in rows]
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [row for mine in pool.map(work, range(4)) for row in mine]

    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 30


def test_a_deferred_row_waits_for_its_time(app: App) -> None:
    make_run(app, 1)
    [row] = lease(app)
    settle(app, row, S.DEFERRED, wait=timedelta(minutes=5))
    assert lease(app) == []

    with app.transaction() as session:
        session.execute(update(Delivery).values(next_attempt_at=LONG_AGO))
    assert [again.attempts for again in lease(app)] == [2]


@pytest.mark.parametrize(
    ("how", "cause"),
    [(leave, Cause.LEFT), (suppress, Cause.SUPPRESSED)],
    ids=["left", "suppressed"],
)
def test_who_may_no_longer_be_mailed_is_skipped_when_leased(
    app: App, how: object, cause: Cause
) -> None:
    run_id = make_run(app, 2)
    how(app, "r1@fenhe.example")  # type: ignore[operator]

    assert [row.recipient for row in lease(app)] == ["r2@fenhe.example"]
    assert deliveries(app, run_id)["r1@fenhe.example"].cause is cause
    assert [(event.state, event.cause) for event in events(app, run_id)] == [(S.SKIPPED, cause)]


def test_a_batch_of_leavers_is_not_the_end_of_the_queue(app: App) -> None:
    run_id = make_run(app, 3)
    for email in ("r1@fenhe.example", "r2@fenhe.example"):
        leave(app, email)

    with app.transaction() as session:
        assert ledger.lease(session, 2, "a", TERMS) == []  # not None: look again
    assert len(lease(app)) == 1
    with app.transaction() as session:
        assert ledger.lease(session, 2, "a", TERMS) is None
    assert tally(app, run_id) == {"skipped": 2, "leased": 1}


def test_an_address_out_of_use_gets_nothing_though_its_reader_has_another_now(app: App) -> None:
    run_id = make_run(app, 1)
    suppress(app, "r1@fenhe.example")
    changes_address(app, "r1@fenhe.example", "new@fenhe.example")

    assert lease(app) == []
    assert tally(app, run_id) == {"skipped": 1}


def test_a_leased_mail_to_a_former_address_out_of_use_is_not_handed_over(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    suppress(app, "r1@fenhe.example")
    changes_address(app, "r1@fenhe.example", "new@fenhe.example")

    assert hand(app, row) == set()
    assert tally(app, run_id) == {"skipped": 1}


def changes_address(app: App, old: str, new: str) -> None:
    with app.transaction() as session:
        row = audience.find_subscriber(session, old)
        changes = audience.ContactChanges(address=audience.read_address(new))
        audience.change_contact(session, row, changes, app.keyring.address_hash)


# -- the guard at the hand-over ----------------------------------------------------------------


def test_what_is_leased_may_be_handed_over_once(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)

    assert hand(app, row) == {row.delivery_id}
    assert row_of(app, row).handed_at is not None
    assert hand(app, row) == set()
    assert tally(app, run_id) == {"handed": 1}


def test_a_wrong_token_hands_nothing_over(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    with app.transaction() as session:
        assert ledger.hand_over(session, [(row.delivery_id, "worker-b:1")], TERMS) == set()

    assert tally(app, run_id) == {"leased": 1}


def test_an_expired_lease_hands_nothing_over_and_the_row_goes_back(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    leases_run_out(app)

    assert hand(app, row) == set()
    back = row_of(app, row)
    assert (tally(app, run_id), back.attempts, back.crashes) == ({"planned": 1}, 0, 0)


def test_a_lease_that_went_to_somebody_else_is_lost(app: App) -> None:
    make_run(app, 1)
    [mine] = lease(app)
    leases_run_out(app)
    recover(app)
    [other] = lease(app, token="worker-b:1")

    assert hand(app, mine) == set()
    assert hand(app, other) == {other.delivery_id}


def test_a_stale_token_of_the_same_worker_is_lost_too(app: App) -> None:
    make_run(app, 1)
    [stale] = lease(app, token="worker-a:1")
    leases_run_out(app)
    recover(app)
    lease(app, token="worker-a:2")

    assert hand(app, stale) == set()
    assert not settle(app, stale, S.FAILED)


def test_a_paused_run_hands_nothing_over_and_the_attempt_does_not_count(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    pause(app, run_id)

    assert hand(app, row) == set()
    assert (tally(app, run_id), row_of(app, row).attempts) == ({"planned": 1}, 0)
    assert lease(app) == []
    resume(app, run_id)
    assert len(lease(app)) == 1


def test_a_cancelled_run_hands_nothing_over(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    cancel(app, run_id)

    assert hand(app, row) == set()
    assert tally(app, run_id) == {"cancelled": 1}


def test_an_expired_run_hands_nothing_over_even_before_it_is_tidied_up(app: App) -> None:
    run_id = make_run(app, 2)
    [row] = lease(app, 1)
    time_is_up(app, run_id)

    assert hand(app, row) == set()
    assert lease(app) == []
    recover(app)
    assert tally(app, run_id) == {"expired": 2}


@pytest.mark.parametrize(
    ("how", "cause"),
    [(leave, Cause.LEFT), (suppress, Cause.SUPPRESSED)],
    ids=["left", "suppressed"],
)
def test_who_left_while_leased_is_not_handed_over_but_skipped(
    app: App, how: object, cause: Cause
) -> None:
    run_id = make_run(app, 2)
    first, second = lease(app)
    how(app, first.recipient)  # type: ignore[operator]

    assert hand(app, first, second) == {second.delivery_id}
    assert (row_of(app, first).state, row_of(app, first).cause) == (S.SKIPPED, cause)
    assert [(event.state, event.by) for event in events(app, run_id)] == [(S.SKIPPED, "guard")]


# -- renewal and release -----------------------------------------------------------------------


def test_a_renewed_lease_is_longer(app: App) -> None:
    make_run(app, 1)
    [row] = lease(app)
    before = row_of(app, row).lease_until

    with app.transaction() as session:
        ledger.renew(session, [row.token], TERMS)

    after = row_of(app, row).lease_until
    assert before is not None
    assert after is not None
    assert after > before


def test_a_lease_that_has_run_out_is_not_renewed(app: App) -> None:
    make_run(app, 1)
    [row] = lease(app)
    leases_run_out(app)

    with app.transaction() as session:
        ledger.renew(session, [row.token], TERMS)

    assert row_of(app, row).lease_until == LONG_AGO


def test_renewal_leaves_what_is_handed_over_alone(app: App) -> None:
    make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    before = row_of(app, row).lease_until

    with app.transaction() as session:
        ledger.renew(session, [row.token], TERMS)

    assert row_of(app, row).lease_until == before


def test_a_released_row_is_as_if_never_leased(app: App) -> None:
    make_run(app, 1)
    [row] = lease(app)
    with app.transaction() as session:
        ledger.release(session, [(row.delivery_id, row.token)])

    back = row_of(app, row)
    assert (back.state, back.attempts, back.lease_token) == (S.PLANNED, 0, None)
    assert len(lease(app)) == 1


def test_what_is_handed_over_cannot_be_released(app: App) -> None:
    make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    with app.transaction() as session:
        ledger.release(session, [(row.delivery_id, row.token)])

    assert row_of(app, row).state is S.HANDED
