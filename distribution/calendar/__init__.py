"""Calendar: the month: slots, which issue leaves when, reminders."""

from distribution.calendar.clockwork import Start, Watch
from distribution.calendar.clockwork import start as machine_start
from distribution.calendar.errands import ERRANDS
from distribution.calendar.holding import name_of
from distribution.calendar.house import House, house_of
from distribution.calendar.importing import Entered, enter_notice
from distribution.calendar.notice import InvalidNotice, Notice, read_notice
from distribution.calendar.own_days import InvalidDays, read_days
from distribution.calendar.reminding import remind
from distribution.calendar.restoring import hold_since
from distribution.calendar.rule import (
    WEEKDAYS,
    NoWorkday,
    Rule,
    Slot,
    month_of,
    months,
    shifted,
    slot_of,
)
from distribution.calendar.steering import (
    NotSteerable,
    Released,
    WhichIssue,
    hold,
    leave_now,
    release,
    skip,
)
from distribution.calendar.store.marks import Looked, last_look
from distribution.calendar.store.slots import find_slot
from distribution.calendar.ticking import Ticked, in_words, tell_unusable, tick
from distribution.calendar.timetable import Row, next_slot, outlook, timetable
from distribution.calendar.workdays import Day, Workdays

__all__ = [
    "ERRANDS",
    "WEEKDAYS",
    "Day",
    "Entered",
    "House",
    "InvalidDays",
    "InvalidNotice",
    "Looked",
    "NoWorkday",
    "NotSteerable",
    "Notice",
    "Released",
    "Row",
    "Rule",
    "Slot",
    "Start",
    "Ticked",
    "Watch",
    "WhichIssue",
    "Workdays",
    "enter_notice",
    "find_slot",
    "hold",
    "hold_since",
    "house_of",
    "in_words",
    "last_look",
    "leave_now",
    "machine_start",
    "month_of",
    "months",
    "name_of",
    "next_slot",
    "outlook",
    "read_days",
    "read_notice",
    "release",
    "remind",
    "shifted",
    "skip",
    "slot_of",
    "tell_unusable",
    "tick",
    "timetable",
]
