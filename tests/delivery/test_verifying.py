"""Signed books: a run closes with a signature, and what is changed by hand afterwards is seen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from factories import (
    KEY,
    cancel,
    deliveries,
    finish,
    hand,
    lease,
    leases_run_out,
    leave,
    make_readers,
    make_run,
    mismatches,
    plan,
    recover,
    run_state,
    settle,
    the_run,
)
from runs import SEPTEMBER, make_issue
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from distribution import delivery
from distribution.app import App
from distribution.delivery import Recount, ledger
from distribution.delivery.planning import signed
from distribution.links import Keyring
from distribution.models import Delivery, DeliveryEvent, Run, Selection
from distribution.words import Cause, DeliveryState, RunState

S = DeliveryState
LATER = SEPTEMBER + timedelta(days=1)


def closed(app: App) -> int:
    """A finished run: of four mails two were accepted, one was refused, one is in doubt."""
    run_id = make_run(app, 4)
    rows = lease(app)
    hand(app, *rows)
    for row, state in zip(rows, (S.ACCEPTED, S.ACCEPTED, S.FAILED), strict=False):
        settle(app, row, state, cause=Cause.POLICY if state is S.FAILED else None)
    leases_run_out(app)
    recover(app)
    assert finish(app) == {run_id: []}
    return run_id


def recount(app: App, run_id: int, keyring: Keyring | None = None) -> Recount:
    with app.reading() as session:
        delivery.as_of_one_moment(session)
        return delivery.recount(session, run_id, keyring or app.keyring)


def sign(app: App, run_id: int) -> bool:
    counted = recount(app, run_id)
    with app.transaction() as session:
        return delivery.sign(session, counted, app.keyring, at=LATER)


def change(app: App, *statements: object) -> None:
    """Change the books by hand."""
    with app.transaction() as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]


def one(app: App, run_id: int, state: DeliveryState) -> int:
    """The first delivery in a state."""
    return min(row.id for row in deliveries(app, run_id).values() if row.state is state)


def move(app: App, delivery_id: int, state: DeliveryState) -> None:
    """Move a delivery by hand, and cover the trace: with an event, as if it had gone that way."""
    accepted_at = SEPTEMBER if state is S.ACCEPTED else None
    row = update(Delivery).where(Delivery.id == delivery_id)
    change(
        app,
        row.values(state=state, accepted_at=accepted_at),
        insert(DeliveryEvent).values(
            delivery_id=delivery_id, at=SEPTEMBER, state=state, reply="", by="ledger"
        ),
    )


# -- signing -------------------------------------------------------------------------------------


def test_a_run_closes_with_a_signature_over_its_figures(app: App) -> None:
    run_id = closed(app)
    run = the_run(app, run_id)

    assert (run.state, run.verified_at) == (RunState.FINISHED, SEPTEMBER)
    assert run.verification is not None
    assert run.verification["planned"] == 4
    assert run.verification["states"] == {"accepted": 2, "failed": 1, "in_doubt": 1}
    assert run.verification["events"] == 4
    counted = recount(app, run_id)
    assert (counted.mismatches, counted.signed_at) == ([], SEPTEMBER)


def test_books_that_are_wrong_close_no_run_and_are_not_signed(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    settle(app, row, S.ACCEPTED)
    change(app, delete(DeliveryEvent))

    assert finish(app) == {run_id: ["1 封投递的最终状态没有对应的事件"]}
    run = the_run(app, run_id)
    assert (run.state, run.signature, run.verified_at) == (RunState.SENDING, None, None)


def test_a_plan_that_is_not_sealed_is_counted_and_not_signed(app: App) -> None:
    make_issue(app)
    make_readers(app, 2)
    run_id = plan(app)

    assert recount(app, run_id).mismatches == []
    assert not sign(app, run_id)
    assert the_run(app, run_id).signature is None


def test_what_was_signed_stays_where_a_later_recount_finds_something_wrong(app: App) -> None:
    run_id = closed(app)
    signature = the_run(app, run_id).signature
    change(app, delete(DeliveryEvent))

    assert not sign(app, run_id)
    assert the_run(app, run_id).signature == signature


# -- what may happen after a signature -----------------------------------------------------------


@pytest.mark.parametrize("settled", [S.ACCEPTED, S.FAILED, S.PLANNED])
def test_a_doubt_that_is_settled_afterwards_is_no_forgery(app: App, settled: DeliveryState) -> None:
    run_id = closed(app)
    delivery_id = one(app, run_id, S.IN_DOUBT)
    with app.reading() as session:
        token = session.get_one(Delivery, delivery_id).lease_token or ""
    with app.transaction() as session:
        result = ledger.Result(delivery_id, token, settled)
        assert ledger.settle(session, [result], by="evidence")

    assert recount(app, run_id).mismatches == []
    assert sign(app, run_id)
    assert the_run(app, run_id).verified_at == LATER
    assert recount(app, run_id).signed_at == LATER


def test_a_retry_that_is_accepted_is_no_forgery(app: App) -> None:
    run_id = closed(app)
    with app.transaction() as session:
        delivery.retry(session, run_id, {"policy"}, by="admin")
    [row] = lease(app)
    hand(app, row)
    settle(app, row, S.ACCEPTED)

    assert finish(app) == {run_id: []}
    assert the_run(app, run_id).verification is not None
    assert recount(app, run_id).mismatches == []


def test_a_running_run_may_be_signed_at_any_time(app: App) -> None:
    run_id = make_run(app, 3)
    first, second, _ = lease(app)
    assert sign(app, run_id)
    hand(app, first, second)
    settle(app, first, S.ACCEPTED)
    assert sign(app, run_id)
    settle(app, second, S.ACCEPTED)

    assert recount(app, run_id).mismatches == []


def test_old_signatures_hold_under_a_new_key(app: App) -> None:
    run_id = closed(app)
    rotated = Keyring((b"a-newer-secret-of-the-tests-0123456789", *app.keyring.keys))

    assert recount(app, run_id, rotated).mismatches == []


# -- what may not --------------------------------------------------------------------------------


def undo_an_acceptance(app: App, run_id: int) -> str:
    move(app, one(app, run_id, S.ACCEPTED), S.FAILED)
    return "上次核对时有 2 封已交中继，现有 1 封"


def swap_accepted_and_refused(app: App, run_id: int) -> str:
    accepted, failed = one(app, run_id, S.ACCEPTED), one(app, run_id, S.FAILED)
    move(app, accepted, S.FAILED)
    move(app, failed, S.ACCEPTED)
    return "已交中继的 2 封与上次核对时不是同一批"


def drop_an_event(app: App, run_id: int) -> str:
    change(
        app,
        delete(DeliveryEvent).where(DeliveryEvent.delivery_id == one(app, run_id, S.IN_DOUBT)),
    )
    return "上次核对时有 4 条投递事件，现有 3 条"


def alter_the_figures(app: App, run_id: int) -> str:
    run = the_run(app, run_id)
    assert run.verification is not None
    forged = run.verification | {"states": {"failed": 4}}
    change(app, update(Run).where(Run.id == run_id).values(verification=forged))
    return "上次核对的签名不符"


def move_the_time(app: App, run_id: int) -> str:
    change(app, update(Run).where(Run.id == run_id).values(verified_at=LATER))
    return "上次核对的签名不符"


def take_the_signature_away(app: App, run_id: int) -> str:
    change(app, update(Run).where(Run.id == run_id).values(signature=None))
    return "上次核对的签名不符"


def exchange_the_sheet(app: App, run_id: int) -> str:
    other = make_issue(app, "10")
    sheet = the_run(app, plan(app, other)).sheet_sha256
    change(app, update(Run).where(Run.id == run_id).values(sheet_sha256=sheet))
    return "版面与上次核对时不同"


@pytest.mark.parametrize(
    "by_hand",
    [
        undo_an_acceptance,
        swap_accepted_and_refused,
        drop_an_event,
        alter_the_figures,
        move_the_time,
        take_the_signature_away,
        exchange_the_sheet,
    ],
)
def test_a_change_by_hand_is_seen(app: App, by_hand: Callable[[App, int], str]) -> None:
    run_id = closed(app)

    expected = by_hand(app, run_id)

    assert mismatches(app, run_id) == []  # the rows agree among themselves
    [found] = recount(app, run_id).mismatches
    assert found.startswith(expected)


def test_a_reader_taken_out_together_with_the_seal_is_seen(app: App) -> None:
    run_id = closed(app)
    lost = one(app, run_id, S.IN_DOUBT)
    change(
        app,
        delete(DeliveryEvent).where(DeliveryEvent.delivery_id == lost),
        delete(Delivery).where(Delivery.id == lost),
    )
    with app.transaction() as session:
        seal = signed(session, run_id)
        run = session.get_one(Run, run_id)
        run.planned, run.audience_digest = seal.count, seal.audience
        run.selections_digest = seal.selections

    assert mismatches(app, run_id) == []
    found = recount(app, run_id).mismatches
    assert found[:2] == ["封存的封数与上次核对时不同", "封存的读者名单与上次核对时不同"]


def test_a_signature_of_a_key_that_is_gone_attests_nothing(app: App) -> None:
    run_id = closed(app)

    [found] = recount(
        app, run_id, Keyring.of(["another-secret-of-the-tests-0123456789"])
    ).mismatches
    assert "DISTRIBUTION_SECRET_KEYS" in found


# -- where a delivery may stand ------------------------------------------------------------------


def test_a_mail_sent_before_its_run_was_started_is_noticed(app: App) -> None:
    make_issue(app)
    make_readers(app, 2)
    run_id = plan(app)
    with app.reading() as session:
        first = session.scalars(select(func.min(Delivery.id))).one()
    delivery.seal(app.transaction, run_id, at=SEPTEMBER)
    move(app, first, S.ACCEPTED)

    assert mismatches(app, run_id) == ["批次已封存，却有 1 封已交中继"]


def test_a_cancelled_mail_in_a_finished_run_is_noticed(app: App) -> None:
    run_id = closed(app)
    move(app, one(app, run_id, S.FAILED), S.CANCELLED)

    assert "批次已完成，却有 1 封已取消" in mismatches(app, run_id)


def test_a_reader_who_left_and_a_cancelled_run_are_in_order(app: App) -> None:
    run_id = make_run(app, 3)
    leave(app, "r1@fenhe.example")
    lease(app, 1)
    cancel(app, run_id)

    assert run_state(app, run_id) is RunState.CANCELLED
    assert recount(app, run_id).mismatches == []
    assert sign(app, run_id)


def test_no_delivery_can_have_articles_that_were_chosen_in_another_run(app: App) -> None:
    first = make_run(app, 1)
    cancel(app, first)
    second = plan(app, KEY)
    with app.reading() as session:
        other = session.scalars(select(Selection.id).where(Selection.run_id == first)).one()

    with pytest.raises(IntegrityError):
        change(app, update(Delivery).where(Delivery.run_id == second).values(selection_id=other))
