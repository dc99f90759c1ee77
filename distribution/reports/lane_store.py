"""SQL that tells how many mails wait in which lane."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, TextClause, func, select
from sqlalchemy.orm import Session

from distribution import delivery
from distribution.db import database_time
from distribution.models import DUE, UNDER_WAY, Delivery, Lane, Run
from distribution.replies import Limits
from distribution.words import DeliveryState, RunState

_YET_TO_START = (RunState.PLANNED, RunState.SEALED)


@dataclass(frozen=True, slots=True)
class LaneBooks:
    """Deliveries of running runs in one lane, what holds them up, if anything does, its pace."""

    name: str
    hold: Lane | None
    waiting: int
    to_come: int | None
    """In runs that are planned or sealed and not started; None where it was not asked for."""
    sent: int | None
    """Accepted by the relay; None where it was not asked for."""
    in_hands: int
    limits: Limits
    set_by_admin: bool
    """The limits, or some of them."""
    free_at: datetime | None
    """When its pace lets the next one go; None: now."""


def lane_books(session: Session, *, everything: bool) -> list[LaneBooks]:
    """Lanes that are held up, or whose mails wait for their pace, by name.

    With `everything` all others of running runs too, those of runs that are yet to start, and those
    an admin gave limits to.
    """
    holds = {lane.name: lane for lane in delivery.held_lanes(session)}
    free_at = _paced(session)
    waiting = _waiting(session, None if everything else {*holds, *free_at})
    sent = _count(session, Delivery.state == DeliveryState.ACCEPTED) if everything else {}
    to_come = _count(session, states=_YET_TO_START) if everything else {}
    in_hands = _count(session, UNDER_WAY)
    own = delivery.own_limits(session)
    named = {*holds, *(name for name in free_at if waiting.get(name))}
    if everything:
        named |= {*waiting, *to_come, *sent, *in_hands, *own}
    return [
        LaneBooks(
            name,
            holds.get(name),
            waiting.get(name, 0),
            to_come.get(name, 0) if everything else None,
            sent.get(name, 0) if everything else None,
            in_hands.get(name, 0),
            delivery.lane_limits(name, own.get(name)),
            name in own,
            free_at.get(name),
        )
        for name in sorted(named)
    ]


def runs_waiting(session: Session, name: str) -> list[int]:
    """Running runs of which mails wait in a lane."""
    running = select(Run.id).where(Run.state == RunState.SENDING)
    query = select(Delivery.run_id).where(DUE, Delivery.lane == name, Delivery.run_id.in_(running))
    return sorted(session.scalars(query.distinct()))


def _paced(session: Session) -> dict[str, datetime]:
    """Lanes whose pace lets nothing go at this moment, and until when."""
    query = select(Lane.name, Lane.free_at).where(Lane.free_at > database_time())
    return {row[0]: row[1] for row in session.execute(query) if row[1] is not None}


def _waiting(session: Session, names: Collection[str] | None) -> dict[str, int]:
    """Those not handed over yet, in these lanes or in all."""
    return _count(session, DUE, *(() if names is None else (Delivery.lane.in_(names),)))


def _count(
    session: Session,
    *which: ColumnElement[bool] | TextClause,
    states: Collection[RunState] = (RunState.SENDING,),
) -> dict[str, int]:
    """Deliveries of running runs, or of those in other `states`, by lane."""
    running = select(Run.id).where(Run.state.in_(states))
    query = select(Delivery.lane, func.count()).where(*which, Delivery.run_id.in_(running))
    return {row[0]: row[1] for row in session.execute(query.group_by(Delivery.lane))}
