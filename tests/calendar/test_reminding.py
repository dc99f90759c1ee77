"""Letters to the editors before a slot."""

import re
from datetime import date, timedelta

import pytest
from months import SEPTEMBER_ISSUE, alerts, at, house, issue_of, slot_of, tick, two_readers

from distribution import audience, calendar, delivery, issues, staff
from distribution.app import App
from distribution.models import Letter
from distribution.words import LetterPurpose, StaffRole

EDITOR = "editor@jixie.example"
BEFORE = at(9, 20)
SOON = timedelta(seconds=20)


@pytest.fixture
def watched(app: App) -> App:
    two_readers(app)
    tick(app, BEFORE)
    return app


def remind(app: App, *moments: object, **settled: object) -> None:
    of_house = {"addresses": (EDITOR,), **settled}
    for moment in moments:
        calendar.remind(house(app, **of_house), at=moment)  # type: ignore[arg-type]


def letters(app: App) -> list[Letter]:
    with app.reading() as session:
        found = delivery.list_letters(session, purpose=LetterPurpose.REMINDER)
        session.expunge_all()
    return list(reversed(found))


def test_the_editors_are_told_what_is_missing_five_two_and_one_days_before(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    day = timedelta(hours=8)
    moments = [at(9, 20) + n * day for n in range(36)]
    remind(watched, *moments, *moments)  # by another scheduler too
    said = letters(watched)
    assert [letter.key.split(":")[2] for letter in said] == ["5", "2", "1"]
    assert [letter.created_at >= at(9, 26) for letter in said] == [True] * 3
    first = said[0]
    assert first.recipient == EDITOR
    assert re.search("10 月 1 日投递：2026-09 期还差", first.subject)
    assert "distribution issue approve 2026-09" in first.text
    assert "2026-10-01 09:00（周四，一号（国庆节假期，照常））" in first.text.replace("\n", "")


def test_that_all_is_ready_is_said_once_on_the_last_day(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    remind(watched, at(9, 26), at(9, 29), at(9, 30), at(9, 30) + SOON)
    (letter,) = letters(watched)
    assert "2026-09 期已齐备" in letter.subject


def test_without_any_issue_the_import_is_what_is_missing(watched: App) -> None:
    remind(watched, at(9, 26))
    (letter,) = letters(watched)
    assert "还没有导入期刊" in letter.text


def test_of_two_issues_the_editors_are_to_choose(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    issue_of(watched, date(2026, 8, 1))
    remind(watched, at(9, 26))
    (letter,) = letters(watched)
    assert "2026-09、2026-08" in letter.text


def test_a_reminder_that_was_missed_is_not_made_up_for_beside_the_next(watched: App) -> None:
    remind(watched, at(9, 29, 12))
    assert [letter.key.split(":")[2] for letter in letters(watched)] == ["2"]


def test_a_month_that_still_waits_keeps_nobody_from_being_reminded_of_the_next(
    watched: App,
) -> None:
    tick(watched, at(10, 1))
    remind(watched, at(10, 1), at(10, 20), at(10, 27))
    (letter,) = letters(watched)
    assert "11 月 1 日投递" in letter.subject


def test_nobody_is_reminded_of_a_month_that_is_skipped(watched: App) -> None:
    with watched.transaction() as session:
        calendar.skip(session, house(watched), date(2026, 10, 1), "停", by="王", at=BEFORE)
    remind(watched, at(9, 26), at(9, 30))
    assert letters(watched) == []


def test_a_month_held_by_a_person_is_said_to_be(watched: App) -> None:
    issue_of(watched, SEPTEMBER_ISSUE)
    with watched.transaction() as session:
        calendar.hold(session, house(watched), date(2026, 10, 1), "等领导", by="王", at=BEFORE)
    remind(watched, at(9, 26))
    (letter,) = letters(watched)
    assert "等领导" in letter.text
    assert "distribution schedule release 2026-10" in letter.text
    assert slot_of(watched) is not None


def test_editors_of_the_staff_stand_before_the_settings(watched: App) -> None:
    with watched.transaction() as session:
        for name, role in (("李编辑", StaffRole.EDITOR), ("赵管理", StaffRole.ADMIN)):
            address = audience.read_address(f"{role.value}＠fenhe.example")  # full-width
            staff.add(session, name, address, [role], by="test", at=BEFORE)
    remind(watched, at(9, 26))
    assert [letter.recipient for letter in letters(watched)] == ["editor@fenhe.example"]


def test_no_days_no_reminders(watched: App) -> None:
    remind(watched, at(9, 26), at(9, 30), reminder_days=())
    assert letters(watched) == []


def test_that_a_years_days_off_are_not_known_is_said_where_it_matters(app: App) -> None:
    december = at(12, 10)
    remind(app, december)
    assert alerts(app, "calendar:unknown") == []
    remind(app, december, december + SOON, on_holiday="next-workday")
    (alert,) = alerts(app, "calendar:unknown")
    assert "2027" in alert.title


def test_what_voids_an_approval_is_said_in_time(watched: App) -> None:
    key = issue_of(watched, SEPTEMBER_ISSUE, approved=False)
    with watched.transaction() as session:
        delivery.approve_issue(
            session, key, watched.recipe, above=500, by="王", at=BEFORE, override="测试"
        )
        assert issues.find_issue(session, key).approved_at is not None
    own = watched.recipe.templates[0] / "digest"
    own.mkdir(parents=True)
    bundled = watched.recipe.templates[1] / "digest" / "body.txt"
    (own / "body.txt").write_text(bundled.read_text(encoding="utf-8") + "\n改", encoding="utf-8")
    remind(watched, at(9, 26))
    (letter,) = letters(watched)
    assert "批准已失效" in letter.text
    tick(watched, at(10, 1))
    slot = slot_of(watched)
    assert slot is not None
    assert "批准已失效" in slot.words
