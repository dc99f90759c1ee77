"""Doubts an admin settles: by his word, once, and never against evidence that came first."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from factories import (
    cancel,
    deliveries,
    events,
    finish,
    hand,
    lease,
    leases_run_out,
    leave,
    make_run,
    mismatches,
    pause,
    recover,
    run_state,
    settle,
    slots,
    tally,
    the_run,
    time_is_up,
)
from runs import SEPTEMBER
from sqlalchemy.orm import Session

from distribution import delivery
from distribution.app import App
from distribution.delivery import ledger
from distribution.delivery.ledger import Leased
from distribution.errors import DistributionError, NotFound
from distribution.models import Delivery
from distribution.words import DeliveryState, RunState

S = DeliveryState
only_postgresql = pytest.mark.parametrize("environment", ["postgresql"], indirect=True)


def in_doubt(app: App, readers: int = 1) -> Leased:
    """The first of a run's mails, whose worker died after the intent."""
    make_run(app, readers)
    row = lease(app)[0]
    hand(app, row)
    leases_run_out(app)
    recover(app)
    return row


def accept(app: App, delivery_id: int) -> int:
    with app.transaction() as session:
        return delivery.accept_doubt(session, delivery_id, reason="读者来电说收到了", by="admin")


def resend(app: App, delivery_id: int) -> int:
    with app.transaction() as session:
        return delivery.resend_doubt(session, delivery_id, reason="中继日志里没有", by="admin")


def test_an_accepted_doubt_keeps_the_reason_and_who_gave_it(app: App) -> None:
    row = in_doubt(app)

    assert accept(app, row.delivery_id) == row.run_id

    kept = deliveries(app, row.run_id)[row.recipient]
    assert (kept.state, kept.accepted_at) == (S.ACCEPTED, kept.handed_at)
    last = events(app, row.run_id)[-1]
    assert (last.state, last.reply, last.by) == (S.ACCEPTED, "读者来电说收到了", "admin")
    assert finish(app) == {row.run_id: []}


def test_a_doubt_sent_again_keeps_its_slot_and_its_message_id(app: App) -> None:
    row = in_doubt(app)
    press = delivery.Press(app.addresses)
    before = press.message_id(row.delivery_id, row.run_id)

    assert resend(app, row.delivery_id) == row.run_id

    last = events(app, row.run_id)[-1]
    assert (last.state, last.reply, last.by) == (S.PLANNED, "中继日志里没有", "admin")
    assert slots(app) == 1
    [again] = lease(app, token="worker-b:1")
    assert (again.delivery_id, again.recipient) == (row.delivery_id, row.recipient)
    assert press.message_id(again.delivery_id, again.run_id) == before
    assert hand(app, again)
    assert settle(app, again, S.ACCEPTED)
    assert finish(app) == {row.run_id: []}


def test_the_worker_that_had_it_cannot_settle_what_is_sent_again(app: App) -> None:
    row = in_doubt(app)
    resend(app, row.delivery_id)

    assert not settle(app, row, S.ACCEPTED)
    assert tally(app, row.run_id) == {"planned": 1}


def test_a_finished_run_goes_on_with_what_is_sent_again(app: App) -> None:
    row = in_doubt(app)
    finish(app)
    assert run_state(app, row.run_id) is RunState.FINISHED

    resend(app, row.delivery_id)

    assert run_state(app, row.run_id) is RunState.SENDING
    assert the_run(app, row.run_id).finished_at is None
    assert mismatches(app, row.run_id) == []


def test_a_paused_run_stays_paused(app: App) -> None:
    row = in_doubt(app)
    pause(app, row.run_id)
    resend(app, row.delivery_id)

    assert run_state(app, row.run_id) is RunState.PAUSED
    assert lease(app) == []


@pytest.mark.parametrize(("end", "why"), [(cancel, "已取消"), (time_is_up, "已过投递期限")])
def test_nothing_is_sent_again_of_a_run_that_is_over(
    app: App, end: Callable[[App, int], None], why: str
) -> None:
    row = in_doubt(app)
    end(app, row.run_id)

    with pytest.raises(delivery.RunOver, match=why) as refused:
        resend(app, row.delivery_id)

    assert f"distribution run doubt accept {row.delivery_id}" in str(refused.value)
    assert tally(app, row.run_id) == {"in_doubt": 1}
    assert accept(app, row.delivery_id) == row.run_id
    assert mismatches(app, row.run_id) == []


def test_nobody_who_has_left_is_sent_a_doubt_again(app: App) -> None:
    row = in_doubt(app)
    leave(app, row.recipient)

    with pytest.raises(delivery.Barred, match="已退订"):
        resend(app, row.delivery_id)
    assert tally(app, row.run_id) == {"in_doubt": 1}


@pytest.mark.parametrize("verb", [accept, resend])
def test_what_is_not_in_doubt_is_refused(app: App, verb: Callable[[App, int], int]) -> None:
    row = in_doubt(app)
    settle(app, row, S.ACCEPTED)
    before = len(events(app, row.run_id))

    with pytest.raises(delivery.NotInDoubt, match="已交中继"):
        verb(app, row.delivery_id)
    with pytest.raises(NotFound, match="run doubt list"):
        verb(app, 999)
    assert len(events(app, row.run_id)) == before


def test_a_doubt_is_settled_once(app: App) -> None:
    row = in_doubt(app)
    accept(app, row.delivery_id)

    with pytest.raises(delivery.NotInDoubt):
        resend(app, row.delivery_id)
    assert tally(app, row.run_id) == {"accepted": 1}


def test_doubts_are_listed_with_what_was_said(app: App) -> None:
    row = in_doubt(app, readers=2)
    [other] = lease(app)
    hand(app, other)
    settle(app, other, S.IN_DOUBT, reply="connection lost after the dot")

    with app.reading() as session:
        first, second = delivery.doubtful(session, row.run_id, 10)
        assert delivery.doubtful(session, row.run_id + 1, 10) == []
        assert delivery.doubtful(session, None, 1) == [first]

    assert (first.delivery_id, first.recipient, first.words) == (
        row.delivery_id, row.recipient, "",
    )  # fmt: skip
    assert first.since is not None
    assert second.words == "connection lost after the dot"
    assert (second.opened_by_machines, second.returned) == (0, 0)


# -- at the same moment ------------------------------------------------------------------------


def prove(session: Session, row: Leased) -> set[int]:
    """Evidence comes that the relay had taken it."""
    result = ledger.Result(row.delivery_id, row.token, S.ACCEPTED, reply="evidence: accepted")
    return ledger.settle(session, [result], by="evidence")


@only_postgresql
@pytest.mark.parametrize("verb", [delivery.accept_doubt, delivery.resend_doubt])
def test_evidence_that_came_first_has_decided(app: App, verb: Callable[..., int]) -> None:
    row = in_doubt(app)
    refused: list[DistributionError] = []

    def decide() -> None:
        try:
            with app.transaction() as session:
                verb(session, row.delivery_id, reason="他说的", by="admin")
        except DistributionError as error:
            refused.append(error)

    admin = Thread(target=decide)
    with app.transaction() as session:
        assert prove(session, row)
        admin.start()
        admin.join(0.5)
        assert admin.is_alive()  # he waits for the evidence
    admin.join(30)

    assert [type(error) for error in refused] == [delivery.NotInDoubt]
    assert [event.by for event in events(app, row.run_id)] == ["ledger", "evidence"]


@only_postgresql
@pytest.mark.parametrize(
    ("verb", "state"),
    [(delivery.accept_doubt, S.ACCEPTED), (delivery.resend_doubt, S.PLANNED)],
)
def test_evidence_that_comes_after_the_admins_word_changes_nothing(
    app: App, verb: Callable[..., int], state: DeliveryState
) -> None:
    row = in_doubt(app)
    finish(app)
    settled: list[set[int]] = []

    def judge() -> None:
        with app.transaction() as session:
            settled.append(prove(session, row))

    evidence = Thread(target=judge)
    with app.transaction() as session:
        verb(session, row.delivery_id, reason="他说的", by="admin")
        evidence.start()
        evidence.join(0.5)
        assert evidence.is_alive()  # it waits for the admin
    evidence.join(30)

    assert settled == [set()]
    assert tally(app, row.run_id) == {state.value: 1}
    assert [event.by for event in events(app, row.run_id)] == ["ledger", "admin"]


@only_postgresql
def test_evidence_and_admin_let_a_finished_run_go_on_without_waiting_in_a_circle(app: App) -> None:
    """Both hold a delivery of it and then want the run."""
    make_run(app, 2)
    first, second = lease(app)
    hand(app, first, second)
    leases_run_out(app)
    recover(app)
    finish(app)
    absent = ledger.Result(second.delivery_id, second.token, S.PLANNED)
    wrong: list[DistributionError] = []

    def decide() -> None:
        try:
            resend(app, first.delivery_id)
        except DistributionError as error:
            wrong.append(error)

    admin = Thread(target=decide)
    with app.transaction() as session:
        assert ledger.settle(session, [absent], by="evidence")
        admin.start()
        admin.join(0.5)
    admin.join(30)

    assert wrong == []
    assert tally(app, first.run_id) == {"planned": 2}
    assert run_state(app, first.run_id) is RunState.SENDING


@only_postgresql
def test_a_doubt_that_becomes_a_mail_while_its_run_is_being_finished_is_sent(app: App) -> None:
    run_id = make_run(app, 2)
    good, lost = lease(app)
    hand(app, good, lost)
    settle(app, good, S.ACCEPTED)
    settle(app, lost, S.IN_DOUBT)
    with app.transaction() as session:
        assert delivery.finish_drained(session, app.keyring, SEPTEMBER) == {run_id: []}
        session.flush()
        assert settle(app, lost, S.PLANNED)  # the other one's change is not to be seen yet
    assert run_state(app, run_id) is RunState.FINISHED
    with app.reading() as session:
        assert delivery.anything_to_do(session)

    recover(app)

    assert [row.delivery_id for row in lease(app)] == [lost.delivery_id]
    assert the_run(app, run_id).finished_at is None


def test_a_doubt_has_lasted_since_its_event(app: App) -> None:
    row = in_doubt(app)
    with app.reading() as session:
        [doubt] = delivery.doubtful(session, None, 10)
        handed_at = session.get_one(Delivery, row.delivery_id).handed_at
    assert doubt.since is not None
    assert handed_at is not None
    assert timedelta(0) <= doubt.since - handed_at < timedelta(minutes=5)
