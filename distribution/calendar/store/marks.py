"""SQL of what was done once, and up to when the calendar was looked at."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.models import ScheduleMark

LOOKED, BEGUN = "looked", "begun"
"""The last look of any scheduler, by the clock of its host; and the first one ever."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Who looked last, and when by his clock."""

    at: datetime
    host: str
    pid: int


def present(session: Session) -> datetime:
    """The database's time: that of the ledger, of claims and leases."""
    return session.scalars(select(database_time())).one()


def is_elsewhere(session: Session) -> bool:
    """Whether the database has a clock of its own: SQLite's is this host's."""
    return session.get_bind().dialect.name == "postgresql"


def last_look(session: Session) -> Looked | None:
    """None where no scheduler ever ran."""
    row = session.get(ScheduleMark, LOOKED)
    return None if row is None else Looked(row.looked_at, row.host, row.pid)


def look(session: Session, at: datetime, host: str, pid: int) -> datetime:
    """Write down a look; gives the latest one ever: it never goes back."""
    insert = upsert(session, ScheduleMark)
    insert = insert.values(name=LOOKED, looked_at=at, host=host, pid=pid)
    new = {name: insert.excluded[name] for name in ("looked_at", "host", "pid")}
    later = insert.on_conflict_do_update(
        index_elements=["name"], set_=new, where=new["looked_at"] > ScheduleMark.looked_at
    )
    session.execute(later)
    return session.scalars(select(ScheduleMark.looked_at).where(ScheduleMark.name == LOOKED)).one()


def begun(
    session: Session, at: datetime, host: str, pid: int, *, unless_after: datetime
) -> datetime:
    """When a scheduler first looked: nothing due before is taken.

    A first look that is said to be later than so is made now.
    """
    insert = upsert(session, ScheduleMark)
    insert = insert.values(name=BEGUN, looked_at=at, host=host, pid=pid)
    right = insert.on_conflict_do_update(
        index_elements=["name"],
        set_={"looked_at": at, "host": host, "pid": pid},
        where=ScheduleMark.looked_at > unless_after,
    )
    session.execute(right)
    return session.scalars(select(ScheduleMark.looked_at).where(ScheduleMark.name == BEGUN)).one()


def started(session: Session, start: str, at: datetime, host: str, pid: int) -> datetime:
    """When a machine was started by its clock as that was at the last look; `at`: as it now is."""
    name = f"start:{start}"
    known = session.get(ScheduleMark, name)
    before = at if known is None else known.looked_at
    values = {"looked_at": at, "host": host, "pid": pid}
    insert = upsert(session, ScheduleMark).values(name=name, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))
    return before


def first_time(session: Session, name: str, at: datetime, host: str, pid: int) -> bool:
    """Whether this is now done for the first time; the mark is of the caller's transaction."""
    insert = upsert(session, ScheduleMark)
    insert = insert.values(name=name, looked_at=at, host=host, pid=pid)
    marked = insert.on_conflict_do_nothing().returning(ScheduleMark.name)
    return session.scalar(marked) is not None


def is_done(session: Session, name: str) -> bool:
    """Whether it was marked as done."""
    return session.get(ScheduleMark, name) is not None
