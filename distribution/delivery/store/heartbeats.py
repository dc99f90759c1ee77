"""SQL that shows whether the ledger can be written: a heartbeat, and room for more than that."""

from datetime import timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.delivery.store.times import moment
from distribution.models import Heartbeat

ROOM = 65_536
"""Bytes for which SQLite must have room: some hundred events."""
_KEPT = timedelta(days=1)


def beat(session: Session, host: str, pid: int) -> None:
    """Write; raises DatabaseUnusable in here, or at the commit, where that cannot be done.

    A row that is only changed may fit into a database that has no room for one more. SQLite is
    asked for pages, which are given back; PostgreSQL says it at the commit that needs them.
    """
    if session.get_bind().dialect.name == "sqlite":
        attempt = session.begin_nested()
        session.execute(
            text("INSERT INTO heartbeats (host, pid, beat_at) VALUES (zeroblob(:room), 0, 0)"),
            {"room": ROOM},
        )
        attempt.rollback()
    row = {"host": host, "pid": pid, "beat_at": database_time()}
    change = upsert(session, Heartbeat).values(row)
    session.execute(
        change.on_conflict_do_update(
            index_elements=["host", "pid"], set_={"beat_at": database_time()}
        )
    )
    session.execute(delete(Heartbeat).where(Heartbeat.beat_at < moment(-_KEPT)))
