"""Letters to the editors before a slot: what is still missing, and the commands for it."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from distribution import delivery, digests
from distribution.calendar.holding import name_of
from distribution.calendar.house import House
from distribution.calendar.rule import WEEKDAYS, Slot
from distribution.calendar.store import marks, slots
from distribution.calendar.timetable import next_slot, outlook
from distribution.clock import for_people
from distribution.delivery import Missing
from distribution.words import LetterPurpose, SlotState

_ONE_DAY = timedelta(days=1)
_FORESEEN = timedelta(days=45)
"""Before a slot, the admins are told that its year's days off are not known."""


def remind(house: House, *, at: datetime) -> int:
    """Write what is due now; gives to how many. Each reminder is written once, or never.

    Where several were missed only the last is written.
    """
    with house.transaction() as session:
        slot = next_slot(session, house, at=at, over=False)
        _warn_of_unknown(session, house, slot, at)
        days = _days_before(house, slot, at)
        if days is None:
            return 0
        if not marks.first_time(
            session, f"reminder:{name_of(slot.month)}:{days}", at, os.uname().nodename, os.getpid()
        ):
            return 0
        return _write(session, house, slot, days, at)


def _days_before(house: House, slot: Slot, at: datetime) -> int | None:
    """Which of the reminders is the present one."""
    passed = [days for days in house.reminder_days if at >= slot.due_at - days * _ONE_DAY]
    return min(passed, default=None)


def _write(session: Session, house: House, slot: Slot, days: int, at: datetime) -> int:
    key, missing = outlook(session, house, slot.month)
    waits = _waits(session, slot)
    if not missing and not waits and days != min(house.reminder_days):
        return 0  # that all is well is said once
    values = _values(slot, key, missing, waits) | {
        "sender_name": house.recipe.publication.sender_name
    }
    # In the product's own templates: a broken one of the installation must not keep it back.
    letter = digests.render_letter(house.recipe.templates[-1:], "notice", values)
    addresses = house.editors(session)
    for address in addresses:
        to = sha256(address.encode()).hexdigest()[:32]
        delivery.add_letter(
            session,
            f"reminder:{name_of(slot.month)}:{days}:{to}",
            LetterPurpose.REMINDER,
            address,
            (letter.subject, letter.text, letter.html),
            at=at,
        )
    return len(addresses)


def _waits(session: Session, slot: Slot) -> str:
    """Why a slot will not go by itself, where somebody has held it beforehand."""
    row = slots.find_slot(session, slot.month)
    return row.words if row is not None and row.state is SlotState.HELD else ""


def _values(
    slot: Slot, key: str | None, missing: Sequence[Missing], waits: str
) -> dict[str, object]:
    day = f"{for_people(slot.due_at)}（周{WEEKDAYS[slot.day.weekday()]}，{slot.reason}）"
    which = f"{key} 期" if key else "本月期刊"
    name = name_of(slot.month)
    lines = [f"{one.sentence}：{one.command}" for one in missing]
    if waits:
        lines.append(f"由人搁置（{waits}）：distribution schedule release {name}")
    if not lines:
        return {
            "title": f"{which}已齐备，{slot.day:%-m 月 %-d 日}投递",
            "lead": f"{day}自动投递，不必再做什么。",
            "lines": ["届时收件人、选文与邮件再核对一次，有问题会停下并通知。"],
            "advice": f"要搁置：distribution schedule hold {name} --reason 缘由。",
        }
    return {
        "title": f"{slot.day:%-m 月 %-d 日}投递：{which}还差 {len(lines)} 步",
        "lead": f"{day}自动投递；到时仍未批准的不会投递，管理员会收到通知。",
        "lines": lines,
        "advice": "查看日程：distribution schedule show。",
    }


def _warn_of_unknown(session: Session, house: House, slot: Slot, at: datetime) -> None:
    """Where the day depends on days off that nobody knows yet, say so in time."""
    if house.rule.on_holiday == "same-day" or slot.due_at - at > _FORESEEN:
        return
    for year in slot.unknown:
        guess = (
            f"{name_of(slot.month)} 的投递日 {slot.day} 只按周末与法定节日推算，调休可能使它不对。"
        )
        delivery.raise_alert(
            session,
            f"calendar:unknown:{year}",
            f"{year} 年的放假通知还没有导入",
            [guess],
            "通知公布后：distribution schedule import-notice 文件；或升级程序。",
            at=at,
        )
