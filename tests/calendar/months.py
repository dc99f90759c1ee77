"""Months of a magazine as tests have them: issues, moments, and what the calendar made of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from runs import MASTHEAD, add_reader, make_article, save_issue
from sqlalchemy import select

from distribution import calendar
from distribution.app import App
from distribution.calendar import House, Ticked
from distribution.clock import SHANGHAI
from distribution.compiler import ReadIssue
from distribution.models import Alert, Audit, Run, ScheduleSlot

OCTOBER = date(2026, 10, 1)
SEPTEMBER_ISSUE = date(2026, 9, 1)
SOON = timedelta(seconds=20)


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    """A moment as the clock on the wall shows it."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


BEFORE, DUE = at(9, 27), at(10, 1)


def house(app: App, **settled: object) -> House:
    """The house, with some things settled otherwise: its own, and those of its rule."""
    own = app.house
    of_rule = {name: settled.pop(name) for name in ("on_holiday",) if name in settled}
    return replace(own, rule=replace(own.rule, **of_rule), **settled)  # type: ignore[arg-type]


def issue_of(app: App, month: date, *, approved: bool = True) -> str:
    """A short issue of a month; its key."""
    head = replace(MASTHEAD, year=month.year, label=f"{month:%m}", number=month.month, month=month)
    bodies = tuple(make_article(position) for position in (1, 2, 3))
    return save_issue(app, ReadIssue(head, bodies, ()), f"{month}".encode(), approved=approved)


def two_readers(app: App) -> None:
    with app.transaction() as session:
        for name in ("a", "b"):
            add_reader(session, app, f"{name}@fenhe.example", at(1, 1))


def tick(app: App, when: datetime, **settled: object) -> Ticked:
    return calendar.tick(house(app, **settled), at=when)


def plan_and_stop(app: App) -> None:
    """A scheduler that is stopped at the hour of the slot when it has planned the run."""
    stopped = iter([False, True])
    calendar.tick(house(app), at=DUE, stopping=lambda: next(stopped))


def slot_of(app: App, month: date = OCTOBER) -> ScheduleSlot | None:
    with app.reading() as session:
        slot = calendar.find_slot(session, month)
        session.expunge_all()
    return slot


def stands(app: App, month: date = OCTOBER) -> str | None:
    """How a month's slot stands: its state and why it waits, by their codes."""
    slot = slot_of(app, month)
    if slot is None:
        return None
    return slot.state.value + (f"/{slot.hold.value}" if slot.hold else "")


def runs_of(app: App) -> list[Run]:
    with app.reading() as session:
        found = list(session.scalars(select(Run).order_by(Run.id)))
        session.expunge_all()
    return found


def alerts(app: App, begin: str = "") -> list[Alert]:
    """The alerts whose keys begin so."""
    with app.reading() as session:
        found = list(session.scalars(select(Alert).order_by(Alert.id)))
        session.expunge_all()
    return [alert for alert in found if alert.key.startswith(begin)]


def deeds(app: App, action: str) -> list[tuple[str, str, datetime]]:
    """What the audit trail says was done: of what, by whom, when."""
    with app.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.id))
        return [(row.subject, row.by, row.at) for row in rows]
