"""`distribution schedule`: the months on the terminal."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_office import Office, programme
from databases import only_sqlite
from run_desk import deeds
from runs import add_reader, approve

from distribution import clock
from distribution.app import App
from distribution.calendar import clockwork

pytestmark = only_sqlite
NOVEMBER = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
NOTICE = {
    "year": 2027,
    "papers": ["https://gov.example/2027"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": False},
        {"name": "劳动节", "date": "2027-05-01", "isOffDay": True},
        {"name": "国庆节", "date": "2027-10-01", "isOffDay": True},
        {"name": "国庆节", "date": "2027-10-04", "isOffDay": True},
    ],
}


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    move_to(monkeypatch, NOVEMBER)


def move_to(
    monkeypatch: pytest.MonkeyPatch, moment: datetime, jumped: timedelta = timedelta(0)
) -> None:
    """Time passes; by so much of it the clock was only set."""
    monkeypatch.setattr(clock, "now", lambda: moment)
    since = moment - jumped - NOVEMBER + timedelta(hours=1)
    monkeypatch.setattr(clockwork, "elapsed", since.total_seconds)


@pytest.fixture
def notice(tmp_path: Path) -> str:
    path = tmp_path / "2027.json"
    path.write_text(json.dumps(NOTICE, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_year_is_shown_with_its_days_and_reasons(office: Office) -> None:
    shown = office("schedule", "show", "--year", "2026", "--json").document
    assert [row["month"] for row in shown["rows"]] == [f"2026-{n:02d}" for n in range(1, 13)]
    october = shown["rows"][9]
    assert (october["date"], october["weekday"], october["time"], october["reason"]) == (
        "2026-10-01",
        "周四",
        "09:00",
        "一号（国庆节假期，照常）",
    )
    assert (october["known"], shown["unknown_years"]) == (True, [])


def test_a_year_that_is_not_known_is_marked(office: Office) -> None:
    shown = office("schedule", "show", "--year", "2027", "--json").document
    assert (shown["unknown_years"], {row["known"] for row in shown["rows"]}) == ([2027], {False})
    said = office("schedule", "show", "--year", "2027").out
    assert "2027 年的放假通知尚不知道" in said
    assert "2027-01-01*" in said


def test_the_next_month_says_what_is_missing_and_who_looks(office: Office, issue: str) -> None:
    said = office("schedule", "show").out
    assert re.search(rf"2026-12 +2026-12-01 +周二 +09:00 +一号 +{issue} +还差", said)
    assert f"distribution issue approve {issue}" in said
    assert "还没有进程看过日程" in said
    office("schedule", "tick")
    assert "看过日程。" in office("schedule", "show").out


def test_that_nobody_has_looked_for_long_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office("schedule", "tick")
    move_to(monkeypatch, NOVEMBER + timedelta(minutes=6))
    assert "此后没有，到日子不会投递" in office("schedule", "show").out


def test_the_issue_leaves_by_a_tick_at_its_hour(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.transaction() as session:
        add_reader(session, app, "a@sanjin.example", NOVEMBER)
    assert office("schedule", "tick").out == "没有到期的。\n"
    approve(app, issue)
    move_to(monkeypatch, DECEMBER)
    said = office("schedule", "tick")
    assert (said.code, "2026-12：批次 1 已开始投递" in said.out) == (0, True)
    (row,) = office("schedule", "show", "--json").document["rows"][:1]
    assert (row["state"], row["run"], row["issue"]) == ("sent", 1, issue)
    assert deeds(app, "schedule.start") == [("2026-12", {"issue": issue, "run": 1})]


def test_a_tick_sees_that_the_clock_jumped_since_the_one_before(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(app, issue)
    hour = timedelta(hours=1)
    for moment, jumped in ((NOVEMBER, 0 * hour), (DECEMBER - hour, 0 * hour), (DECEMBER, 2 * hour)):
        move_to(monkeypatch, moment, jumped)
        said = office("schedule", "tick")
    assert (said.code, "2026-12：等待处理" in said.out) == (1, True)
    assert "只因时钟一下子拨快了才到" in said.out
    move_to(monkeypatch, DECEMBER + hour, 2 * hour)
    assert office("schedule", "tick").out == "没有到期的。\n"


def test_a_month_without_an_issue_ends_the_tick_with_1_and_a_release_with_its_reason(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office("schedule", "tick")
    move_to(monkeypatch, DECEMBER)
    said = office("schedule", "tick")
    assert (said.code, said.out) == (
        1,
        f"2026-12：等待处理（{issue} 期还没有批准）\n",
    )
    assert "distribution issue approve" in office("schedule", "show").out
    refused = office("schedule", "release", "2026-12")
    assert (refused.code, "请先 distribution issue approve" in refused.sentence) == (1, True)
    approve(app, issue)
    preview = office("schedule", "release", "2026-12", "--dry-run")
    assert preview.out.startswith(f"2026-12 放行：{issue} 期立即开始投递。")
    assert deeds(app, "schedule.release") == []
    move_to(monkeypatch, DECEMBER + timedelta(hours=12))
    later = office("schedule", "release", "２０２６年12月")
    assert f"{issue} 期 2026-12-02 09:00 开始投递" in later.out
    again = office("schedule", "release", "2026-12").sentence
    assert "已放行" in again
    assert "要换一期，先运行 distribution schedule hold 2026-12 --reason 缘由" in again
    move_to(monkeypatch, DECEMBER + timedelta(days=1))
    assert office("schedule", "tick").code == 0


def test_a_release_at_once_does_not_wait_for_the_morning(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office("schedule", "tick")
    move_to(monkeypatch, DECEMBER + timedelta(hours=12))
    office("schedule", "tick")
    office("schedule", "hold", "2026-12", "--reason", "等领导")
    approve(app, issue)
    said = office("schedule", "release", "2026-12", "--now")
    assert (said.code, "已开始投递" in said.out) == (0, True)


def test_a_month_is_held_and_skipped_and_taken_back(office: Office, app: App) -> None:
    preview = office("schedule", "hold", "2027-01", "--reason", "停一期", "--dry-run")
    assert "没有改动" in preview.out
    assert deeds(app, "schedule.hold") == []
    office("schedule", "hold", "2027-01", "--reason", "停一期")
    assert "停一期" in office("schedule", "show").out
    office("schedule", "skip", "2027-01", "--reason", "停一期")
    rows = office("schedule", "show", "--json").document["rows"]
    assert [row["state"] for row in rows if row["month"] == "2027-01"] == ["skipped"]
    back = office("schedule", "release", "2027-01")
    assert back.out == "2027-01 不再搁置：2027-01-01 09:00 照常。\n"
    assert [subject for subject, _ in deeds(app, "schedule.skip")] == ["2027-01"]


@pytest.mark.parametrize("written", ["2027", "2027-13", "十二月", "1999-01"])
def test_what_is_no_month_is_said(office: Office, written: str) -> None:
    refused = office("schedule", "release", written)
    assert (refused.code, "应写作 2027-01" in refused.err) == (2, True)


def test_a_notice_is_entered_and_says_what_it_moves(
    office: Office, app: App, notice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SCHEDULE_ON_HOLIDAY", "next-workday")
    preview = office("schedule", "import-notice", notice, "--dry-run")
    assert preview.out.startswith("会导入 2027 年的放假通知：休息 4 天，调休上班 1 天。")
    said = office("schedule", "import-notice", notice, "--year", "2027").out
    assert re.search(r"2027-01 +2027-01-04（顺延：元旦假期） +2027-01-02（顺延：元旦假期）", said)
    assert office("schedule", "show", "--year", "2027", "--json").document["unknown_years"] == []
    assert office("schedule", "import-notice", notice).out == (
        "已替换 2027 年的放假通知：休息 4 天，调休上班 1 天。\n今后的投递日没有变化。\n"
    )
    detail = deeds(app, "schedule.import_notice")[0][1]
    assert detail["source"] == "https://gov.example/2027"


def test_a_notice_that_cannot_be_used_changes_nothing(office: Office, notice: str) -> None:
    refused = office("schedule", "import-notice", notice, "--year", "2028")
    assert (refused.code, "不是 2028 年的" in refused.sentence) == (2, True)
    assert office("schedule", "import-notice", "/none.json").code == 2
    shown = office("schedule", "show", "--year", "2027", "--json").document
    assert shown["unknown_years"] == [2027]


def test_the_houses_own_file_is_found_in_its_folder(office: Office, app: App) -> None:
    own = app.settings.home / "holidays.toml"
    own.write_text('[[day]]\ndate = 2026-12-01\noff = true\nname = "厂庆"\n', encoding="utf-8")
    (row,) = office("schedule", "show", "--json").document["rows"][1:2]
    assert row["reason"] == "一号（厂庆，照常）"
    own.write_text("[[day]]\n", encoding="utf-8")
    refused = office("schedule", "show")
    assert (refused.code, "第 1 个 [[day]]" in refused.sentence) == (2, True)


def test_with_the_schedule_off_nobody_ticks(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SCHEDULE", "off")
    for words in (("schedule", "tick"), ("scheduler",)):
        refused = office(*words)
        assert (refused.code, "schedule 是 off" in refused.sentence) == (1, True)
    assert "自动投递已关闭" in office("schedule", "show").out


def test_hours_that_end_before_they_begin_are_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SCHEDULE_UNTIL", "08:00")
    refused = office("schedule", "show")
    assert (refused.code, "应不早于 schedule_time" in refused.sentence) == (2, True)


def test_real_mail_from_a_trial_does_not_leave_by_schedule(
    environment: dict[str, str],
) -> None:
    refused = programme(environment, "schedule", "tick", DISTRIBUTION_TRANSPORT="smtp")
    assert (refused.code, "base_url" in refused.sentence) == (2, True)
