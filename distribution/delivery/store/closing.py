"""SQL that closes deliveries which will not be sent any more."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from distribution.delivery.store.handing import add_events
from distribution.delivery.store.times import moment
from distribution.models import DUE, Delivery, Run, Slot
from distribution.words import DeliveryState, RunState

CHUNK = 2_000
"""Rows changed by one statement where there may be a million."""


def close_unsendable(session: Session) -> None:
    """Expire what is past its run's time, cancel what came back to cancelled runs."""
    started = (RunState.SENDING, RunState.PAUSED)
    late = select(Run.id).where(Run.state.in_(started), Run.expires_at <= moment())
    cancelled = select(Run.id).where(Run.state == RunState.CANCELLED)
    for runs, state in ((late, DeliveryState.EXPIRED), (cancelled, DeliveryState.CANCELLED)):
        for run_id in session.scalars(runs).all():
            waiting = and_(DUE, Delivery.run_id == run_id)
            _close(session, waiting, state, "ledger")


def cancel_deliveries(session: Session, run_id: int, by: str) -> None:
    """Cancel all of a run that has not been handed over, what is held included.

    What somebody has in hands at this moment is passed over: who waits for rows while he holds
    others can wait in a circle. Such a row comes back, and `close_unsendable` cancels it then.
    """
    untouched = (DeliveryState.LEASED, DeliveryState.HELD)
    waiting = and_(or_(DUE, Delivery.state.in_(untouched)), Delivery.run_id == run_id)
    _close(session, waiting, DeliveryState.CANCELLED, by)


def _close(
    session: Session,
    condition: ColumnElement[bool],
    state: DeliveryState,
    by: str,
) -> None:
    """Close rows chunk by chunk; the slots of cancelled ones become free for another run."""
    while True:
        chunk = (
            select(Delivery.id)
            .where(condition)
            .order_by(Delivery.id)
            .limit(CHUNK)
            .with_for_update(skip_locked=True)
            .cte("chunk")
        )
        closed = session.execute(
            update(Delivery)
            .where(Delivery.id.in_(select(chunk.c.id)))
            .values(state=state, cause=None, lease_token=None, lease_until=None)
            .returning(Delivery.id, Delivery.run_id, Delivery.subscriber_id)
            .execution_options(synchronize_session=False)
        ).all()
        if not closed:
            return
        add_events(session, dict.fromkeys((row[0] for row in closed), ""), state, None, by=by)
        if state is DeliveryState.CANCELLED:
            _free_slots(session, closed)


def _free_slots(session: Session, closed: Sequence[Row[int, int, int]]) -> None:
    for run_id in {row[1] for row in closed}:
        run = session.get_one(Run, run_id)
        readers = [row[2] for row in closed if row[1] == run_id]
        session.execute(
            delete(Slot).where(
                Slot.issue_id == run.issue_id,
                Slot.resend_number == run.resend_number,
                Slot.subscriber_id.in_(readers),
            )
        )
