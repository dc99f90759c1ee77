"""The months to come, and those behind: when, why then, with which issue, and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from distribution import delivery, issues
from distribution.calendar import rule
from distribution.calendar.choosing import choose
from distribution.calendar.holding import advice_of
from distribution.calendar.house import House
from distribution.calendar.rule import Slot
from distribution.calendar.store import candidates, slots
from distribution.delivery import Missing
from distribution.models import ScheduleSlot
from distribution.words import Hold, SlotState


@dataclass(frozen=True, slots=True)
class Row:
    """A month."""

    slot: Slot
    state: SlotState | None
    """None where nothing has become of it yet."""
    hold: Hold | None
    words: str
    """More about why it waits."""
    issue: str | None
    """Which leaves, left, or would leave as things stand."""
    run_id: int | None
    missing: tuple[Missing, ...]
    """What keeps the next month's issue from leaving."""
    is_next: bool
    """Whether it is the next one, of which alone it can be said what is missing."""
    over: bool
    """Whether its hour has passed."""

    @property
    def advice(self) -> str:
        """What to do where it waits."""
        return advice_of(self.slot.month, self.hold) if self.hold else ""


def timetable(
    session: Session, house: House, months: Iterable[date], *, at: datetime
) -> Sequence[Row]:
    """These months, one after the other; raises InvalidDays, NoWorkday."""
    workdays = house.workdays(session)
    planned = [rule.slot_of(month, house.rule, workdays) for month in months]
    if not planned:
        return ()
    known = slots.slots_between(session, planned[0].month, planned[-1].month)
    by_month = {slot.month: slot for slot in known}
    upcoming = next_slot(session, house, at=at)
    rows = [_row(session, slot, by_month.get(slot.month), at) for slot in planned]
    return [
        _with_outlook(session, house, row) if row.slot.month == upcoming.month else row
        for row in rows
    ]


def next_slot(session: Session, house: House, *, at: datetime, over: bool = True) -> Slot:
    """The first slot to come that nobody has skipped.

    One that has come due and waits is before it, though, unless those that are `over` are left out.
    """
    workdays = house.workdays(session)
    first = rule.shifted(rule.month_of(at), -1)
    last = rule.shifted(first, 30)
    known = {slot.month: slot for slot in slots.slots_between(session, first, last)}
    for month in rule.months(first, last):
        slot, row = rule.slot_of(month, house.rule, workdays), known.get(month)
        if row is None and slot.due_at > at:
            return slot
        waits = row is not None and row.state in (SlotState.CLAIMED, SlotState.HELD)
        if waits and (over or slot.due_at > at):
            return slot
    return rule.slot_of(last, house.rule, workdays)


def outlook(session: Session, house: House, month: date) -> tuple[str | None, Sequence[Missing]]:
    """Which issue would leave in a month as things stand, and what is missing for it."""
    choice = choose(month, candidates.candidates(session))
    if choice.issue is not None:
        key = choice.issue.key
        return key, _missing(session, house, key)
    if choice.hold is Hold.TWO_ISSUES:
        which = "选定一期或撤回一期：distribution issue reopen 期号 --reason 缘由"
        return None, [Missing(choice.words, which)]
    waiting = candidates.waiting(session)
    if waiting and choose(month, waiting[:1]).issue is not None:
        key = waiting[0].key
        return key, _missing(session, house, key)
    by_hand = candidates.by_hand_in_words(session)
    if by_hand:
        return None, [Missing(by_hand, "distribution run list")]
    nothing = f"没有本月的期刊；已批准的{choice.words}" if choice.words else "还没有导入期刊"
    return None, [Missing(nothing, "distribution issue import 文件")]


def _row(session: Session, slot: Slot, row: ScheduleSlot | None, at: datetime) -> Row:
    over = slot.due_at <= at
    if row is None:
        return Row(slot, None, None, "", None, None, (), is_next=False, over=over)
    key = None if row.issue_id is None else candidates.key_of(session, row.issue_id)
    return Row(slot, row.state, row.hold, row.words, key, row.run_id, (), is_next=False, over=over)


def _with_outlook(session: Session, house: House, row: Row) -> Row:
    if row.issue is not None:
        return replace(row, is_next=True)
    key, missing = outlook(session, house, row.slot.month)
    return replace(row, issue=key, missing=tuple(missing), is_next=True)


def _missing(session: Session, house: House, key: str) -> Sequence[Missing]:
    return delivery.missing(session, issues.find_issue(session, key), house.recipe.templates)
