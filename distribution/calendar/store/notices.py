"""SQL of announced days off: one notice a year, the last one entered holds."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from distribution.calendar.notice import Notice
from distribution.calendar.workdays import Day
from distribution.db import upsert
from distribution.models import CalendarDay, CalendarNotice


def announced(session: Session) -> Mapping[date, Day]:
    """All days that notices name."""
    query = select(CalendarDay.day, CalendarDay.off, CalendarDay.name)
    return {row[0]: Day(row[1], row[2]) for row in session.execute(query)}


def announced_years(session: Session) -> frozenset[int]:
    """The years of the notices."""
    return frozenset(session.scalars(select(CalendarNotice.year)))


def replace_notice(session: Session, notice: Notice, *, by: str, at: datetime) -> bool:
    """Keep a notice in the place of that year's former one; whether there was one."""
    known = session.get(CalendarNotice, notice.year)
    values = {"source": notice.source, "entered_at": at, "entered_by": by}
    row = upsert(session, CalendarNotice).values(year=notice.year, **values)
    session.execute(row.on_conflict_do_update(index_elements=["year"], set_=values))
    stale = or_(CalendarDay.year == notice.year, CalendarDay.day.in_(notice.days))
    session.execute(delete(CalendarDay).where(stale).execution_options(synchronize_session=False))
    session.add_all(
        CalendarDay(day=day, year=notice.year, off=fact.off, name=fact.name)
        for day, fact in notice.days.items()
    )
    session.flush()
    return known is not None
