"""Entering a year's notice of days off, and what it changes for the slots to come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audit
from distribution.calendar import rule
from distribution.calendar.house import House
from distribution.calendar.notice import Notice
from distribution.calendar.rule import Slot
from distribution.calendar.store import notices
from distribution.calendar.workdays import Workdays

_AHEAD = 24
"""Months to come that are compared."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What a notice changed."""

    replaced: bool
    """Whether that year had one before."""
    moved: tuple[tuple[Slot, Slot], ...]
    """Coming slots before and after, where their day or the reason is another."""


def enter_notice(
    session: Session, house: House, notice: Notice, *, by: str, at: datetime
) -> Entered:
    """Keep a notice in the place of that year's former one."""
    before = _coming(house, house.workdays(session), at)
    replaced = notices.replace_notice(session, notice, by=by, at=at)
    after = _coming(house, house.workdays(session), at)
    moved = tuple(
        (old, new)
        for old, new in zip(before, after, strict=True)
        if (old.due_at, old.reason) != (new.due_at, new.reason)
    )
    audit.record(
        session, "schedule.import_notice", str(notice.year), by=by, at=at,
        source=notice.source, days=len(notice.days), replaced=replaced,
    )  # fmt: skip
    return Entered(replaced, moved)


def _coming(house: House, workdays: Workdays, at: datetime) -> list[Slot]:
    first = rule.month_of(at)
    months = rule.months(first, rule.shifted(first, _AHEAD))
    found = [rule.slot_of(month, house.rule, workdays) for month in months]
    return [slot for slot in found if slot.due_at > at]
