"""A person's word on a month: hold it, skip it, let it go."""

from datetime import date

import pytest
from months import (
    BEFORE,
    DUE,
    OCTOBER,
    SEPTEMBER_ISSUE,
    SOON,
    deeds,
    house,
    issue_of,
    plan_and_stop,
    runs_of,
    stands,
    tick,
)

from distribution import calendar, delivery
from distribution.app import App


def test_a_month_held_beforehand_waits_and_a_release_before_its_day_undoes_that(
    watched: App,
) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    with watched.transaction() as session:
        calendar.hold(session, house(watched), OCTOBER, "等领导", by="王秘书", at=BEFORE)
    tick(watched, DUE)
    assert (runs_of(watched), stands(watched)) == ([], "held/person")
    with watched.transaction() as session:
        calendar.release(session, house(watched), OCTOBER, issue=None, by="王", at=DUE)
    tick(watched, DUE)
    assert stands(watched) == "sent"
    november = date(2026, 11, 1)
    with watched.transaction() as session:
        calendar.skip(session, house(watched), november, "停一期", by="王", at=DUE)
        calendar.release(session, house(watched), november, issue=None, by="王", at=DUE)
    assert stands(watched, november) is None
    assert [deed[1] for deed in deeds(watched, "schedule.release")] == ["王", "王"]


def test_a_skipped_month_is_passed_over(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    with watched.transaction() as session:
        calendar.skip(session, house(watched), OCTOBER, "停一期", by="王", at=BEFORE)
    tick(watched, DUE)
    assert (runs_of(watched), stands(watched)) == ([], "skipped/person")


def test_two_issues_need_a_name(watched: App) -> None:
    issue_of(watched, date(2026, 8, 1))
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, DUE)
    with pytest.raises(calendar.WhichIssue, match="2026-09、2026-08"), watched.transaction() as s:
        calendar.release(s, house(watched), OCTOBER, issue=None, by="王", at=DUE)
    with watched.transaction() as s:
        calendar.release(s, house(watched), OCTOBER, issue="2026-8", by="王", at=DUE)
    tick(watched, DUE)
    (run,) = runs_of(watched)
    with watched.reading() as session:
        assert delivery.status(session, run.id).issue_key == "2026-08"


def test_a_back_issue_does_not_stand_in_the_way_of_a_release(watched: App) -> None:
    tick(watched, DUE)
    issue_of(watched, date(2026, 1, 1))
    issue_of(watched, SEPTEMBER_ISSUE)
    with watched.transaction() as session:
        said = calendar.release(session, house(watched), OCTOBER, issue=None, by="王", at=DUE)
    assert said.issue == "2026-09"


def test_a_run_that_was_begun_is_not_exchanged_for_another_issue(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    plan_and_stop(watched)
    other = issue_of(watched, date(2026, 8, 1))
    settled, when = house(watched), DUE + SOON
    with watched.transaction() as session:
        calendar.hold(session, settled, OCTOBER, "等等", by="王", at=when)
    with pytest.raises(calendar.NotSteerable, match="run cancel"), watched.transaction() as session:
        calendar.release(session, settled, OCTOBER, issue=other, by="王", at=when)
    with watched.transaction() as session:
        said = calendar.release(session, settled, OCTOBER, issue="2026-9", by="王", at=when)
    assert said.issue == "2026-09"


@pytest.mark.parametrize("word", ["release", "hold", "skip"])
def test_what_has_left_cannot_be_called_back(watched: App, word: str) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    tick(watched, DUE)
    more = {"issue": None} if word == "release" else {"reason": "晚了"}
    with (
        pytest.raises(calendar.NotSteerable, match="已开始投递"),
        watched.transaction() as session,
    ):
        getattr(calendar, word)(session, house(watched), OCTOBER, by="王", at=DUE, **more)


def test_a_month_that_is_far_or_long_past_is_not_steered(watched: App) -> None:
    for month, why in ((date(2030, 1, 1), "太远"), (date(2020, 1, 1), "早已过去")):
        with pytest.raises(calendar.NotSteerable, match=why), watched.transaction() as session:
            calendar.hold(session, house(watched), month, "x", by="王", at=DUE)


def test_no_issue_is_named_for_a_month_before_its_day(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    with watched.transaction() as session:
        calendar.hold(session, house(watched), OCTOBER, "等领导", by="王", at=BEFORE)
    refused = pytest.raises(calendar.NotSteerable, match="才到期，到时才能选定一期")
    with refused, watched.transaction() as session:
        calendar.release(session, house(watched), OCTOBER, issue="2026-09", by="王", at=BEFORE)
    assert stands(watched) == "held/person"


def test_what_a_new_issue_lacks_is_said_beside_an_approved_one_of_long_ago(watched: App) -> None:
    issue_of(watched, date(2026, 1, 1))
    assert lacks(watched) == ["没有本月的期刊；已批准的只有 2026-01 期，比本月早 9 个月"]
    issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    assert "还没有批准" in lacks(watched)


def lacks(app: App) -> list[str]:
    """What is missing for October."""
    with app.reading() as session:
        (row,) = calendar.timetable(session, house(app), [OCTOBER], at=BEFORE)
    return [one.sentence for one in row.missing]
