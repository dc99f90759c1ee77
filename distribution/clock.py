"""Time: instants are UTC and aware, people read Asia/Shanghai."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant in UTC: the only place that asks the machine's clock."""
    return datetime.now(UTC)


def for_people(moment: datetime) -> str:
    """Write an instant as people in Shanxi read it.

    >>> for_people(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    '2026-12-01 09:00'
    """
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
