"""Which issue leaves in a month's slot: one that is approved, was not sent, and is not old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from distribution.words import Hold

OLDEST = 2
"""Months an issue may be older than the month in which it leaves."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An approved issue that has no regular run."""

    issue_id: int
    key: str
    month: date
    approved_at: datetime | None = None
    """None where it is not, and may be none yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The issue that leaves, or why none does."""

    issue: Candidate | None
    hold: Hold | None = None
    words: str = ""


def choose(month: date, candidates: Sequence[Candidate]) -> Choice:
    """Choose among candidates, the newest first; those that are too old never stand in the way.

    >>> old = Candidate(1, "2026-01", date(2026, 1, 1))
    >>> new = Candidate(2, "2026-09", date(2026, 9, 1))
    >>> choose(date(2026, 10, 1), [new, old]).issue == new
    True
    >>> choose(date(2026, 10, 1), [old]).hold
    <Hold.OLD_ISSUE: 'old_issue'>
    """
    fresh = [one for one in candidates if age(month, one.month) <= OLDEST]
    if len(fresh) == 1:
        return Choice(fresh[0])
    if fresh:
        keys = "、".join(one.key for one in fresh[:_SHOWN])
        more = f" 等 {len(fresh)} 期" if len(fresh) > _SHOWN else " 期"
        return Choice(None, Hold.TWO_ISSUES, f"{keys}{more}都已批准而未投递")
    if candidates:
        newest = candidates[0]
        months = age(month, newest.month)
        return Choice(None, Hold.OLD_ISSUE, f"只有 {newest.key} 期，比本月早 {months} 个月")
    return Choice(None, Hold.NO_ISSUE)


def age(month: date, issue_month: date) -> int:
    """How many months an issue is older than a slot's."""
    return (month.year - issue_month.year) * 12 + month.month - issue_month.month
