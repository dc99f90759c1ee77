"""SQL that counts a run lane by lane: its rows are read once, whatever is asked about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from distribution.delivery.store.again import CLASS
from distribution.delivery.store.times import moment
from distribution.models import Delivery
from distribution.words import DeliveryState

LATELY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Group:
    """Deliveries of a run that have a lane and a state in common, and a class if they failed."""

    lane: str
    state: DeliveryState
    kind: str | None
    """The code of what they were refused for."""
    count: int
    lately: int
    """Accepted within the last minute."""
    due_at: datetime
    """The first of them."""
    accepted_first: datetime | None
    accepted_last: datetime | None


def groups(session: Session, run_id: int) -> list[Group]:
    """All deliveries of a run, counted."""
    kind = case((Delivery.state == DeliveryState.FAILED, CLASS))
    query = (
        select(
            Delivery.lane,
            Delivery.state,
            kind,
            func.count(),
            func.count().filter(Delivery.accepted_at > moment(-LATELY)),
            func.min(Delivery.next_attempt_at),
            func.min(Delivery.accepted_at),
            func.max(Delivery.accepted_at),
        )
        .where(Delivery.run_id == run_id)
        .group_by(Delivery.lane, Delivery.state, kind)
    )
    return [Group(*row) for row in session.execute(query)]
