"""SQL about the one process that drains the in-process queue."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.models import QueueOwner

ALIVE = timedelta(seconds=15)
"""An owner whose heartbeat is older is taken for dead."""


def owner(session: Session, queue: str) -> tuple[QueueOwner, bool] | None:
    """Who drains the queue, and whether his heart still beats."""
    beats = QueueOwner.beat_at > database_time(-ALIVE)
    query = select(QueueOwner, beats).where(QueueOwner.queue == queue)
    row = session.execute(query.execution_options(populate_existing=True)).first()
    return (row[0], bool(row[1])) if row else None


def put_owner(session: Session, queue: str, worker: str, host: str, pid: int) -> None:
    """Enter the owner in place of the one before."""
    facts = {"worker": worker, "host": host, "pid": pid, "beat_at": database_time()}
    statement = upsert(session, QueueOwner).values(queue=queue, **facts)
    session.execute(statement.on_conflict_do_update(index_elements=["queue"], set_=facts))


def remove_owner(session: Session, queue: str, worker: str) -> None:
    """Leave the queue to whoever comes next."""
    session.execute(
        delete(QueueOwner).where(QueueOwner.queue == queue, QueueOwner.worker == worker)
    )
