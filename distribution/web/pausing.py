"""Pausing, until a day or for some months, and getting fewer: what a reader is told by letter."""

import calendar
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, audit, clock, delivery
from distribution.delivery import Told
from distribution.models import Subscriber
from distribution.web import pages
from distribution.web.addressees import Addressee
from distribution.web.site import Site

A_DAY = timedelta(days=1)
LONGEST = 24
"""In months: who wants nothing for longer leaves."""


def after_months(day: date, months: int) -> date:
    """The same day some months later, or the last one of a shorter month.

    >>> after_months(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_day(today: date) -> date:
    """The last day somebody may pause until."""
    return after_months(today, LONGEST)


def read_day(given: str, today: date) -> date | None:
    """The day somebody wrote; None for what is none, is over, or is too far ahead.

    >>> read_day("2027-01-31", date(2026, 11, 26)), read_day("2026-11-26", date(2026, 11, 26))
    (datetime.date(2027, 1, 31), None)
    """
    try:
        day = date.fromisoformat(given.strip())
    except ValueError:
        return None
    return day if today < day <= last_day(today) else None


def paused_until(row: Subscriber, at: datetime) -> date | None:
    """The last day of a pause that lasts."""
    paused = row.paused_until is not None and row.paused_until > at
    return clock.last_day_before(row.paused_until) if paused and row.paused_until else None


def pause(site: Site, session: Session, reader: Addressee, until: date, at: datetime) -> None:
    """Send him nothing until that day is over; the same again changes nothing."""
    row = reader.profile.subscriber
    if not audience.pause(session, row, clock.end_of(until)):
        return
    audit.record(session, "reader.pause", str(row.id), by="reader", at=at, until=str(until))
    name = reader.masthead(site, session).publication
    paragraphs = (
        f"您好：《{name}》的摘要邮件已暂停到{pages.day(until)}，此后自动恢复。",
        "想提前恢复，或者这不是您本人的意思，点信中的链接就可以改。",
    )
    told = Told("paused", "摘要邮件已暂停", paragraphs, "preferences", "查看与恢复")
    delivery.tell(session, site.app.stationery, row, told, at=at)


def resume(session: Session, reader: Addressee, at: datetime) -> bool:
    """End a pause; False where there is none. The next digest tells him, so no letter does."""
    row = reader.profile.subscriber
    if paused_until(row, at) is None:
        return False
    audience.pause(session, row, None)
    audit.record(session, "reader.resume", str(row.id), by="reader", at=at)
    return True


def tell_of_fewer(site: Site, session: Session, reader: Addressee, at: datetime) -> None:
    """Tell him that he gets only what matches: an issue may stay out, and he would not notice."""
    if reader.left_by:  # he gets none anyway
        return
    row, name = reader.profile.subscriber, reader.masthead(site, session).publication
    paragraphs = (
        f"您好：按网页上的设置，《{name}》今后只在有您关注的内容时才寄给您，别的各期不寄。",
        "想每期都收，或者这不是您本人的意思，点信中的链接就可以改。",
    )
    told = Told("fewer", "只在有您关注的内容时才寄", paragraphs, "preferences", "查看与更改")
    delivery.tell(session, site.app.stationery, row, told, at=at)
