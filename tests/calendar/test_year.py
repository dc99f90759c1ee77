"""A year of the magazine, played in seconds by schedulers that die, on both databases."""

from collections import Counter
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from email import message_from_bytes
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from forks import working
from months import alerts, at, deeds, house, issue_of, runs_of, slot_of, stands, two_readers
from played import Time, mortal, scheduler
from processes import until

from distribution import calendar, clock, delivery
from distribution.app import App
from distribution.calendar import rule
from distribution.calendar.store import slots
from distribution.clock import SHANGHAI
from distribution.words import RunState

MONTHS = [date(2026, month, 1) for month in range(1, 13)]
RIGHT_DAYS = [
    *("01-04", "02-02", "03-02", "04-01", "05-06", "06-01"),
    *("07-01", "08-03", "09-01", "10-08", "11-02", "12-01"),
]
"""The first working day from the first of each month of 2026 on, by the announced notice."""
STEPS = {date(2026, 2, 1): (3, 7), date(2026, 10, 1): (9, 5)}
"""Months in which both schedulers die, and in which of their transactions."""

STRUCK = 6
"""The month after which both are struck wherever they are, and others begin."""


def expected(month: date) -> datetime:
    return at(*map(int, RIGHT_DAYS[month.month - 1].split("-")))


def test_a_year_of_two_schedulers_has_twelve_runs_each_on_its_right_day(
    app: App, environment: dict[str, str], tmp_path: Path
) -> None:
    environment["DISTRIBUTION_SCHEDULE_ON_HOLIDAY"] = "next-workday"
    two_readers(app)
    when = Time(tmp_path / "ahead")
    when.move_to(at(12, 20, 12, year=2025))
    with ExitStack() as running:
        start(running, environment, when, 0, 0)
        seen(app, when)
        for month in MONTHS:
            issue_of(app, rule.shifted(month, -1))
            play(app, environment, when, running, month)
            if month.month == STRUCK:
                running.close()
                start(running, environment, when, 0, 0)
    assert_twelve(app)
    assert_mails(app)


def play(app: App, environ: dict[str, str], when: Time, running: ExitStack, month: date) -> None:
    """Five days before, an hour before, and then the hour itself."""
    due = expected(month)
    for before in (timedelta(days=5), timedelta(hours=1)):
        when.move_to(due - before)
        seen(app, when)
        assert stands(app, month) is None
    mortals: list[BaseProcess] = []
    if month in STEPS:
        running.close()
        mortals = start(running, environ, when, *STEPS[month])
        seen(app, when)
    when.move_to(due + timedelta(seconds=5))
    if mortals:
        until(lambda: not any(process.is_alive() for process in mortals), f"deaths in {month}")
        assert [process.exitcode for process in mortals] == [-9, -9]
        start(running, environ, when, 0, 0)
    until(lambda: stands(app, month) == "sent", f"the run of {month}")


def start(
    running: ExitStack, environ: dict[str, str], when: Time, *steps: int
) -> list[BaseProcess]:
    return [
        running.enter_context(working(scheduler, environ, str(when.file), count)) for count in steps
    ]


def seen(app: App, when: Time) -> None:
    """Wait until a scheduler has looked at the calendar at the present moment, or later."""
    moment = when.now

    def looked() -> bool:
        with app.reading() as session:
            last = calendar.last_look(session)
        return last is not None and last.at >= moment

    until(looked, f"a look at {moment}")


def assert_twelve(app: App) -> None:
    left = deeds(app, "schedule.start")
    assert [subject for subject, _, _ in left] == [calendar.name_of(month) for month in MONTHS]
    days = [moment.astimezone(SHANGHAI).strftime("%m-%d") for _, _, moment in left]
    assert days == RIGHT_DAYS
    hours = {moment.astimezone(SHANGHAI).hour for _, _, moment in left}
    assert hours == {9}
    runs = runs_of(app)
    assert len(runs) == 12
    assert len({run.issue_id for run in runs}) == 12
    by_slot = [slot_of(app, month) for month in MONTHS]
    assert [slot.run_id for slot in by_slot if slot] == [run.id for run in runs]
    assert alerts(app, "clock:jump") + alerts(app, "clock:off") == []
    assert alerts(app, "slot:") == []


def assert_mails(app: App) -> None:
    """The runs' own times are the ledger's: none has expired, and every reader gets twelve."""
    app.sender.pump(timedelta(seconds=30))
    with app.transaction() as session:
        delivery.finish_drained(session, app.keyring, clock.now())
    assert {run.state for run in runs_of(app)} == {RunState.FINISHED}
    mails = [message_from_bytes(path.read_bytes()) for path in _outbox(app)]
    digests = [mail for mail in mails if mail["List-Id"]]
    assert Counter(mail["To"].rpartition("<")[2].strip(">") for mail in digests) == {
        "a@fenhe.example": 12,
        "b@fenhe.example": 12,
    }


def _outbox(app: App) -> list[Path]:
    return sorted((app.settings.home / "outbox").rglob("*.eml"))


def test_a_year_with_all_kinds_of_trouble_sends_what_it_may(app: App) -> None:
    two_readers(app)
    calendar.tick(house(app), at=at(12, 20, year=2025))
    for month in MONTHS:
        _trouble(app, month)
    states = {month.month: stands(app, month) for month in MONTHS}
    assert states == dict.fromkeys(range(1, 13), "sent") | {
        3: "skipped/no_issue",
        8: "skipped/person",
    }
    assert len(runs_of(app)) == 10


def _trouble(app: App, month: date) -> None:
    """What goes wrong in a month, and what people do about it."""
    own, first = house(app), at(month.month, 1)
    issue = rule.shifted(month, -1)
    if month.month == 8:  # the office is on holiday
        with app.transaction() as session:
            calendar.skip(session, own, month, "暑假", by="王", at=first - timedelta(days=9))
    elif month.month not in (3, 9):  # March has no issue, September that of August late
        issue_of(app, issue)
    if month.month == 5:  # two were approved
        issue_of(app, month)
    jumped = timedelta(hours=2) if month.month == 6 else timedelta(0)
    for late in (timedelta(0), timedelta(hours=1), timedelta(days=1)):
        calendar.tick(own, at=first + late, jumped=jumped if not late else timedelta(0))
    if month.month == 5:
        _release(app, month, issue)
    if month.month == 6:
        assert stands(app, month) == "held/clock"
        _release(app, month, date(2026, 5, 1))
    if month.month == 9:
        issue_of(app, issue)
        _release(app, month, issue)


def _release(app: App, month: date, issue: date) -> None:
    moment = at(month.month, 4, 12)
    with app.transaction() as session:
        calendar.release(session, house(app), month, issue=f"{issue:%Y-%m}", by="王", at=moment)
    calendar.tick(house(app), at=moment)


# -- killed between any two steps ----------------------------------------------------------------


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL; what was committed is all that is left."""


def test_killed_between_any_two_steps_another_goes_on_with_the_same_run(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "LEASE", timedelta(0))
    two_readers(app)
    calendar.tick(house(app), at=at(1, 27))
    for steps in range(1, 100):
        month = rule.shifted(date(2026, 1, 1), steps)
        issue_of(app, rule.shifted(month, -1))
        due = rule.slot_of(month, app.house.rule, calendar.Workdays()).due_at
        died = dies(app, due, steps)
        before = [run.id for run in runs_of(app)]
        calendar.tick(house(app), at=due + timedelta(minutes=3))
        after = [run.id for run in runs_of(app)]
        assert stands(app, month) == "sent", steps
        assert len(after) == steps, "one run a month, and the same one after a death"
        assert after[: len(before)] == before
        if not died:
            break
    assert steps > 10, "a tick has more steps than that"
    assert {run.state for run in runs_of(app)} == {RunState.SENDING}
    assert len(deeds(app, "schedule.start")) == steps


def dies(app: App, due: datetime, steps: int) -> bool:
    """Tick at this hour, and die before the so-many-eth transaction; False where there is none."""

    def strike() -> None:
        raise Killed

    try:
        with mortal(steps, strike):
            calendar.tick(house(app), at=due)
    except Killed:
        return True
    return False
