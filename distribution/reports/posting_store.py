"""SQL that finds the runs whose reports are to be sent."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.models import Run
from distribution.words import RunKind, RunState


def ended_since(session: Session, since: datetime) -> list[tuple[int, datetime]]:
    """The regular runs that came to their end after a moment, and when they did."""
    query = (
        select(Run.id, Run.finished_at)
        .where(Run.kind == RunKind.REGULAR, Run.state == RunState.FINISHED, Run.finished_at > since)
        .order_by(Run.id)
    )
    rows = session.execute(query)
    return [(run_id, finished_at) for run_id, finished_at in rows if finished_at is not None]
