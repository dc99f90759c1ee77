"""SQL of the ledger's rows. Nothing here commits; times are the database's.

On PostgreSQL whatever may touch the rows of another worker passes over those that are locked.
A worker changes its own rows as they come: decision 15 says what became of waiting in a circle.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    FromClause,
    Row,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from distribution import audience
from distribution.db import BIG_INTEGER, among, database_time
from distribution.delivery.store import canaries
from distribution.delivery.store.installation import trusted
from distribution.delivery.store.times import moment
from distribution.models import UNDER_WAY, Delivery, Run, Subscriber, Suppression
from distribution.statements import Columns, Prepared
from distribution.words import Cause, Consequence, DeliveryState, RunState


def lock(session: Session, delivery_ids: Collection[int]) -> None:
    """Take the locks of these rows in the order everybody takes them."""
    theirs = among(session, Delivery.id, delivery_ids)
    query = select(Delivery.id).where(theirs).order_by(Delivery.id)
    session.execute(query.with_for_update()).all()


class Taken(NamedTuple):
    """A row as its worker needs it."""

    id: int
    run_id: int
    selection_id: int
    recipient: str
    lane: str
    attempts: int


def take(
    session: Session, delivery_ids: Sequence[int], token: str, lease: timedelta
) -> list[Taken]:
    """Lease these due rows."""
    words = {"token": token, "ahead_seconds": lease.total_seconds()}
    taken = _TAKE.run(session, [(one,) for one in delivery_ids], **words)
    return sorted(Taken(*row) for row in taken)


def barred(session: Session, delivery_ids: Iterable[int]) -> dict[int, Cause]:
    """Those of the deliveries whose reader may not be mailed any more, and why."""
    found = _BARRED.run(session, [(one,) for one in delivery_ids])
    return {delivery_id: Cause(why) for delivery_id, why in found}


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


def sending() -> ColumnElement[bool]:
    """The delivery's run may send now, and this one of it.

    Correlated, or SQLite goes through all rows of the run instead of those that are due.
    """
    in_time = or_(Run.expires_at.is_(None), Run.expires_at > moment())
    sending = (Run.state == RunState.SENDING, in_time, canaries.may_go())
    goes = exists().where(Run.id == Delivery.run_id, *sending).correlate(Delivery)
    return and_(goes, trusted())


def barrier() -> ColumnElement[str | None]:
    """SQL: why a delivery may not go. It goes to the address it was planned for.

    Its reader may have another since, and only the new one is not out of use.
    """
    planned_for = exists().where(Suppression.address_hash == Delivery.address_hash)
    out_of_use = case((planned_for.correlate(Delivery), Cause.SUPPRESSED.value))
    return func.coalesce(audience.barrier(), out_of_use)


def _given_up(state: DeliveryState, dead_worker: str | None) -> CTE:
    over: ColumnElement[bool] = Delivery.lease_until <= moment()
    if dead_worker is not None:
        over = or_(over, Delivery.lease_token.startswith(dead_worker, autoescape=True))
    return _unlocked(and_(UNDER_WAY, Delivery.state == state, over))


def _unlocked(condition: ColumnElement[bool]) -> CTE:
    """Rows that fulfil the condition, without those somebody is changing at this moment."""
    return select(Delivery.id).where(condition).with_for_update(skip_locked=True).cte("unlocked")


def _taking(rows: FromClause, _database: str) -> Update:
    # As a case: else PostgreSQL may look for what is due instead of these.
    due = case((Delivery.state.in_((DeliveryState.PLANNED, DeliveryState.DEFERRED)), true()))
    return (
        update(Delivery)
        .where(Delivery.id == rows.c.delivery_id, due)
        .values(
            state=DeliveryState.LEASED,
            lease_token=bindparam("token", None, Text()),
            lease_until=database_time(bindparam("ahead_seconds", None, Float())),
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
    )


def _barring(rows: FromClause, _database: str) -> Select[int, str | None]:
    why = barrier()
    return (
        select(Delivery.id, why)
        .select_from(rows)
        .join(Delivery, Delivery.id == rows.c.delivery_id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(why.is_not(None))
    )


_ONES: Columns = {"delivery_id": BIG_INTEGER}
_TAKE, _BARRED = Prepared(_ONES, _taking), Prepared(_ONES, _barring)
