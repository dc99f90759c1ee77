"""A slot in the hands of one scheduler: how others see it, and what its successor finds."""

from datetime import date, timedelta

import pytest
from months import SEPTEMBER_ISSUE, at, deeds, issue_of, runs_of, slot_of, stands, tick, two_readers
from sqlalchemy import update

from distribution import calendar, clock, delivery
from distribution.app import App
from distribution.calendar.store import slots
from distribution.models import ScheduleSlot
from distribution.words import RunState, SlotState

OCTOBER = date(2026, 10, 1)
DUE, MINUTES_LATER = at(10, 1), at(10, 1, 9, 3)


@pytest.fixture
def due(app: App) -> App:
    """An installation whose slot of October has come due, and nobody has it yet."""
    two_readers(app)
    tick(app, at(9, 27))
    issue_of(app, SEPTEMBER_ISSUE)
    app.settings.stop_file.touch()
    tick(app, DUE)
    app.settings.stop_file.unlink()
    assert stands(app) == "claimed"
    return app


def claim(app: App, seen: ScheduleSlot | None, token: str) -> bool:
    assert seen is not None
    with app.transaction() as session:
        return slots.claim(session, seen, token)


def test_of_two_that_saw_the_same_slot_one_gets_it(
    due: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "LEASE", timedelta(0))  # only what was seen tells them apart
    seen = slot_of(due)
    assert [claim(due, seen, token) for token in ("one", "other")] == [True, False]


def test_a_slot_in_hand_is_nobody_elses_until_its_claim_runs_out(due: App) -> None:
    assert claim(due, slot_of(due), "one")
    assert not claim(due, slot_of(due), "other")
    tick(due, MINUTES_LATER)
    tick(due, at(10, 9))  # late, but somebody is at it
    assert (runs_of(due), stands(due)) == ([], "claimed")
    for word in (calendar.hold, calendar.skip):
        with pytest.raises(calendar.NotSteerable, match="正在处理"), due.transaction() as session:
            word(session, due.house, OCTOBER, "等等", by="王", at=MINUTES_LATER)
    with due.transaction() as session:
        session.execute(update(ScheduleSlot).values(claimed_until=at(1, 1)))
    tick(due, MINUTES_LATER)
    assert stands(due) == "sent"


def test_who_lost_his_claim_changes_nothing(due: App) -> None:
    assert claim(due, slot_of(due), "one")
    with due.transaction() as session:
        assert slots.in_hand(session, OCTOBER, "other") is None
        assert slots.in_hand(session, OCTOBER, "one") is not None


def test_a_run_that_is_through_before_its_slot_was_closed_is_left_as_it_is(due: App) -> None:
    """As after a death between the start and the last step."""
    tick(due, DUE)
    (run,) = runs_of(due)
    with due.transaction() as session:
        claimed = {"state": SlotState.CLAIMED, "claim": "dead", "claimed_until": at(1, 1)}
        session.execute(update(ScheduleSlot).values(claimed))
    due.sender.pump(timedelta(seconds=30))
    with due.transaction() as session:
        delivery.finish_drained(session, due.keyring, clock.now())
    tick(due, MINUTES_LATER)
    assert [(run.id, run.state) for run in runs_of(due)] == [(run.id, RunState.FINISHED)]
    assert stands(due) == "sent"
    assert len(deeds(due, "run.plan")) == 1
