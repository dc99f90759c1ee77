"""SQL that tells how many mails wait in which lane."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution import delivery
from distribution.models import DUE, Delivery, Lane, Run
from distribution.words import DeliveryState, RunState


@dataclass(frozen=True, slots=True)
class LaneBooks:
    """Deliveries of running runs in one lane, and what holds them up, if anything does."""

    name: str
    hold: Lane | None
    waiting: int
    sent: int | None
    """Accepted by the relay; None where it was not asked for."""


def lane_books(session: Session, *, everything: bool) -> list[LaneBooks]:
    """Lanes that are held up now, by name; with `everything` all others of running runs too."""
    holds = {lane.name: lane for lane in delivery.held_lanes(session)}
    waiting = _waiting(session, None if everything else holds)
    sent = _sent(session) if everything else {}
    return [
        LaneBooks(
            name, holds.get(name), waiting.get(name, 0), sent.get(name, 0) if everything else None
        )
        for name in sorted({*holds, *waiting, *sent})
    ]


def runs_waiting(session: Session, name: str) -> list[int]:
    """Running runs of which mails wait in a lane."""
    running = select(Run.id).where(Run.state == RunState.SENDING)
    query = select(Delivery.run_id).where(DUE, Delivery.lane == name, Delivery.run_id.in_(running))
    return sorted(session.scalars(query.distinct()))


def _waiting(session: Session, names: Collection[str] | None) -> dict[str, int]:
    """Those not handed over yet, in these lanes or in all."""
    running = select(Run.id).where(Run.state == RunState.SENDING)
    query = select(Delivery.lane, func.count()).where(DUE, Delivery.run_id.in_(running))
    if names is not None:
        query = query.where(Delivery.lane.in_(names))
    return {row[0]: row[1] for row in session.execute(query.group_by(Delivery.lane))}


def _sent(session: Session) -> dict[str, int]:
    running = select(Run.id).where(Run.state == RunState.SENDING)
    query = select(Delivery.lane, func.count()).where(
        Delivery.state == DeliveryState.ACCEPTED, Delivery.run_id.in_(running)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Delivery.lane))}
