"""A slot that waits for a person: written, told to the office, once each time."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from distribution import audit, delivery
from distribution.calendar.house import BY
from distribution.models import ScheduleSlot
from distribution.words import Hold, SlotState

_ADVICE = {
    Hold.NO_ISSUE: "先批准一期：distribution issue approve 期号，再放行：{release}"
    "（schedule_late 为 auto 的自动投递，不必放行）",
    Hold.TWO_ISSUES: "选定一期：{release} --issue 期号",
    Hold.OLD_ISSUE: "确定要发旧的：{release} --issue 期号；"
    "要发新的，先批准它：distribution issue approve 期号，再同样放行",
    Hold.MISSED: "仍要发：{release}",
    Hold.CLOCK: "先校准时钟（timedatectl）；日子确实到了的，再放行：{release}",
    Hold.REFUSED: "按所说处理后放行：{release}"
    "（schedule_late 为 auto 的，重新批准这一期后自动投递，不必放行）",
    Hold.PERSON: "放行：{release}",
}
_OR_SKIP = "；本月不发：distribution schedule skip {month} --reason 缘由"


def hold(session: Session, slot: ScheduleSlot, why: Hold, words: str, *, at: datetime) -> None:
    """Let a slot wait for a person, and tell the office; its claim is given back."""
    slot.state, slot.hold, slot.words = SlotState.HELD, why, words
    slot.claim, slot.claimed_until, slot.changed_at = "", None, at
    audit.record(session, "schedule.held", name_of(slot.month), by=BY, at=at, hold=why, words=words)
    tell_held(session, slot.month, why, words, at=at)


def tell_held(session: Session, month: date, why: Hold, words: str, *, at: datetime) -> None:
    """Raise the alert of a slot that waits from now on."""
    name = name_of(month)
    delivery.raise_alert(
        session,
        f"slot:{name}:{why}:{at.isoformat()}",
        f"{name} 的投递等待处理：{why.label}",
        [f"{words or why.label}。", "处理之前不会投出任何邮件。"],
        f"{advice_of(month, why)}。",
        at=at,
        urgent=True,
        editors=True,
    )


def advice_of(month: date, why: Hold) -> str:
    """What to do about a slot that waits."""
    name = name_of(month)
    release = f"distribution schedule release {name}"
    return (_ADVICE[why] + _OR_SKIP).format(month=name, release=release)


def name_of(month: date) -> str:
    """What people call a month.

    >>> name_of(date(2026, 9, 1))
    '2026-09'
    """
    return f"{month:%Y-%m}"
