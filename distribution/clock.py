"""Time: instants are UTC and aware, people read Asia/Shanghai."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant in UTC: the only place that asks the machine's clock."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Shanxi."""
    return now().astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The first instant after a day in Shanxi: what lasts "until" a day lasts until then."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def last_day_before(moment: datetime) -> date:
    """The day that `end_of` was asked for; of any other moment, the day it falls on.

    >>> last_day_before(end_of(date(2026, 12, 31)))
    datetime.date(2026, 12, 31)
    """
    return (moment.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


def for_people(moment: datetime) -> str:
    """Write an instant as people in Shanxi read it.

    >>> for_people(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    '2026-12-01 09:00'
    """
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
