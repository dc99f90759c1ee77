"""Which days are worked in China: by the library, by an announced notice, by the house's own file.

The State Council announces each year in the autumn before which weekends are worked for it. Until
then only the holidays themselves are known, and not what lies around them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded when a day is asked for: it takes longer than most commands
    from holidays import HolidayBase

_SATURDAY = 5
_WEEKEND = ("周六", "周日")
_LONGEST_BREAK = 12
"""Days: none was ever longer."""
_BY_SWAP = "休息日"
"""How the library begins the name of a day that is off for a weekend worked."""
_OTHERWISE = {"农历除夕": "春节", "除夕": "春节"}
FIRST_YEAR, LAST_YEAR = 2007, 2100


@dataclass(frozen=True, slots=True)
class Day:
    """What a day is."""

    off: bool
    name: str
    """Why it is off, or worked though it is a weekend; empty for an ordinary working day."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """The days of all years."""

    own: Mapping[date, Day] = field(default_factory=dict)
    """What the house's own file says, above all else."""
    announced: Mapping[date, Day] = field(default_factory=dict)
    """What notices say that somebody entered; in their years, days not named are as their weekday.
    """
    years: Collection[int] = ()
    """The years of these notices."""

    def day(self, day: date) -> Day:
        """What a day is, as far as anybody knows, see `knows`."""
        if day in self.own:
            return self.own[day]
        if day in self.announced:
            return self.announced[day]
        if day.year in self.years:
            return _by_weekday(day)
        return _by_library(day)

    def knows(self, year: int) -> bool:
        """Whether the notice of a year is known, and with it all its days."""
        return year in self.years or _is_known(year)

    def occasion(self, day: date) -> str:
        """What a day off belongs to: the holiday it is joined to, else its weekday.

        >>> Workdays().occasion(date(2026, 10, 6)), Workdays().occasion(date(2026, 8, 1))
        ('国庆节假期', '周六')
        """
        if day in self.own:
            return self.own[day].name
        name = _plain(self.day(day).name)
        if name and name not in _WEEKEND:
            return f"{name}假期"
        for step in (-1, 1):
            for away in range(1, _LONGEST_BREAK):
                other = self.day(day + timedelta(days=step * away))
                joined = _plain(other.name)
                if not other.off:
                    break
                if joined and joined not in _WEEKEND:
                    return f"{joined}假期"
        return name or "休息日"


def _by_weekday(day: date) -> Day:
    if day.weekday() < _SATURDAY:
        return Day(off=False, name="")
    return Day(off=True, name=_WEEKEND[day.weekday() - _SATURDAY])


def _by_library(day: date) -> Day:
    known = _library(day.year)
    name = known.get(day)
    if name is not None:
        return Day(off=True, name=str(name))
    usual = _by_weekday(day)
    if usual.off and day in known.weekend_workdays:
        return Day(off=False, name="调休上班")
    return usual


def _is_known(year: int) -> bool:
    """A year without a worked weekend is one whose notice the library does not have."""
    return any(day.year == year for day in _library(year).weekend_workdays)


@cache
def _library(year: int) -> "HolidayBase":
    from holidays import country_holidays

    return country_holidays("CN", years=year, language="zh_CN", expand=False)


def _plain(name: str) -> str:
    """The holiday without what is said beside it; nothing where only a swap is named.

    >>> _plain("国庆节（补假）"), _plain("中秋节; 国庆节"), _plain("休息日（由 2026-02-14 调休）")
    ('国庆节', '中秋节', '')
    """
    first = name.partition("（")[0].partition(";")[0].strip()
    return "" if first == _BY_SWAP else _OTHERWISE.get(first, first)
