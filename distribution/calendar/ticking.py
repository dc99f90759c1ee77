"""A tick: look at the calendar, and let go what is due, is late, or was released."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from distribution import delivery
from distribution.calendar import rule
from distribution.calendar.choosing import choose
from distribution.calendar.clockwork import OFF, SMALL, Start
from distribution.calendar.holding import hold
from distribution.calendar.house import House
from distribution.calendar.leaving import leave
from distribution.calendar.looking import CAUGHT_UP, is_late, look
from distribution.calendar.store import candidates, marks, slots
from distribution.calendar.store.marks import present
from distribution.calendar.workdays import Workdays
from distribution.clock import SHANGHAI, for_people
from distribution.models import ScheduleSlot
from distribution.words import Hold, SlotState

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick found."""

    touched: tuple[date, ...] = ()
    """Months whose slots it worked on."""
    clock_off: timedelta = _NONE
    """How far this host's clock is from the database's, where that is too much."""
    halted: bool = False
    """Whether the emergency switch is on."""


def tick(
    house: House,
    *,
    at: datetime,
    jumped: timedelta = _NONE,
    start: Start | None = None,
    stopping: Callable[[], bool] = bool,
) -> Ticked:
    """Do what the calendar asks for at this moment.

    `jumped`: how far this host's clock was set since its last tick, see `clockwork.Watch`; `start`:
    by which a process that has not ticked yet finds that out. Raises DatabaseUnusable, of which
    SuspectLedger is one, InvalidDays, NoWorkday; nothing is lost by any.
    """
    with house.transaction() as session:
        delivery.recognising.require_trusted(session)
        off = _clock_off(session, at)
        if off:
            _tell_off(session, off, at)
            return Ticked(clock_off=off)
        if start is not None:
            jumped = _jumped_since(session, start, at)
        if jumped:
            _tell_jumped(session, jumped, at)
        workdays = look(session, house, at=at, jumped=jumped)
        ready = _ready(session, house, workdays, at)
        held = [
            slot.month
            for slot in slots.open_slots(session)
            if slot.state is SlotState.HELD and slot.changed_at == at
        ]
    if delivery.halting.is_halted(house.switch):
        return Ticked(halted=True)
    left = [slot.month for slot in ready if leave(house, slot, at=at, stopping=stopping)]
    return Ticked((*held, *left))


def tell_unusable(house: House, why: str, *, at: datetime) -> None:
    """Tell the office, once a day, what keeps the calendar from being looked at."""
    with house.transaction() as session:
        delivery.raise_alert(
            session,
            f"calendar:unusable:{at.astimezone(SHANGHAI).date()}",
            "日程没有在看：到日子不会投递",
            [f"{why}。"],
            "改好后自动继续：distribution schedule show 查看日程。",
            at=at,
            urgent=True,
            editors=True,
        )


def _ready(
    session: Session, house: House, workdays: Workdays, at: datetime
) -> Sequence[ScheduleSlot]:
    """The slots that may leave now; those that are too late wait for a person instead."""
    allowed = rule.is_allowed(at, house.rule, workdays)
    found = slots.open_slots(session, lock=True)
    ready = []
    for slot in found:
        if slot.state is SlotState.HELD:
            if allowed and slot is found[-1] and _goes_by_itself(session, house, slot, at):
                slot.state, slot.hold, slot.words, slot.changed_at = SlotState.CLAIMED, None, "", at
                slot.run_id = None  # its issue has no run: if there was one, it was cancelled
                ready.append(slot)
        elif slots.is_claimed(session, slot.month):
            continue
        elif is_late(rule.next_allowed(slot.changed_at, house.rule, workdays), at):
            words = f"{CAUGHT_UP.days} 天里没能投出"
            hold(session, slot, Hold.MISSED, words, at=at)
        elif allowed:
            ready.append(slot)
    return ready


def _goes_by_itself(session: Session, house: House, slot: ScheduleSlot, at: datetime) -> bool:
    """Whether what a slot waits for has come: an issue, or a new approval of one refused."""
    if not house.by_itself or slot.hold not in (Hold.NO_ISSUE, Hold.REFUSED):
        return False
    found = candidates.candidates(session)
    if slot.hold is Hold.NO_ISSUE:
        return choose(slot.month, found).hold is not Hold.NO_ISSUE
    approved = [one.approved_at for one in found if one.issue_id == slot.issue_id]
    return any(when is not None and slot.changed_at < when <= at for when in approved)


def _clock_off(session: Session, at: datetime) -> timedelta:
    """How far this host's clock is from the database's; nothing where that is little."""
    if not marks.is_elsewhere(session):
        return _NONE
    off = at - present(session)
    return off if abs(off) > OFF else _NONE


def _jumped_since(session: Session, start: Start, at: datetime) -> timedelta:
    """How far this host's clock was set since the last tick that left its start's moment behind."""
    moment = at - start.ago
    before = marks.started(session, start.name, moment, os.uname().nodename, os.getpid())
    return moment - before if abs(moment - before) > SMALL else _NONE


def _tell_off(session: Session, off: timedelta, at: datetime) -> None:
    host, now = os.uname().nodename, present(session)
    delivery.raise_alert(
        session,
        f"clock:off:{host}:{now.astimezone(SHANGHAI).date()}",
        f"{host} 的时钟不准，它不再按日程投递",
        [f"它是 {for_people(at)}，数据库是 {for_people(now)}，相差 {in_words(off)}。"],
        "请校准这台主机的时钟（timedatectl）；其他主机照常。",
        at=now,
        urgent=True,
    )


def _tell_jumped(session: Session, jumped: timedelta, at: datetime) -> None:
    host = os.uname().nodename
    way = "快" if jumped > _NONE else "慢"
    delivery.raise_alert(
        session,
        f"clock:jump:{host}:{at:%Y-%m-%dT%H}",  # several processes of a host see the same one
        f"{host} 的时钟跳变：拨{way}了 {in_words(jumped)}",
        ["只因拨快才到的日子会等人确认；已投递的月份不会再投。"],
        "请查明时钟为何跳变（timedatectl）：distribution schedule show 查看日程。",
        at=at,
        urgent=True,
    )


def in_words(span: timedelta) -> str:
    """A span for people, whichever way it goes.

    >>> in_words(timedelta(hours=-26, minutes=-5)), in_words(timedelta(seconds=125))
    ('26 小时 5 分', '2 分')
    """
    minutes = round(abs(span).total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return (
        " ".join(f"{n} {unit}" for n, unit in ((hours, "小时"), (rest, "分")) if n) or "不到 1 分"
    )
