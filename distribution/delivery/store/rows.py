"""All SQL of the ledger. Nothing here commits; times are the database's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    case,
    delete,
    exists,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from distribution import audience
from distribution.db import database_time
from distribution.delivery.states import sources
from distribution.models import DUE, UNDER_WAY, Delivery, DeliveryEvent, Run, Slot, Subscriber
from distribution.words import Cause, DeliveryState, RunState

_CHUNK = 2_000  # rows changed by one statement where there may be a million


def take_due(
    session: Session, limit: int, token: str, lease: timedelta, *, suspects: bool
) -> Sequence[Row[int, int, int, str, str, int]]:
    """Lease due rows of running runs, the longest due first; `suspects` outlived a worker."""
    due = (
        select(Delivery.id)
        .where(
            DUE,
            Delivery.next_attempt_at <= database_time(),
            Delivery.run_id.in_(select(Run.id).where(Run.state == RunState.SENDING)),
            Delivery.crashes > 0 if suspects else Delivery.crashes == 0,
        )
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # a CTE, or PostgreSQL may lock more rows than the limit
    )
    taken = session.execute(
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)))
        .values(
            state=DeliveryState.LEASED,
            lease_token=token,
            lease_until=database_time(lease),
            attempts=Delivery.attempts + 1,
        )
        .returning(
            Delivery.id,
            Delivery.run_id,
            Delivery.selection_id,
            Delivery.recipient,
            Delivery.lane,
            Delivery.attempts,
        )
        .execution_options(synchronize_session=False)
    ).all()
    return sorted(taken, key=lambda row: row[0])


def barred(session: Session, delivery_ids: Sequence[int]) -> dict[int, Cause]:
    """Those of the deliveries whose reader may not be mailed any more, and why."""
    why = audience.barrier()
    query = (
        select(Delivery.id, why)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id.in_(delivery_ids), why.is_not(None))
    )
    return {row[0]: Cause(row[1]) for row in session.execute(query) if row[1]}


def extend_leases(session: Session, tokens: Sequence[str], lease: timedelta) -> None:
    """Renew what is leased under these tokens and has not run out."""
    session.execute(
        update(Delivery)
        .where(
            UNDER_WAY,
            Delivery.state == DeliveryState.LEASED,
            Delivery.lease_token.in_(tokens),
            Delivery.lease_until > database_time(),
        )
        .values(lease_until=database_time(lease))
        .execution_options(synchronize_session=False)
    )


def mark_handed(session: Session, rows: Sequence[tuple[int, str]], patience: timedelta) -> set[int]:
    """The intent, guarded by token, lease, run and reader; returns the ids it was given for."""
    why = (
        select(audience.barrier())
        .where(Subscriber.id == Delivery.subscriber_id)
        .correlate(Delivery)
        .scalar_subquery()
    )
    sending = exists().where(Run.id == Delivery.run_id, Run.state == RunState.SENDING)
    handed = session.scalars(
        update(Delivery)
        .where(
            _ours(rows),
            Delivery.state == DeliveryState.LEASED,
            Delivery.lease_until > database_time(),
            sending.correlate(Delivery),
            why.is_(None),
        )
        .values(
            state=DeliveryState.HANDED,
            lease_until=database_time(patience),
            handed_at=database_time(),
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return set(handed)


def mark_settled(
    session: Session,
    rows: Sequence[tuple[int, str]],
    state: DeliveryState,
    cause: Cause | None,
    wait: timedelta,
) -> set[int]:
    """Move rows to `state` from wherever it may be reached; returns the ids that moved."""
    accepted = state is DeliveryState.ACCEPTED
    settled = session.scalars(
        update(Delivery)
        .where(_ours(rows), Delivery.state.in_(sources(state)))
        .values(
            state=state,
            cause=cause,
            lease_until=None,
            **({"accepted_at": database_time()} if accepted else {}),
            **({"next_attempt_at": database_time(wait)} if not accepted else {}),
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return set(settled)


def mark_released(session: Session, rows: Sequence[tuple[int, str]], wait: timedelta) -> None:
    """Back to planned, as if never leased."""
    session.execute(
        update(Delivery)
        .where(_ours(rows), Delivery.state == DeliveryState.LEASED)
        .values(
            state=DeliveryState.PLANNED,
            lease_token=None,
            lease_until=None,
            next_attempt_at=database_time(wait),
            attempts=Delivery.attempts - 1,
        )
        .execution_options(synchronize_session=False)
    )


def expire_leases(session: Session, poison_at: int, dead_worker: str | None) -> list[int]:
    """Return rows whose lease ran out, or whose worker is dead; gives the ids now held."""
    over = session.execute(
        update(Delivery)
        .where(UNDER_WAY, Delivery.state == DeliveryState.LEASED, _given_up(dead_worker))
        .values(
            state=case(
                (Delivery.crashes + 1 >= poison_at, DeliveryState.HELD.value),
                else_=DeliveryState.PLANNED.value,
            ),
            cause=case((Delivery.crashes + 1 >= poison_at, Cause.POISON.value), else_=None),
            crashes=Delivery.crashes + 1,
            lease_token=None,
            lease_until=None,
        )
        .returning(Delivery.id, Delivery.crashes)
        .execution_options(synchronize_session=False)
    )
    return [delivery_id for delivery_id, crashes in over if crashes >= poison_at]


def doubt_handed(session: Session, dead_worker: str | None) -> list[int]:
    """Put in doubt what was handed over and got no result in time; gives the ids.

    The token stays: the worker itself may still bring its result.
    """
    doubtful = session.scalars(
        update(Delivery)
        .where(UNDER_WAY, Delivery.state == DeliveryState.HANDED, _given_up(dead_worker))
        .values(state=DeliveryState.IN_DOUBT, lease_until=None)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return list(doubtful)


def close_unsendable(session: Session) -> None:
    """Expire what is past its run's time, cancel what is left of cancelled runs."""
    late = select(Run.id).where(Run.expires_at <= database_time())
    _close(session, DUE & Delivery.run_id.in_(late), DeliveryState.EXPIRED)
    gone = select(Run.id).where(Run.state == RunState.CANCELLED)
    _close(session, DUE & Delivery.run_id.in_(gone), DeliveryState.CANCELLED)


def cancel_deliveries(session: Session, run_id: int, by: str) -> None:
    """Cancel all of a run that has not been handed over."""
    waiting = or_(DUE, Delivery.state == DeliveryState.LEASED)
    _close(session, and_(waiting, Delivery.run_id == run_id), DeliveryState.CANCELLED, by)


def _close(
    session: Session, condition: ColumnElement[bool], state: DeliveryState, by: str = "ledger"
) -> None:
    """Close rows chunk by chunk; the slots of cancelled ones become free for another run."""
    while True:
        chunk = select(Delivery.id).where(condition).limit(_CHUNK).with_for_update().cte("chunk")
        closed = session.execute(
            update(Delivery)
            .where(Delivery.id.in_(select(chunk.c.id)))
            .values(state=state, lease_token=None, lease_until=None)
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


def add_events(
    session: Session,
    replies: Mapping[int, str],
    state: DeliveryState,
    cause: Cause | None,
    *,
    by: str,
) -> None:
    """Append one event for each delivery id, with the relay's words where there were any."""
    rows = [
        {
            "delivery_id": delivery_id,
            "at": database_time(),
            "state": state,
            "cause": cause,
            "reply": reply[:500],
            "by": by,
        }
        for delivery_id, reply in replies.items()
    ]
    for start in range(0, len(rows), 500):
        session.execute(insert(DeliveryEvent).values(rows[start : start + 500]))


def doubts(session: Session, after: int, limit: int) -> Sequence[Row[int, str | None]]:
    """Deliveries in doubt with their tokens, by id."""
    query = (
        select(Delivery.id, Delivery.lease_token)
        .where(Delivery.state == DeliveryState.IN_DOUBT, Delivery.id > after)
        .order_by(Delivery.id)
        .limit(limit)
    )
    return session.execute(query).all()


def _ours(rows: Iterable[tuple[int, str]]) -> ColumnElement[bool]:
    """Row and token together: a row we lost and leased again is another lease."""
    return tuple_(Delivery.id, Delivery.lease_token).in_(list(rows))


def _given_up(dead_worker: str | None) -> ColumnElement[bool]:
    over = Delivery.lease_until <= database_time()
    if dead_worker is None:
        return over
    return or_(over, Delivery.lease_token.startswith(dead_worker, autoescape=True))
