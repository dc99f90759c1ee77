"""The books: a run is finished when everything adds up, and each kind of error is found."""

from datetime import timedelta

import pytest
from factories import (
    LONG_AGO,
    TERMS,
    deliveries,
    finish,
    hand,
    lease,
    leases_run_out,
    make_run,
    mismatches,
    pause,
    recover,
    run_state,
    same_selection,
    settle,
    the_run,
    time_is_up,
)
from runs import SEPTEMBER
from sqlalchemy import delete, insert, inspect, text, update
from sqlalchemy.orm import Session

from distribution import delivery, digests
from distribution.app import App
from distribution.delivery.store import readiness
from distribution.models import Delivery, DeliveryEvent, Run, Selection, Sheet, Slot, Subscriber
from distribution.words import Cause, DeliveryState, RunKind, RunState

S = DeliveryState


def sent(app: App, readers: int = 3) -> int:
    """A run of which everything was accepted."""
    run_id = make_run(app, readers)
    rows = lease(app)
    hand(app, *rows)
    for row in rows:
        settle(app, row, S.ACCEPTED)
    return run_id


def change(app: App, *statements: object) -> None:
    """Break the rows by hand."""
    with app.transaction() as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]


def first(app: App, run_id: int) -> int:
    return min(row.id for row in deliveries(app, run_id).values())


def test_the_books_of_an_orderly_run_are_right(app: App) -> None:
    assert mismatches(app, sent(app)) == []


def test_a_lost_delivery_is_missed(app: App) -> None:
    run_id = sent(app)
    lost = first(app, run_id)
    change(
        app,
        delete(DeliveryEvent).where(DeliveryEvent.delivery_id == lost),
        delete(Delivery).where(Delivery.id == lost),
    )

    assert mismatches(app, run_id) == ["封存时有 3 封投递，现有 2 封", "读者名单与封存时的摘要不符"]


def test_a_reader_put_in_anothers_place_is_noticed(app: App) -> None:
    run_id = sent(app)
    row = first(app, run_id)
    change(
        app,
        update(Delivery).where(Delivery.id == row).values(address_hash="0" * 32),
        update(Slot)
        .where(Slot.subscriber_id == deliveries(app, run_id)["r1@fenhe.example"].subscriber_id)
        .values(address_hash="0" * 32),
    )

    assert mismatches(app, run_id) == ["读者名单与封存时的摘要不符"]


def test_a_delivery_without_its_slot_is_noticed(app: App) -> None:
    run_id = sent(app)
    change(app, delete(Slot))

    assert mismatches(app, run_id) == ["3 封投递没有占位（可能重复投递）"]


def test_a_result_nobody_recorded_is_noticed(app: App) -> None:
    run_id = sent(app)
    change(app, delete(DeliveryEvent))

    assert mismatches(app, run_id) == ["3 封投递的最终状态没有对应的事件"]


def test_a_state_its_last_event_contradicts_is_noticed(app: App) -> None:
    run_id = sent(app)
    change(
        app,
        update(Delivery)
        .where(Delivery.id == first(app, run_id))
        .values(state=S.FAILED, accepted_at=None),
    )

    assert mismatches(app, run_id) == ["1 封投递的最终状态没有对应的事件"]


def test_an_accepted_mail_without_a_time_is_noticed(app: App) -> None:
    run_id = sent(app)
    change(app, update(Delivery).values(accepted_at=None))

    assert mismatches(app, run_id) == ["3 封投递的状态与接收时间矛盾"]


def test_a_time_of_acceptance_without_acceptance_is_noticed(app: App) -> None:
    run_id = make_run(app, 1)
    change(app, update(Delivery).values(accepted_at=SEPTEMBER))

    assert mismatches(app, run_id) == ["1 封投递的状态与接收时间矛盾"]


def test_a_mailbox_that_got_the_issue_twice_is_noticed(app: App) -> None:
    run_id = sent(app, 1)
    copied = (
        "issue_id", "sheet_sha256", "cursor", "excluded", "created_at", "created_by",
    )  # fmt: skip
    run = the_run(app, run_id)
    with app.transaction() as session:
        other = Run(
            kind=RunKind.REGULAR,
            resend_number=0,
            state=RunState.CANCELLED,
            **{name: getattr(run, name) for name in copied},
        )
        session.add(other)
        session.flush()
        row = deliveries(app, run_id)["r1@fenhe.example"]
        columns = {c.key: getattr(row, c.key) for c in Delivery.__table__.columns if c.key != "id"}
        selection_id = same_selection(session, row.selection_id, other.id)
        of_other = {"run_id": other.id, "selection_id": selection_id}
        session.execute(insert(Delivery).values(**columns | of_other))

    assert mismatches(app, run_id) == ["1 个信箱收到同一期两次以上"]


def test_a_finished_run_with_open_mails_is_noticed(app: App) -> None:
    run_id = make_run(app, 2)
    change(app, update(Run).values(state=RunState.FINISHED))

    assert mismatches(app, run_id) == ["批次已完成，却还有 2 封没有结果"]


def test_a_selection_that_was_altered_is_noticed(app: App) -> None:
    run_id = sent(app)
    change(app, update(Selection).values(interests={"topics": ["others"]}))

    sealed, signature = mismatches(app, run_id)
    assert sealed == "各人的选文与封存时的摘要不符"
    assert signature.endswith("与其签名不符")


def test_an_article_slipped_into_a_selection_is_noticed(app: App) -> None:
    run_id = sent(app)
    change(app, update(Selection).values(choices=[[1, "topic", "quality"]]))

    assert mismatches(app, run_id) == ["各人的选文与封存时的摘要不符"]


def test_a_reader_given_anothers_selection_is_noticed(app: App) -> None:
    run_id = sent(app)
    reader = min(row.id for row in deliveries(app, run_id).values())
    with app.transaction() as session:
        nothing = digests.fingerprint({})
        other = Selection(run_id=run_id, signature=nothing, interests={}, choices=[])
        session.add(other)
        session.flush()
        session.execute(update(Delivery).where(Delivery.id == reader).values(selection_id=other.id))

    assert mismatches(app, run_id) == ["各人的选文与封存时的摘要不符"]


def test_a_sheet_that_was_altered_is_noticed(app: App) -> None:
    run_id = sent(app)
    with app.transaction() as session:
        sheet = session.get_one(Sheet, the_run(app, run_id).sheet_sha256)
        sheet.content = {**sheet.content, "key": "2026-10"}

    assert mismatches(app, run_id) == ["版面与其摘要不符"]


# -- finishing ---------------------------------------------------------------------------------


def test_a_run_with_nothing_left_is_finished(app: App) -> None:
    run_id = sent(app)

    assert finish(app) == {run_id: []}
    run = the_run(app, run_id)
    assert (run.state, run.finished_at) == (RunState.FINISHED, SEPTEMBER)
    assert finish(app) == {}


@pytest.mark.parametrize("state", [S.LEASED, S.HANDED, S.DEFERRED, S.PLANNED])
def test_a_run_with_open_mails_is_not_finished(app: App, state: DeliveryState) -> None:
    run_id = make_run(app, 2)
    [row] = lease(app, 1)
    if state is S.HANDED:
        hand(app, row)
    if state is S.DEFERRED:
        settle(app, row, state, wait=timedelta(hours=1))
    change(app, update(Delivery).where(Delivery.id != row.delivery_id).values(state=S.SKIPPED))
    if state is S.PLANNED:
        change(app, update(Delivery).where(Delivery.id == row.delivery_id).values(state=state))

    assert finish(app) == {}
    assert run_state(app, run_id) is RunState.SENDING


def test_doubts_and_held_mails_do_not_keep_a_run_open(app: App) -> None:
    run_id = make_run(app, 2)
    doubtful, held = lease(app)
    hand(app, doubtful)
    settle(app, held, S.HELD, cause=Cause.POISON)
    leases_run_out(app)
    recover(app)

    assert finish(app) == {run_id: []}


def test_a_paused_run_is_not_finished(app: App) -> None:
    pause(app, sent(app))

    assert finish(app) == {}


def test_a_run_whose_books_are_wrong_stays_open(app: App) -> None:
    run_id = sent(app)
    change(app, delete(Slot))

    assert finish(app) == {run_id: ["3 封投递没有占位（可能重复投递）"]}
    assert run_state(app, run_id) is RunState.SENDING


@pytest.mark.parametrize("comes_back", [S.PLANNED, S.DEFERRED])
def test_a_finished_run_goes_on_when_a_doubt_becomes_a_mail_again(
    app: App, comes_back: DeliveryState
) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    leases_run_out(app)
    recover(app)
    finish(app)
    assert run_state(app, run_id) is RunState.FINISHED

    assert settle(app, row, comes_back)

    assert run_state(app, run_id) is RunState.SENDING
    assert the_run(app, run_id).finished_at is None
    assert [again.recipient for again in lease(app)] == [row.recipient]


def test_an_old_finished_run_expires_what_comes_back(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    leases_run_out(app)
    recover(app)
    finish(app)
    time_is_up(app, run_id)
    settle(app, row, S.PLANNED)
    recover(app)

    assert finish(app) == {run_id: []}
    assert deliveries(app, run_id)[row.recipient].state is S.EXPIRED


# -- what a run waits for ----------------------------------------------------------------------


def test_what_a_relay_was_given_waits_for_its_answer_and_not_for_a_later_try(app: App) -> None:
    run_id = make_run(app, 3)
    hand(app, *lease(app, 2))

    with app.reading() as session:
        waiting = delivery.status(session, run_id).waiting

    assert (waiting.due_now, waiting.later, waiting.next_in, waiting.handed) == (1, 0, None, 2)
    assert waiting.answer_in is not None
    assert timedelta(minutes=10) < waiting.answer_in <= TERMS.handed


def test_the_status_adds_up(app: App) -> None:
    run_id = make_run(app, 5)
    accepted, failed, deferred = lease(app, 3)
    hand(app, accepted)
    settle(app, accepted, S.ACCEPTED)
    settle(app, failed, S.FAILED, cause=Cause.EAI)
    settle(app, deferred, S.DEFERRED, wait=timedelta(hours=1))

    with app.reading() as session:
        status = delivery.status(session, run_id)

    assert (status.total, status.open, status.count(S.PLANNED)) == (5, 3, 2)
    assert status.causes == ((S.FAILED, Cause.EAI, 1),)
    assert (status.waiting.due_now, status.waiting.later) == (2, 1)
    assert status.waiting.next_in is not None
    assert timedelta(minutes=50) < status.waiting.next_in <= timedelta(hours=1)


def anything_to_do(app: App) -> bool:
    with app.reading() as session:
        return delivery.anything_to_do(session)


def test_the_bell_rings_while_there_is_something_to_do(app: App) -> None:
    assert not anything_to_do(app)
    run_id = make_run(app, 1)
    assert anything_to_do(app)  # due

    [row] = lease(app)
    assert not anything_to_do(app)
    leases_run_out(app)
    assert anything_to_do(app)  # abandoned
    recover(app)
    [row] = lease(app)
    settle(app, row, S.DEFERRED, wait=timedelta(hours=1))
    assert not anything_to_do(app)

    change(app, update(Delivery).values(next_attempt_at=LONG_AGO))
    pause(app, run_id)
    assert not anything_to_do(app)


def test_the_bell_rings_for_a_run_that_nobody_finished(app: App) -> None:
    sent(app)
    assert anything_to_do(app)
    finish(app)
    assert not anything_to_do(app)


def test_readers_of_a_run_are_known_by_what_they_got(app: App) -> None:
    run_id = sent(app, 3)
    with app.reading() as session:
        [(delivery_id, recipient, interests)] = delivery.accepted_with(session, run_id)
        assert session.get_one(Subscriber, deliveries(app, run_id)[recipient].subscriber_id)

    assert (delivery_id, recipient) == (first(app, run_id), "r1@fenhe.example")
    assert interests["topics"] == []


# -- what the database knows of a run ------------------------------------------------------------


def test_postgresql_is_told_how_many_rows_are_due_before_they_go(
    app: App, session: Session
) -> None:
    make_run(app, 3)

    readiness.count_anew(session)

    if app.engine.dialect.name == "postgresql":
        known = text("SELECT reltuples FROM pg_class WHERE relname = 'deliveries'")
        assert session.scalar(known) == 3
    else:
        assert not inspect(app.engine).has_table("sqlite_stat1")
