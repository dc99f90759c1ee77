"""A look at the calendar: which slots have come due since, and which the clock had wrong."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audit, delivery
from distribution.calendar import rule
from distribution.calendar.clockwork import LARGE
from distribution.calendar.holding import name_of, tell_held
from distribution.calendar.house import BY, House
from distribution.calendar.rule import Slot
from distribution.calendar.store import marks, slots
from distribution.calendar.workdays import Workdays
from distribution.clock import for_people
from distribution.models import ScheduleSlot
from distribution.words import Hold, RunState, SlotState

CAUGHT_UP = timedelta(days=3)
"""A slot that was missed by no longer leaves late, by itself."""
_UNBELIEVABLE = timedelta(days=31)
"""A first look that is said to come so much later was made by a wrong clock."""
_SLACK = timedelta(minutes=5)
"""Hosts whose clocks are near enough to the database's may differ by nearly so much."""


def look(session: Session, house: House, *, at: datetime, jumped: timedelta) -> Workdays:
    """Open what has come due; the very first look takes nothing of the past.

    Of several slots that were missed only the last can leave: nobody wants three months at once.
    """
    host, pid = os.uname().nodename, os.getpid()
    before = marks.last_look(session)
    latest = marks.look(session, at, host, pid)
    begun = marks.begun(session, at, host, pid, unless_after=at + _UNBELIEVABLE)
    if before is not None and before.at > at + _SLACK:
        _tell_back(session, before, at)
    workdays = house.workdays(session)
    _forget_early(session, at)
    since = min(before.at, at) if before is not None else latest
    due = [
        slot for slot in _without_row(session, house, workdays, since, at)
        if begun < slot.due_at <= at
    ]  # fmt: skip
    _open(session, due, at=at, jumped=jumped)
    _close_missed(session, at)
    return workdays


def is_late(due_at: datetime, at: datetime) -> bool:
    """Whether a slot was missed by too much to leave by itself."""
    return at - due_at > CAUGHT_UP


def _without_row(
    session: Session, house: House, workdays: Workdays, since: datetime, at: datetime
) -> Sequence[Slot]:
    """The slots of the months around, but those of which the ledger knows something.

    A month before and after, as the rule may have moved a slot, or may have been changed.
    """
    first, last = (rule.shifted(rule.month_of(when), by) for when, by in ((since, -1), (at, 1)))
    known = {slot.month for slot in slots.slots_between(session, first, last)}
    unknown = (month for month in rule.months(first, last) if month not in known)
    return [rule.slot_of(month, house.rule, workdays) for month in unknown]


def _open(session: Session, due: Sequence[Slot], *, at: datetime, jumped: timedelta) -> None:
    by_jump = [slot for slot in due if jumped > LARGE and slot.due_at > at - jumped]
    others = [slot for slot in due if slot not in by_jump]
    for slot in by_jump:
        words = f"{for_people(slot.due_at)} 的日子只因时钟一下子拨快了才到"
        _write(session, slot, SlotState.HELD, Hold.CLOCK, words, at)
    for slot in others:
        if slot is not others[-1]:
            _write(session, slot, SlotState.SKIPPED, Hold.MISSED, "错过了，下月的日子也已到", at)
        elif is_late(slot.due_at, at):
            words = f"错过了 {for_people(slot.due_at)}，已超过 {CAUGHT_UP.days} 天"
            _write(session, slot, SlotState.HELD, Hold.MISSED, words, at)
        else:
            _write(session, slot, SlotState.CLAIMED, None, "", at)


def _write(
    session: Session, slot: Slot, state: SlotState, hold: Hold | None, words: str, at: datetime
) -> None:
    opened = slots.open_slot(
        session, slot.month, slot.due_at, state=state, hold=hold, words=words, at=at
    )
    if opened and hold is not None:
        detail = {"hold": hold, "words": words, "state": state}
        audit.record(session, "schedule.held", name_of(slot.month), by=BY, at=at, **detail)
        if state is SlotState.HELD:
            tell_held(session, slot.month, hold, words, at=at)


def _close_missed(session: Session, at: datetime) -> None:
    """A month that still waits for its issue when the next one comes due has had its chance.

    However the next one stands: an issue meant for a later month must not leave in it. What a
    person let go since, and was refused, still waits.
    """
    last = slots.last_due(session, at)
    if last is None:
        return
    for slot in slots.open_slots(session, lock=True):
        past = slot.month < last.month and slot.changed_at < last.due_at
        if past and slot.state is SlotState.HELD and not _has_run(session, slot):
            was, slot.state, slot.changed_at = slot.hold, SlotState.SKIPPED, at
            slot.words = f"到下月的日子仍在等待（{was.label if was else ''}）"
            detail = {"hold": was, "state": slot.state}
            audit.record(session, "schedule.held", name_of(slot.month), by=BY, at=at, **detail)


def _has_run(session: Session, slot: ScheduleSlot) -> bool:
    if slot.run_id is None:
        return False
    return delivery.find_run(session, slot.run_id).state is not RunState.CANCELLED


def _forget_early(session: Session, at: datetime) -> None:
    """Slots that came due by a clock that was ahead will come due again."""
    for slot in slots.opened_early(session, at, LARGE):
        detail = {"due": slot.due_at.isoformat(), "hold": slot.hold}
        audit.record(session, "schedule.early", name_of(slot.month), by=BY, at=at, **detail)
        slots.forget(session, slot.month)


def _tell_back(session: Session, before: marks.Looked, at: datetime) -> None:
    delivery.raise_alert(
        session,
        f"clock:back:{before.at.isoformat()}",
        "时钟比上次看日程时慢了",
        [
            f"{before.host} 上次看日程时是 {for_people(before.at)}，现在是 {for_people(at)}。",
            "已投递的月份不会再投；还没到的，到时照常。",
        ],
        "请校准各主机的时钟（timedatectl）。",
        at=at,
    )
