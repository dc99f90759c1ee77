"""SQL of the ledger's rows. Nothing here commits; times are the database's.

On PostgreSQL whatever may touch the rows of another worker passes over those that are locked,
and what must wait for a lock takes its rows by ascending id: nobody can wait in a circle.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from distribution import audience
from distribution.db import database_time
from distribution.delivery.states import IN_HANDS, sources
from distribution.delivery.store import lanes
from distribution.delivery.store.times import moment
from distribution.models import DUE, UNDER_WAY, Delivery, Run, Subscriber, Suppression
from distribution.words import Cause, Consequence, DeliveryState, Meaning, RunState


def lock(session: Session, delivery_ids: Collection[int]) -> None:
    """Take the locks of these rows in the order everybody takes them."""
    query = select(Delivery.id).where(Delivery.id.in_(delivery_ids)).order_by(Delivery.id)
    session.execute(query.with_for_update()).all()


def find_due(session: Session, limit: int) -> Sequence[Row[int, int]]:
    """Due rows of running runs and how often a worker died under each, the longest due first."""
    query = (
        select(Delivery.id, Delivery.crashes)
        .where(DUE, Delivery.next_attempt_at <= moment(), _sending(), ~lanes.held())
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.execute(query).all()


def take(
    session: Session, delivery_ids: Sequence[int], token: str, lease: timedelta
) -> Sequence[Row[int, int, int, str, str, int]]:
    """Lease these due rows."""
    taken = session.execute(
        update(Delivery)
        .where(DUE, Delivery.id.in_(delivery_ids))
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
    why = _barrier()
    query = (
        select(Delivery.id, why)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id.in_(delivery_ids), why.is_not(None))
    )
    return {row[0]: Cause(row[1]) for row in session.execute(query) if row[1]}


def extend_leases(session: Session, tokens: Sequence[str], lease: timedelta) -> None:
    """Renew what is leased under these tokens and has not run out."""
    ours = _unlocked(
        and_(
            UNDER_WAY,
            Delivery.state == DeliveryState.LEASED,
            Delivery.lease_token.in_(tokens),
            Delivery.lease_until > moment(),
        )
    )
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(select(ours.c.id)))
        .values(lease_until=database_time(lease))
        .execution_options(synchronize_session=False)
    )


def mark_handed(
    session: Session,
    rows: Sequence[tuple[int, str]],
    patience: timedelta,
    hashes: Mapping[int, str],
) -> set[int]:
    """The intent, guarded by token, lease, run and reader; returns the ids it was given for.

    `hashes` are of the messages that will go out, by delivery.
    """
    why = (
        select(_barrier())
        .where(Subscriber.id == Delivery.subscriber_id)
        .correlate(Delivery)
        .scalar_subquery()
    )
    handed = session.scalars(
        update(Delivery)
        .where(
            _ours(rows),
            Delivery.state == DeliveryState.LEASED,
            Delivery.lease_until > moment(),
            _sending(),
            why.is_(None),
        )
        .values(
            state=DeliveryState.HANDED,
            lease_until=database_time(patience),
            handed_at=database_time(),
            message_sha256=case(hashes, value=Delivery.id) if hashes else None,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return set(handed)


def mark_settled(
    session: Session,
    rows: Sequence[tuple[int, str]],
    ending: tuple[DeliveryState, Cause | None, Meaning | None],
    wait: timedelta,
) -> set[int]:
    """Move rows that are in hands to a state where it may follow; returns the ids that moved.

    `ending` is the state, why, and what the refusal meant if it was one. A deferred one has not
    killed its worker: it is no suspect any more.
    """
    state, cause, meaning = ending
    accepted = state is DeliveryState.ACCEPTED
    tried = state is DeliveryState.DEFERRED
    settled = session.scalars(
        update(Delivery)
        .where(_ours(rows), Delivery.state.in_(IN_HANDS.intersection(sources(state))))
        .values(
            state=state,
            cause=cause,
            lease_until=None,
            **({"meaning": meaning, "consequence": None} if meaning or accepted else {}),
            **({"accepted_at": _when_accepted()} if accepted else {}),
            **({"next_attempt_at": database_time(wait)} if not accepted else {}),
            **({"crashes": 0} if tried else {}),
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return set(settled)


def mark_consequence(
    session: Session, delivery_ids: Collection[int], consequence: Consequence
) -> None:
    """What followed from what these were refused with."""
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(delivery_ids))
        .values(consequence=consequence)
        .execution_options(synchronize_session=False)
    )


def _when_accepted() -> ColumnElement[datetime]:
    """Now; where a doubt is settled, when the mail was handed over: it was taken then or never."""
    doubtful = and_(Delivery.state == DeliveryState.IN_DOUBT, Delivery.handed_at.is_not(None))
    return case((doubtful, Delivery.handed_at), else_=database_time())


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
    lost = _given_up(DeliveryState.LEASED, dead_worker)
    over = session.execute(
        update(Delivery)
        .where(Delivery.id.in_(select(lost.c.id)))
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
    lost = _given_up(DeliveryState.HANDED, dead_worker)
    doubtful = session.scalars(
        update(Delivery)
        .where(Delivery.id.in_(select(lost.c.id)))
        .values(state=DeliveryState.IN_DOUBT, lease_until=None, crashes=Delivery.crashes + 1)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return list(doubtful)


def doubts(session: Session, after: int, limit: int) -> Sequence[Row[int, int, str | None, int]]:
    """Deliveries in doubt, by id: their run, token and how often a worker died under them."""
    query = (
        select(Delivery.id, Delivery.run_id, Delivery.lease_token, Delivery.crashes)
        .where(Delivery.state == DeliveryState.IN_DOUBT, Delivery.id > after)
        .order_by(Delivery.id)
        .limit(limit)
    )
    return session.execute(query).all()


def _sending() -> ColumnElement[bool]:
    """The delivery's run may send now.

    Correlated, or SQLite goes through all rows of the run instead of those that are due.
    """
    in_time = or_(Run.expires_at.is_(None), Run.expires_at > moment())
    running = exists().where(Run.id == Delivery.run_id, Run.state == RunState.SENDING, in_time)
    return running.correlate(Delivery)


def _barrier() -> ColumnElement[str | None]:
    """SQL: why a delivery may not go. It goes to the address it was planned for.

    Its reader may have another since, and only the new one is not out of use.
    """
    planned_for = exists().where(Suppression.address_hash == Delivery.address_hash)
    out_of_use = case((planned_for.correlate(Delivery), Cause.SUPPRESSED.value))
    return func.coalesce(audience.barrier(), out_of_use)


def _ours(rows: Sequence[tuple[int, str]]) -> ColumnElement[bool]:
    """Row and token together: a row we lost and leased again is another lease."""
    ids = [delivery_id for delivery_id, _ in rows]  # said apart, so that the primary key is used
    return and_(Delivery.id.in_(ids), tuple_(Delivery.id, Delivery.lease_token).in_(list(rows)))


def _given_up(state: DeliveryState, dead_worker: str | None) -> CTE:
    over: ColumnElement[bool] = Delivery.lease_until <= moment()
    if dead_worker is not None:
        over = or_(over, Delivery.lease_token.startswith(dead_worker, autoescape=True))
    return _unlocked(and_(UNDER_WAY, Delivery.state == state, over))


def _unlocked(condition: ColumnElement[bool]) -> CTE:
    """Rows that fulfil the condition, without those somebody is changing at this moment."""
    return select(Delivery.id).where(condition).with_for_update(skip_locked=True).cte("unlocked")
