"""The month: who works in the office, the way of an issue, days off, and slots."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from distribution.models.ground import Address, Base, Digest, PrimaryKey, Who, reference
from distribution.words import Hold, IssueStep, SlotState


class Staff(Base):
    """Somebody of the office; `name` is what the audit trail calls him."""

    __tablename__ = "staff"
    id: Mapped[PrimaryKey]
    name: Mapped[Who] = mapped_column(unique=True)
    email: Mapped[Address]  # as written
    email_key: Mapped[Address] = mapped_column(unique=True)
    roles: Mapped[list[Any]]  # codes of StaffRole
    added_at: Mapped[datetime]
    added_by: Mapped[Who]
    left_at: Mapped[datetime | None]  # is told nothing and may do nothing any more


class IssueDeed(Base):
    """Append-only: a step of an issue, and what it looked like then."""

    __tablename__ = "issue_deeds"
    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(reference("issues.id"), index=True)
    step: Mapped[IssueStep]
    fingerprint: Mapped[Digest]  # of all that its mails are made of, but the templates
    templates: Mapped[Digest | None]  # of the templates, where it was proofed or approved
    audience: Mapped[int | None]  # readers who would get it, where it was approved
    by: Mapped[Who]
    at: Mapped[datetime]


class CalendarNotice(Base):
    """A year whose days off were announced, as somebody entered them."""

    __tablename__ = "calendar_notices"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Text)  # a paper's address, or the file's name
    entered_at: Mapped[datetime]
    entered_by: Mapped[Who]


class CalendarDay(Base):
    """A day that is off though it is none of the weekend, or worked though it is."""

    __tablename__ = "calendar_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(reference("calendar_notices.year"))
    off: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))


class ScheduleSlot(Base):
    """The one regular run of a month: who has it in hand, what became of it, what it waits for."""

    __tablename__ = "schedule_slots"
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    due_at: Mapped[datetime]
    state: Mapped[SlotState]
    hold: Mapped[Hold | None]
    words: Mapped[str] = mapped_column(Text, default="")  # more about why it waits, for people
    issue_id: Mapped[int | None] = mapped_column(reference("issues.id"))
    run_id: Mapped[int | None] = mapped_column(reference("runs.id"))
    claim: Mapped[str] = mapped_column(String(64), default="")  # of the scheduler that has it
    claimed_until: Mapped[datetime | None]  # then another may take it over
    released_at: Mapped[datetime | None]  # a person let it go
    released_by: Mapped[Who | None]
    changed_at: Mapped[datetime]


class ScheduleMark(Base):
    """Up to when the calendar was looked at, since when, and what was done once.

    See `calendar.store.marks` for the names; times are those of the calendar, not the ledger.
    """

    __tablename__ = "schedule_marks"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    looked_at: Mapped[datetime]
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
