"""SQL of who showed a sign of life lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from distribution.db import database_time
from distribution.models import Heartbeat, QueueOwner, Run, ScheduleMark
from distribution.words import RunState

LATELY = timedelta(minutes=2)
_LONG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sign:
    """Somebody's last sign of life."""

    host: str
    pid: int
    ago: timedelta


def owner(session: Session) -> Sign | None:
    """The process that drains the in-process queue."""
    row = session.execute(
        select(QueueOwner.host, QueueOwner.pid, QueueOwner.beat_at, database_time()).where(
            QueueOwner.beat_at > database_time(-LATELY)
        )
    ).first()
    return Sign(row[0], row[1], row[3] - row[2]) if row else None


def beating(session: Session) -> Sequence[Sign]:
    """Processes that were asked for their health lately, and could write."""
    query = select(Heartbeat.host, Heartbeat.pid, Heartbeat.beat_at, database_time()).where(
        Heartbeat.beat_at > database_time(-LATELY)
    )
    order = (Heartbeat.host, Heartbeat.pid)
    return [
        Sign(row[0], row[1], row[3] - row[2]) for row in session.execute(query.order_by(*order))
    ]


def scheduler(session: Session) -> Sign | None:
    """The scheduler that looked at the calendar last, however long ago."""
    query = select(
        ScheduleMark.host, ScheduleMark.pid, ScheduleMark.looked_at, database_time()
    ).order_by(ScheduleMark.looked_at.desc())
    row = session.execute(query.limit(1)).first()
    return Sign(row[0], row[1], row[3] - row[2]) if row else None


def sending(session: Session) -> int:
    """How many runs are being sent."""
    query = select(func.count()).select_from(Run).where(Run.state == RunState.SENDING)
    return session.scalars(query).one()


def ever_sent(session: Session) -> bool:
    """Whether a run was ever started."""
    return bool(session.scalar(select(exists(Run.id).where(Run.started_at.is_not(None)))))
