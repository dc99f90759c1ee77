"""A person's word on a month's slot: let it go, hold it, or skip it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from distribution import audit, delivery, issues
from distribution.calendar import rule
from distribution.calendar.choosing import Candidate, choose
from distribution.calendar.holding import name_of
from distribution.calendar.house import House
from distribution.calendar.leaving import leave
from distribution.calendar.rule import Slot
from distribution.calendar.store import candidates, slots
from distribution.clock import for_people
from distribution.errors import Refused
from distribution.models import ScheduleSlot
from distribution.words import Hold, RunState, SlotState

FURTHEST = 24
"""Months ahead that somebody may hold or skip."""


class NotSteerable(Refused):
    """Raised where a month's slot cannot be let go, held or skipped as it stands."""

    def __init__(self, month: date, why: str) -> None:
        self.month = month
        super().__init__(f"{name_of(month)} {why}：没有改动")


class WhichIssue(Refused):
    """Raised where a slot is to be let go and it is not plain with which issue."""

    def __init__(self, month: date, found: list[str]) -> None:
        self.month, self.found = month, tuple(found)
        name = name_of(month)
        if found:
            why = (
                f"{'、'.join(found)} 期都已批准而未投递：请用 "
                f"distribution schedule release {name} --issue 期号 选定一期"
            )
        else:
            why = "没有已批准而未投递的期刊：请先 distribution issue approve 期号"
        super().__init__(f"{name} 没有放行，{why}")


@dataclass(frozen=True, slots=True)
class Released:
    """What becomes of a slot that a person let go."""

    issue: str | None
    """None where it was held before its day: it comes due as usual."""
    leaves_at: datetime


def release(
    session: Session, house: House, month: date, *, issue: str | None, by: str, at: datetime
) -> Released:
    """Let a held or skipped slot go at the next allowed hour, with one issue that is named now.

    Raises NotSteerable, WhichIssue.
    """
    workdays = house.workdays(session)
    usual = rule.slot_of(month, house.rule, workdays)
    slot = slots.find_slot(session, month, lock=True)
    if slot is None or slot.state is SlotState.SENT or _is_in_hand(session, slot):
        raise NotSteerable(month, _why_not_released(slot, usual, at))
    if usual.due_at > at:
        if issue is not None:
            day = for_people(usual.due_at)
            raise NotSteerable(month, f"{day} 才到期，到时才能选定一期：现在放行请不写 --issue")
        slots.forget(session, month)
        _note(session, "schedule.release", month, by=by, at=at)
        return Released(None, usual.due_at)
    if slot.state is SlotState.CLAIMED:
        advice = f"要换一期，先运行 distribution schedule hold {name_of(month)} --reason 缘由"
        raise NotSteerable(month, f"已放行，到可投递的时刻自动投递；{advice}")
    key = _name_issue(session, slot, issue)
    slot.state, slot.hold, slot.words = SlotState.CLAIMED, None, ""
    slot.released_at, slot.released_by, slot.changed_at = at, by, at
    _note(session, "schedule.release", month, by=by, at=at, issue=key)
    return Released(key, rule.next_allowed(at, house.rule, workdays))


def leave_now(house: House, month: date, *, at: datetime) -> ScheduleSlot:
    """Let a released slot's issue go at once, whatever the hour; gives the slot as it then is."""
    with house.transaction() as session:
        slot = slots.find_slot(session, month)
    if slot is not None and slot.state is SlotState.CLAIMED:
        leave(house, slot, at=at)
    with house.transaction() as session:
        found = slots.find_slot(session, month)
    if found is None:
        raise NotSteerable(month, "没有到期")
    return found


def hold(
    session: Session, house: House, month: date, reason: str, *, by: str, at: datetime
) -> None:
    """Let a month's slot wait for a person, before it is due or while it has not gone."""
    _set(session, house, month, SlotState.HELD, reason, by=by, at=at)
    _note(session, "schedule.hold", month, by=by, at=at, reason=reason)


def skip(
    session: Session, house: House, month: date, reason: str, *, by: str, at: datetime
) -> None:
    """Let nothing leave in a month's slot; a release takes it back."""
    _set(session, house, month, SlotState.SKIPPED, reason, by=by, at=at)
    _note(session, "schedule.skip", month, by=by, at=at, reason=reason)


def _set(
    session: Session, house: House, month: date, state: SlotState, reason: str, *, by: str,
    at: datetime,
) -> None:  # fmt: skip
    usual = rule.slot_of(month, house.rule, house.workdays(session))
    words = f"{by}：{reason}"
    if slots.find_slot(session, month) is None:
        _refuse_out_of_reach(usual, at)
        slots.open_slot(
            session, month, usual.due_at, state=state, hold=Hold.PERSON, words=words, at=at
        )
    slot = slots.find_slot(session, month, lock=True)
    if slot is None or slot.state is SlotState.SENT or _is_in_hand(session, slot):
        raise NotSteerable(month, _why_not_released(slot, usual, at))
    slot.state, slot.hold, slot.words = state, Hold.PERSON, words
    slot.claim, slot.claimed_until = "", None
    slot.released_at, slot.released_by, slot.changed_at = None, None, at
    session.flush()


def _refuse_out_of_reach(usual: Slot, at: datetime) -> None:
    if usual.month > rule.shifted(rule.month_of(at), FURTHEST):
        raise NotSteerable(usual.month, f"太远，只能安排今后 {FURTHEST} 个月")
    if usual.due_at <= at and usual.month < rule.shifted(rule.month_of(at), -1):
        raise NotSteerable(usual.month, "早已过去，没有安排")


def _name_issue(session: Session, slot: ScheduleSlot, wanted: str | None) -> str:
    """Write down which issue leaves, and give its key; a run that was begun stays."""
    if slot.run_id is not None:
        cancelled = delivery.find_run(session, slot.run_id).state is RunState.CANCELLED
        if not cancelled and slot.issue_id is not None:
            return _begun(session, slot, slot.issue_id, wanted)
        slot.run_id = None
    found = candidates.candidates(session)
    chosen = _wanted(session, slot.month, found, wanted)
    slot.issue_id = chosen.issue_id
    return chosen.key


def _begun(session: Session, slot: ScheduleSlot, issue_id: int, wanted: str | None) -> str:
    """The issue whose run was begun, unless another one is wanted."""
    row = issues.find_issue(session, wanted) if wanted is not None else None
    key = candidates.key_of(session, issue_id)
    if row is not None and row.id != issue_id:
        advice = f"要换一期，先运行 distribution run cancel {slot.run_id}"
        raise NotSteerable(slot.month, f"已有 {key} 期的批次 {slot.run_id}；{advice}")
    return key


def _wanted(
    session: Session, month: date, found: Sequence[Candidate], wanted: str | None
) -> Candidate:
    if wanted is not None:
        key = issues.key_of(issues.find_issue(session, wanted))
        named = [one for one in found if one.key == key]
        if not named:
            raise NotSteerable(month, f"不能投递 {key} 期：它没有批准，或已有批次")
        return named[0]
    chosen = choose(month, found).issue or (found[0] if len(found) == 1 else None)
    if chosen is None:
        raise WhichIssue(month, [one.key for one in found])
    return chosen


def _is_in_hand(session: Session, slot: ScheduleSlot) -> bool:
    return slot.state is SlotState.CLAIMED and slots.is_claimed(session, slot.month)


def _why_not_released(slot: ScheduleSlot | None, usual: Slot, at: datetime) -> str:
    if slot is None and usual.due_at > at:
        return (
            f"没有搁置，{for_people(usual.due_at)} 照常；要提前投递：distribution run plan 期号，"
            f"再 distribution schedule skip {name_of(usual.month)} --reason 缘由"
        )
    if slot is None:
        return "没有安排：要补投，运行 distribution run plan 期号"
    if slot.state is SlotState.SENT:
        return f"已开始投递：暂停用 distribution run pause {slot.run_id}"
    return "正在处理：请一分钟后再看 distribution schedule show"


def _note(
    session: Session, action: str, month: date, *, by: str, at: datetime, **detail: str
) -> None:
    audit.record(session, action, name_of(month), by=by, at=at, **detail)
