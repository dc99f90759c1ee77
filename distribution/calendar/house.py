"""What the month runs on: the way into the ledger, what makes mails, and what was settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import audience, staff
from distribution.calendar.own_days import read_days
from distribution.calendar.rule import Rule
from distribution.calendar.store import notices
from distribution.calendar.workdays import Workdays
from distribution.config import Settings
from distribution.db import Transaction
from distribution.delivery import Recipe
from distribution.words import StaffRole

BY = "scheduler"
"""What the audit trail calls it."""


@dataclass(frozen=True, slots=True)
class House:
    """An installation, as far as its months go."""

    transaction: Transaction
    reading: Transaction
    """As `transaction`, for looking only."""
    recipe: Recipe
    rule: Rule
    own_days: Path | None
    """The house's own days off and working days."""
    by_itself: bool
    """Whether an issue approved too late leaves without a person's word."""
    expiry: timedelta
    switch: Path
    """The emergency switch: while it is there nothing leaves."""
    reminder_days: tuple[int, ...]
    """Before a slot, the most first."""
    addresses: tuple[str, ...]
    """Who is reminded where no editor is on the staff."""
    admins: tuple[str, ...]
    """Who gets the reports, besides the board and the admins on the staff."""
    report_after: timedelta
    """How long after a run's end its report is sent once more."""

    def workdays(self, session: Session) -> Workdays:
        """Which days are worked, as far as is known now; raises InvalidDays."""
        own = read_days(self.own_days) if self.own_days is not None else {}
        return Workdays(own, notices.announced(session), notices.announced_years(session))

    def editors(self, session: Session) -> Sequence[str]:
        """Where those who make the issue are reached."""
        people = staff.working(session, StaffRole.EDITOR)
        written = [audience.read_address(person.email).envelope for person in people]
        return written or self.addresses


def house_of(
    settings: Settings, transaction: Transaction, reading: Transaction, recipe: Recipe
) -> House:
    """An installation with these settings."""
    return House(
        transaction=transaction,
        reading=reading,
        recipe=recipe,
        rule=Rule(
            settings.schedule_day,
            settings.time_of_day,
            settings.last_time_of_day,
            settings.schedule_on_holiday,
        ),
        own_days=settings.holidays_file,
        by_itself=settings.schedule_late == "auto",
        expiry=timedelta(hours=settings.expiry_hours),
        switch=settings.stop_file,
        reminder_days=tuple(sorted({int(days) for days in settings.reminder_days}, reverse=True)),
        addresses=settings.editor_addresses or settings.admin_addresses,
        admins=settings.admin_addresses,
        report_after=timedelta(days=settings.report_after_days),
    )
