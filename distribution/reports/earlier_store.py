"""SQL that finds the runs a run is compared with."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.models import Issue, Run
from distribution.words import RunKind, RunState

MOST = 12


def runs_before(
    session: Session, run_id: int, started_at: datetime | None
) -> list[tuple[int, str, RunKind, datetime | None]]:
    """Number, issue, kind and start of the regular runs begun before, the newest first.

    One that was cancelled on its way says nothing about a month.
    """
    query = (
        select(Run.id, Issue.year, Issue.label, Run.kind, Run.started_at)
        .join(Issue, Issue.id == Run.issue_id)
        .where(
            Run.kind == RunKind.REGULAR,
            Run.state != RunState.CANCELLED,
            Run.started_at.is_not(None),
            Run.id != run_id,
        )
        .order_by(Run.started_at.desc(), Run.id.desc())
        .limit(MOST)
    )
    if started_at is not None:
        query = query.where(Run.started_at < started_at)
    return [(row[0], f"{row[1]}-{row[2]}", row[3], row[4]) for row in session.execute(query)]
