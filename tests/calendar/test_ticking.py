"""A slot at its hour: which issue leaves, what holds it, what is caught up."""

from datetime import date, datetime, timedelta

import pytest
from months import (
    BEFORE,
    DUE,
    OCTOBER,
    SEPTEMBER_ISSUE,
    SOON,
    alerts,
    at,
    deeds,
    house,
    issue_of,
    plan_and_stop,
    runs_of,
    slot_of,
    stands,
    tick,
)

from distribution import calendar, delivery, issues
from distribution.app import App
from distribution.calendar import ticking
from distribution.words import RunState


def test_the_approved_issue_leaves_at_its_hour_and_once(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, DUE - SOON)
    assert runs_of(watched) == []
    for late in range(3):
        tick(watched, DUE + late * SOON)
    (run,) = runs_of(watched)
    assert (run.state, run.planned, run.created_by) == (RunState.SENDING, 2, "scheduler")
    assert stands(watched) == "sent"
    assert [deed[0] for deed in deeds(watched, "schedule.start")] == ["2026-10"]
    slot = slot_of(watched)
    assert slot is not None
    assert slot.run_id == run.id


def test_the_first_look_ever_takes_nothing_of_the_past(app: App) -> None:
    issue_of(app, SEPTEMBER_ISSUE)
    tick(app, DUE + SOON)
    tick(app, DUE + 2 * SOON)
    assert (runs_of(app), stands(app)) == ([], None)


def test_without_an_approved_issue_nothing_leaves_and_the_office_is_told(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    for late in range(3):
        tick(watched, DUE + late * SOON)
    assert (runs_of(watched), stands(watched)) == ([], "held/no_issue")
    (alert,) = alerts(watched, "slot:")
    assert "2026-10" in alert.title
    assert "2026-09 期还没有批准" in alert.lines[0]
    assert (alert.urgent, alert.editors) == (True, True)


def test_an_issue_planned_by_hand_is_named_where_it_is_missed(watched: App) -> None:
    key = issue_of(watched, SEPTEMBER_ISSUE)
    delivery.plan(watched.transaction, key, watched.recipe, by="test", at=DUE)
    tick(watched, DUE)
    slot = slot_of(watched)
    assert slot is not None
    assert (stands(watched), "2026-09" in slot.words) == ("held/no_issue", True)


def test_of_two_issues_neither_leaves(watched: App) -> None:
    issue_of(watched, date(2026, 8, 1))
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, DUE)
    assert (runs_of(watched), stands(watched)) == ([], "held/two_issues")
    (alert,) = alerts(watched, "slot:")
    assert "2026-09、2026-08" in alert.lines[0]


@pytest.mark.parametrize(("month", "expected"), [(8, "sent"), (7, "held/old_issue")])
def test_an_issue_older_than_two_months_waits(watched: App, month: int, expected: str) -> None:
    issue_of(watched, date(2026, month, 1))
    tick(watched, DUE)
    assert stands(watched) == expected


def test_of_old_issues_one_is_named_as_the_advice_says(watched: App) -> None:
    for month in (6, 7):
        issue_of(watched, date(2026, month, 1))
    tick(watched, DUE)
    (alert,) = alerts(watched, "slot:")
    assert "distribution schedule release 2026-10 --issue 期号" in alert.advice
    assert "distribution issue approve 期号" in alert.advice

    with watched.transaction() as session:
        said = calendar.release(
            session, house(watched), OCTOBER, issue="2026-07", by="王秘书", at=at(10, 2)
        )

    assert said.issue == "2026-07"


def test_old_issues_of_the_archive_do_not_stand_in_the_way(watched: App) -> None:
    issue_of(watched, date(2026, 1, 1))
    key = issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, DUE)
    (run,) = runs_of(watched)
    with watched.reading() as session:
        assert delivery.status(session, run.id).issue_key == key


def approve_late(app: App, when: datetime = DUE) -> None:
    with app.transaction() as session:
        issues.approve(session, "2026-09", by="test", at=when, override="测试")


def reopen(app: App) -> None:
    with app.transaction() as session:
        issues.reopen(session, "2026-09")


def test_an_issue_approved_late_waits_for_a_release(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    tick(watched, DUE)
    approve_late(watched)
    tick(watched, at(10, 2))
    assert runs_of(watched) == []
    with watched.transaction() as session:
        said = calendar.release(
            session, house(watched), OCTOBER, issue=None, by="王秘书", at=at(10, 2, 20)
        )
    assert (said.issue, said.leaves_at) == ("2026-09", at(10, 3, 9))
    tick(watched, at(10, 2, 20, 1))
    assert runs_of(watched) == []
    tick(watched, at(10, 3, 9))
    assert stands(watched) == "sent"


def test_with_auto_an_issue_approved_late_leaves_within_the_hours(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    tick(watched, DUE, by_itself=True)
    approve_late(watched)
    tick(watched, at(10, 1, 18, 1), by_itself=True)
    assert stands(watched) == "held/no_issue"
    tick(watched, at(10, 12, 9), by_itself=True)
    assert stands(watched) == "sent"


def test_who_went_by_itself_late_is_not_late_for_his_successor(watched: App) -> None:
    tick(watched, DUE, by_itself=True)
    issue_of(watched, SEPTEMBER_ISSUE)
    late = house(watched, by_itself=True)
    calendar.tick(late, at=at(10, 12, 9), stopping=lambda: True)
    tick(watched, at(10, 12, 9, 1), by_itself=True)
    assert stands(watched) == "sent"


def test_with_auto_no_issue_leaves_in_a_month_that_is_over(watched: App) -> None:
    """Also where the next one was held or skipped beforehand: it must not leave before its day."""
    tick(watched, DUE, by_itself=True)
    with watched.transaction() as session:
        november = date(2026, 11, 1)
        calendar.skip(session, house(watched), november, "停一期", by="王", at=at(10, 20))
    tick(watched, at(11, 1, 9), by_itself=True)
    issue_of(watched, date(2026, 11, 1))
    tick(watched, at(11, 20, 9), by_itself=True)
    assert (runs_of(watched), stands(watched)) == ([], "skipped/no_issue")
    tick(watched, at(12, 1, 9), by_itself=True)
    assert stands(watched, date(2026, 12, 1)) == "sent"


def test_a_month_let_go_after_the_next_one_and_refused_still_waits(watched: App) -> None:
    tick(watched, DUE)
    tick(watched, at(11, 1, 9))
    assert stands(watched) == "skipped/no_issue"
    issue_of(watched, SEPTEMBER_ISSUE)
    with watched.transaction() as session:
        calendar.release(
            session, house(watched), OCTOBER, issue="2026-09", by="王", at=at(11, 1, 20)
        )
    reopen(watched)
    for minute in range(2):
        tick(watched, at(11, 2, 9, minute))
    slot = slot_of(watched)
    assert slot is not None
    assert (stands(watched), "尚未批准" in slot.words) == ("held/refused", True)


def test_with_auto_on_working_days_a_holiday_is_no_allowed_day(watched: App) -> None:
    settled = {"by_itself": True, "on_holiday": "next-workday"}
    issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    tick(watched, at(10, 8), **settled)
    approve_late(watched)
    tick(watched, at(10, 11, 10), **settled)  # a Sunday
    assert stands(watched) == "held/no_issue"
    tick(watched, at(10, 12, 10), **settled)
    assert stands(watched) == "sent"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (at(10, 4, 9), "sent"),
        (at(10, 4, 9, 1), "held/missed"),
        (at(10, 1, 20), "claimed"),  # the evening: it waits for the morning
    ],
)
def test_a_missed_slot_is_caught_up_within_three_days(
    watched: App, when: object, expected: str
) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, when)  # type: ignore[arg-type]
    assert stands(watched) == expected


def test_what_was_missed_in_the_evening_leaves_in_the_morning(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, at(10, 1, 20))
    tick(watched, at(10, 2, 9))
    assert stands(watched) == "sent"


def test_what_was_looked_at_in_time_waits_for_its_hour(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, at(10, 3, 20))
    tick(watched, at(10, 4, 9, 1))
    assert stands(watched) == "sent"


def test_what_was_released_before_a_long_holiday_leaves_after_it(watched: App) -> None:
    settled = {"on_holiday": "previous-workday"}
    issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    tick(watched, at(9, 30), **settled)
    approve_late(watched)
    with watched.transaction() as session:
        said = calendar.release(
            session, house(watched, **settled), OCTOBER, issue=None, by="王", at=at(9, 30, 20)
        )
    assert said.leaves_at == at(10, 8, 9)
    for moment in (at(10, 4, 9), at(10, 8, 9)):
        tick(watched, moment, **settled)
    assert stands(watched) == "sent"


def test_of_several_months_missed_only_the_last_can_leave(watched: App) -> None:
    issue_of(watched, date(2026, 12, 1))
    tick(watched, at(1, 1, 10, year=2027))
    assert [stands(watched, date(2026, month, 1)) for month in (10, 11, 12)] == [
        "skipped/missed"
    ] * 3
    assert stands(watched, date(2027, 1, 1)) == "sent"


def test_a_month_that_still_waits_ends_when_the_next_comes_due(watched: App) -> None:
    tick(watched, DUE)
    issue_of(watched, date(2026, 10, 1))
    tick(watched, at(11, 1))
    assert stands(watched) == "skipped/no_issue"
    assert stands(watched, date(2026, 11, 1)) == "sent"


def test_what_the_delivery_refuses_holds_the_slot_with_its_sentence(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    folder = watched.recipe.templates[0] / "digest"
    folder.mkdir(parents=True)
    (folder / "body.html").write_text("{{ nobody_knows_it }}", encoding="utf-8")
    tick(watched, DUE)
    slot = slot_of(watched)
    assert slot is not None
    assert stands(watched) == "held/refused"
    assert "nobody_knows_it" in slot.words
    (folder / "body.html").unlink()
    with watched.transaction() as session:
        calendar.release(session, house(watched), OCTOBER, issue=None, by="王", at=DUE + SOON)
    tick(watched, DUE + 2 * SOON)
    assert stands(watched) == "sent"


def test_with_auto_a_new_approval_lets_go_what_was_refused(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    plan_and_stop(watched)
    with watched.transaction() as session:
        delivery.cancel(session, runs_of(watched)[0].id, by="王秘书", at=DUE)
    tick(watched, DUE + SOON, by_itself=True)
    tick(watched, DUE + 2 * SOON, by_itself=True)
    assert (stands(watched), len(alerts(watched, "slot:"))) == ("held/refused", 1)
    reopen(watched)
    approve_late(watched, DUE + 3 * SOON)
    tick(watched, DUE + 4 * SOON)
    assert stands(watched) == "held/refused"  # as with `release`: somebody has to say so
    tick(watched, DUE + 4 * SOON, by_itself=True)
    assert stands(watched) == "sent"
    assert [run.state for run in runs_of(watched)] == [RunState.CANCELLED, RunState.SENDING]


def test_while_the_emergency_switch_is_on_nothing_leaves_and_nothing_is_lost(
    watched: App,
) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    switch = watched.settings.stop_file
    switch.touch()
    assert tick(watched, DUE).halted
    assert runs_of(watched) == []
    switch.unlink()
    tick(watched, DUE + SOON)
    assert stands(watched) == "sent"


def test_a_run_cancelled_before_it_began_is_not_made_again(watched: App) -> None:
    key = issue_of(watched, SEPTEMBER_ISSUE)
    plan_and_stop(watched)
    (run,) = runs_of(watched)
    with watched.transaction() as session:
        delivery.cancel(session, run.id, by="王秘书", at=DUE)
    tick(watched, DUE + SOON)
    assert (len(runs_of(watched)), stands(watched)) == (1, "held/refused")
    with watched.transaction() as session:
        calendar.release(session, house(watched), OCTOBER, issue=key, by="王", at=DUE + SOON)
    tick(watched, DUE + 2 * SOON)
    assert [run.state for run in runs_of(watched)] == [RunState.CANCELLED, RunState.SENDING]


def test_a_slot_given_back_by_a_stopping_scheduler_is_free_at_once(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    calendar.tick(house(watched), at=DUE, stopping=lambda: True)
    assert stands(watched) == "claimed"
    tick(watched, DUE + SOON)
    assert stands(watched) == "sent"


# -- clocks --------------------------------------------------------------------------------------


def test_what_is_due_only_by_a_jump_of_the_clock_waits(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    calendar.tick(house(watched), at=DUE + SOON, jumped=timedelta(hours=3))
    assert (runs_of(watched), stands(watched)) == ([], "held/clock")
    assert len(alerts(watched, "clock:jump")) == 1


def test_what_was_due_before_the_jump_leaves(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    calendar.tick(house(watched), at=DUE + timedelta(hours=4), jumped=timedelta(hours=3))
    assert stands(watched) == "sent"


def test_a_clock_set_right_again_lets_the_month_come_due_again(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    far = at(3, 1, year=2030)
    calendar.tick(house(watched), at=far, jumped=far - BEFORE)
    assert stands(watched, date(2030, 3, 1)) == "held/clock"
    tick(watched, DUE - SOON)
    assert (runs_of(watched), stands(watched), stands(watched, date(2030, 3, 1))) == (
        [], None, None,
    )  # fmt: skip
    assert len(alerts(watched, "clock:back")) == 1
    tick(watched, DUE)
    assert stands(watched) == "sent"


def test_a_clock_set_back_lets_nothing_leave_twice(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, DUE)
    issue_of(watched, date(2026, 10, 1))  # another one is ready meanwhile
    for moment in (DUE - timedelta(hours=2), DUE - SOON, DUE, DUE + SOON):
        tick(watched, moment)
        with watched.reading() as session:
            last = calendar.last_look(session)
        assert last is not None
        assert last.at == max(moment, DUE)  # it never goes back
    assert len(runs_of(watched)) == 1


def test_a_host_whose_clock_is_not_the_databases_lets_nothing_leave(
    watched: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    monkeypatch.undo()

    monkeypatch.setattr(ticking, "present", lambda _session: DUE - timedelta(minutes=3))
    found = tick(watched, DUE)
    if watched.engine.dialect.name == "sqlite":  # its clock is the host's
        assert not found.clock_off
        return
    assert found.clock_off == timedelta(minutes=3)
    assert (runs_of(watched), len(alerts(watched, "clock:off"))) == ([], 1)
    tick(watched, DUE + SOON)
    assert len(alerts(watched, "clock:off")) == 1


# -- the notice of a year ------------------------------------------------------------------------


def test_a_notice_that_makes_the_first_a_working_day_moves_the_slot_back(watched: App) -> None:
    settled = house(watched, on_holiday="next-workday")
    notice = calendar.Notice(2026, "papers", {OCTOBER: calendar.Day(off=False, name="国庆节")})
    with watched.transaction() as session:
        entered = calendar.enter_notice(session, settled, notice, by="王", at=BEFORE)
        again = calendar.enter_notice(session, settled, notice, by="王", at=BEFORE)
    before, after = next(pair for pair in entered.moved if pair[0].month == OCTOBER)
    assert (str(before.day), str(after.day)) == ("2026-10-08", "2026-10-01")
    assert (entered.replaced, again.replaced, again.moved) == (False, True, ())
    issue_of(watched, SEPTEMBER_ISSUE)
    calendar.tick(settled, at=DUE)
    assert stands(watched) == "sent"
