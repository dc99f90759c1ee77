"""SQL of the events: what happened to each delivery, append-only."""

from collections.abc import Mapping

from sqlalchemy import insert
from sqlalchemy.orm import Session

from distribution.db import database_time
from distribution.models import DeliveryEvent
from distribution.words import Cause, DeliveryState


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
