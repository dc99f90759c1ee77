"""SQL of readers who have given themselves another address."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from distribution.models import Audit

MOVE = "reader.move"
"""The audit's word for: his own click has given him another address."""


def moved_since(session: Session, subscriber_id: int, since: datetime) -> bool:
    """Whether a click in a letter has given him another address since then."""
    moves = exists().where(
        Audit.action == MOVE, Audit.subject == str(subscriber_id), Audit.at >= since
    )
    return bool(session.scalar(select(moves)))
