"""SQL that tells how the ledger stands, of all runs together, for those who watch over it.

The rows that are under way, in doubt or out of the ordinary are found by indexes that hold no
others; only what is due is counted row by row.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, TextClause, case, false, func, select, text
from sqlalchemy.orm import Session

from distribution.delivery.counting import OWN
from distribution.delivery.store import canaries, lanes
from distribution.delivery.store.times import moment, present
from distribution.models import (
    DUE,
    LETTER_WAITING,
    UNDER_WAY,
    UNJUDGED,
    UNTOLD,
    Alert,
    Delivery,
    Inbox,
    Lane,
    Letter,
    Run,
)
from distribution.words import DeliveryState, RunState, Signal

_DOUBTFUL = text("state = 'in_doubt'")  # as its index has it
_NOBODY = timedelta(0)
PACED = timedelta(minutes=10)
"""A lane whose turn has come so long ago is not served."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """How the ledger stands."""

    due: int
    """Deliveries of running runs that may go now."""
    oldest_due: timedelta
    """How long the first of them has been due; nothing where none is."""
    leased: int
    handed: int
    oldest_handed: timedelta
    in_doubt: int
    lanes_stopped: int
    lanes_resting: int
    letters_waiting: int
    alerts_untold: int
    deferred: dict[str, int] = field(default_factory=dict)
    """By provider."""
    runs: dict[RunState, int] = field(default_factory=dict)
    unjudged: dict[Signal, int] = field(default_factory=dict)


def gauges(session: Session) -> Gauges:
    """Look at everything once."""
    now = present(session)
    due, since = _due(session)
    under_way = _under_way(session)
    leased, _ = under_way.get(DeliveryState.LEASED, (0, None))
    handed, handed_at = under_way.get(DeliveryState.HANDED, (0, None))
    stopped = Lane.stopped_at.is_not(None)
    return Gauges(
        due=due,
        oldest_due=_age(since, now),
        leased=leased,
        handed=handed,
        oldest_handed=_age(handed_at, now),
        in_doubt=_count(session, Delivery, _DOUBTFUL),
        lanes_stopped=_count(session, Lane, stopped),
        lanes_resting=_count(session, Lane, ~stopped, Lane.resting_until > moment()),
        letters_waiting=_count(session, Letter, LETTER_WAITING),
        alerts_untold=_count(session, Alert, UNTOLD),
        deferred=_deferred(session),
        runs=_runs(session),
        unjudged=_unjudged(session),
    )


def _due(session: Session) -> tuple[int, datetime | None]:
    """How many may go as soon as a worker comes to them, and since when the first of them might.

    Where mails go at a provider's pace the last one waits for hours, and nothing is wrong: such
    lanes count for the age only when their turn has come long ago. What waits for an admin's word,
    because others go first, is not due.
    """
    running = select(Run.id).where(Run.state == RunState.SENDING)
    at_pace = func.coalesce(Lane.free_at > moment(-PACED), false())
    query = (
        select(func.count(), func.min(Delivery.next_attempt_at).filter(~at_pace))
        .select_from(Delivery)
        .outerjoin(Lane, Lane.name == Delivery.lane)
        .where(
            DUE,
            Delivery.next_attempt_at <= moment(),
            Delivery.run_id.in_(running),
            canaries.may_go_of_its_run(),
            ~func.coalesce(lanes.halted(), false()),
        )
    )
    row = session.execute(query).one()
    return row[0], row[1]


def _under_way(session: Session) -> dict[DeliveryState, tuple[int, datetime | None]]:
    query = (
        select(Delivery.state, func.count(), func.min(Delivery.handed_at))
        .where(UNDER_WAY)
        .group_by(Delivery.state)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _deferred(session: Session) -> dict[str, int]:
    provider = case((Delivery.lane.contains("."), OWN), else_=Delivery.lane)
    query = (
        select(provider, func.count())
        .where(DUE, Delivery.state == DeliveryState.DEFERRED)
        .group_by(provider)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _runs(session: Session) -> dict[RunState, int]:
    query = select(Run.state, func.count()).group_by(Run.state)
    return {row[0]: row[1] for row in session.execute(query)}


def _unjudged(session: Session) -> dict[Signal, int]:
    query = select(Inbox.signal, func.count()).where(UNJUDGED).group_by(Inbox.signal)
    return {row[0]: row[1] for row in session.execute(query)}


def _count(session: Session, table: type, *conditions: ColumnElement[bool] | TextClause) -> int:
    query = select(func.count()).select_from(table).where(*conditions)
    return session.scalars(query).one()


def _age(since: datetime | None, now: datetime) -> timedelta:
    return _NOBODY if since is None else max(now - since, _NOBODY)
