"""SQL of slots: opened once a month, claimed by compare-and-swap, changed by who has the claim."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.models import ScheduleSlot
from distribution.words import Hold, SlotState

LEASE = timedelta(minutes=2)
"""How long a claim holds, by the database's clock: then its scheduler counts as dead.

Longer plans lose nothing by it: any number may plan the same run at the same time.
"""
_OPEN = (SlotState.CLAIMED, SlotState.HELD)


def open_slot(
    session: Session,
    month: date,
    due_at: datetime,
    *,
    state: SlotState,
    hold: Hold | None,
    words: str,
    at: datetime,
) -> bool:
    """Write a month's slot; False where it is there already, however it stands."""
    insert = upsert(session, ScheduleSlot).values(
        month=month, due_at=due_at, state=state, hold=hold, words=words, claim="", changed_at=at
    )
    return session.scalar(insert.on_conflict_do_nothing().returning(ScheduleSlot.month)) is not None


def find_slot(session: Session, month: date, *, lock: bool = False) -> ScheduleSlot | None:
    """A month's slot, if it has one."""
    query = select(ScheduleSlot).where(ScheduleSlot.month == month)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def slots_between(session: Session, first: date, last: date) -> Sequence[ScheduleSlot]:
    """The slots of these months."""
    query = select(ScheduleSlot).where(ScheduleSlot.month.between(first, last))
    return session.scalars(query.order_by(ScheduleSlot.month)).all()


def open_slots(session: Session, *, lock: bool = False) -> Sequence[ScheduleSlot]:
    """Those that are not done with, the oldest first."""
    query = select(ScheduleSlot).where(ScheduleSlot.state.in_(_OPEN)).order_by(ScheduleSlot.month)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def last_due(session: Session, at: datetime) -> ScheduleSlot | None:
    """The last slot that has come due, but for one by a clock that jumped."""
    query = select(ScheduleSlot).where(
        ScheduleSlot.due_at <= at, ScheduleSlot.hold.is_distinct_from(Hold.CLOCK)
    )
    return session.scalar(query.order_by(ScheduleSlot.month.desc()).limit(1))


def opened_early(session: Session, at: datetime, slack: timedelta) -> Sequence[ScheduleSlot]:
    """Those that are not due yet, that no person has touched and nobody has begun.

    By less than the slack only those that wait because of the clock.
    """
    by_clock = and_(ScheduleSlot.hold == Hold.CLOCK, ScheduleSlot.due_at > at)
    query = select(ScheduleSlot).where(
        or_(by_clock, ScheduleSlot.due_at > at + slack),
        ScheduleSlot.state != SlotState.SENT,
        ScheduleSlot.hold.is_distinct_from(Hold.PERSON),
        ScheduleSlot.claimed_until.is_(None),
        ScheduleSlot.released_at.is_(None),
        ScheduleSlot.issue_id.is_(None),
    )
    return session.scalars(query.with_for_update()).all()


def claim(session: Session, slot: ScheduleSlot, token: str) -> bool:
    """Take a slot as it was seen; False where another has it, or changed it meanwhile."""
    free = or_(ScheduleSlot.claimed_until.is_(None), ScheduleSlot.claimed_until < database_time())
    seen = (
        ScheduleSlot.month == slot.month,
        ScheduleSlot.claim == slot.claim,
        ScheduleSlot.state == slot.state,
        ScheduleSlot.changed_at == slot.changed_at,
    )
    taken = (
        update(ScheduleSlot)
        .where(*seen, free)
        .values(state=SlotState.CLAIMED, hold=None, claim=token, claimed_until=database_time(LEASE))
        .returning(ScheduleSlot.month)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(taken) is not None


def in_hand(session: Session, month: date, token: str) -> ScheduleSlot | None:
    """The slot, locked, its claim renewed; None where it is no longer this one."""
    renewed = (
        update(ScheduleSlot)
        .where(ScheduleSlot.month == month, ScheduleSlot.claim == token)
        .values(claimed_until=database_time(LEASE))
        .returning(ScheduleSlot.month)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(renewed) is None:
        return None
    return find_slot(session, month, lock=True)


def is_claimed(session: Session, month: date) -> bool:
    """Whether a scheduler has it in hand at this moment."""
    query = select(ScheduleSlot.month).where(
        and_(ScheduleSlot.month == month, ScheduleSlot.claimed_until >= database_time())
    )
    return session.scalar(query) is not None


def forget(session: Session, month: date) -> None:
    """As if it had never come due."""
    session.execute(
        delete(ScheduleSlot)
        .where(ScheduleSlot.month == month)
        .execution_options(synchronize_session=False)
    )
