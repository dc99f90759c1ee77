"""The rule of the month: on which day and hour its issue leaves, and why then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from distribution.calendar.workdays import Workdays
from distribution.clock import SHANGHAI
from distribution.errors import Refused

_ONE_DAY = timedelta(days=1)
_FURTHEST = 31
"""Days that a slot may be moved; no break is nearly as long."""
WEEKDAYS = "一二三四五六日"


class NoWorkday(Refused):
    """Raised where a slot is to be moved to a working day and there is none near."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(
            f"{day} 前后 {_FURTHEST} 天都是休息日，定不下投递的日子："
            "请检查 holidays.toml 与所导入的通知"
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """When an issue leaves, as the settings say."""

    day: int
    """Of the month."""
    begin: time
    """When a slot is due, in Shanxi."""
    end: time
    """Until when in the day one may leave that is late or was released."""
    on_holiday: str
    """same-day, next-workday or previous-workday."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The one hour of a month at which its issue is to leave."""

    month: date
    """Its first day; the slot itself may lie in the month before or after."""
    day: date
    due_at: datetime
    reason: str
    """Why this day, for people."""
    unknown: tuple[int, ...]
    """Years whose notice would be needed to be sure, and is not known."""


def slot_of(month: date, rule: Rule, workdays: Workdays) -> Slot:
    """The slot of a month; raises NoWorkday.

    >>> rule = Rule(1, time(9), time(18), "next-workday")
    >>> slot = slot_of(date(2026, 1, 1), rule, Workdays())
    >>> str(slot.day), slot.reason
    ('2026-01-04', '顺延：元旦假期')
    """
    wanted = month.replace(day=rule.day)
    day = _moved(wanted, rule, workdays)
    looked_at = {wanted.year, day.year}
    return Slot(
        month=month,
        day=day,
        due_at=_at(day, rule.begin),
        reason=_reason(wanted, day, workdays),
        unknown=tuple(sorted(year for year in looked_at if not workdays.knows(year))),
    )


def month_of(moment: datetime) -> date:
    """The month of a moment in Shanxi, by its first day."""
    return moment.astimezone(SHANGHAI).date().replace(day=1)


def shifted(month: date, by: int) -> date:
    """The month so many months later, or earlier.

    >>> shifted(date(2026, 12, 1), 1), shifted(date(2026, 1, 1), -1)
    (datetime.date(2027, 1, 1), datetime.date(2025, 12, 1))
    """
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """From one month to another, both of them too."""
    month = first
    while month <= last:
        yield month
        month = shifted(month, 1)


def is_allowed(moment: datetime, rule: Rule, workdays: Workdays) -> bool:
    """Whether something may leave at a moment: within the hours, on a day the rule allows."""
    here = moment.astimezone(SHANGHAI)
    if not rule.begin <= here.time().replace(second=0, microsecond=0) <= rule.end:
        return False
    return rule.on_holiday == "same-day" or not workdays.day(here.date()).off


def next_allowed(moment: datetime, rule: Rule, workdays: Workdays) -> datetime:
    """The first moment from this one on at which something may leave; raises NoWorkday."""
    if is_allowed(moment, rule, workdays):
        return moment
    day = moment.astimezone(SHANGHAI).date()
    for ahead in range(_FURTHEST):
        begin = _at(day + ahead * _ONE_DAY, rule.begin)
        if begin >= moment and is_allowed(begin, rule, workdays):
            return begin
    raise NoWorkday(day)


def _moved(wanted: date, rule: Rule, workdays: Workdays) -> date:
    if rule.on_holiday == "same-day":
        return wanted
    step = _ONE_DAY if rule.on_holiday == "next-workday" else -_ONE_DAY
    for away in range(_FURTHEST):
        day = wanted + away * step
        if not workdays.day(day).off:
            return day
    raise NoWorkday(wanted)


def _reason(wanted: date, day: date, workdays: Workdays) -> str:
    usual = "一号" if wanted.day == 1 else f"{wanted.day} 号"
    found = workdays.day(wanted)
    if day > wanted:
        return f"顺延：{workdays.occasion(wanted)}"
    if day < wanted:
        return f"提前：{workdays.occasion(wanted)}"
    if found.off:
        return f"{usual}（{workdays.occasion(wanted)}，照常）"
    return f"{usual}（{found.name}）" if found.name else usual


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)
