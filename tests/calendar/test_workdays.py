"""Which days are worked, and on which day of a month its issue leaves."""

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from distribution import calendar
from distribution.calendar import Day, Rule, Workdays

RULE = Rule(1, time(9), time(18), "same-day")
KNOWN = Workdays()

WORKED_WEEKENDS = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}
WEEKDAYS_OFF = (
    {"01-01", "01-02", "04-06", "05-01", "05-04", "05-05", "06-19", "09-25"}
    | {f"02-{day}" for day in (16, 17, 18, 19, 20, 23)}
    | {f"10-0{day}" for day in (1, 2, 5, 6, 7)}
)
"""Of 2026, as announced on 4 November 2025: the rest is as its weekday."""


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def moved(policy: str, month: int, year: int = 2026) -> tuple[str, str]:
    slot = calendar.slot_of(date(year, month, 1), replace(RULE, on_holiday=policy), KNOWN)
    return f"{slot.day:%m-%d}", slot.reason


def test_every_day_of_2026_is_as_it_was_announced() -> None:
    for day in days_of(2026):
        short = f"{day:%m-%d}"
        usual = day.weekday() >= 5
        expected = (usual and short not in WORKED_WEEKENDS) or short in WEEKDAYS_OFF
        assert KNOWN.day(day).off == expected, day


def test_for_every_day_of_2026_the_three_policies_find_the_nearest_day_worked() -> None:
    off = {day for day in days_of(2026) if KNOWN.day(day).off}
    for day in days_of(2026):
        if day.day > 28:  # no setting names these
            continue
        month = day.replace(day=1)
        by = {
            policy: calendar.slot_of(month, Rule(day.day, time(9), time(18), policy), KNOWN).day
            for policy in ("same-day", "next-workday", "previous-workday")
        }
        assert by["same-day"] == day
        if day not in off:
            assert set(by.values()) == {day}
            continue
        later, earlier = by["next-workday"], by["previous-workday"]
        assert earlier < day < later
        between = [earlier + timedelta(days=n) for n in range(1, (later - earlier).days)]
        assert all(KNOWN.day(one).off for one in between)
        assert not KNOWN.day(later).off
        assert not KNOWN.day(earlier).off


def test_the_first_was_a_day_off_in_68_of_144_months() -> None:
    firsts = [date(year, month, 1) for year in range(2015, 2027) for month in range(1, 13)]
    assert len(firsts) == 144
    assert sum(KNOWN.day(first).off for first in firsts) == 68


@pytest.mark.parametrize(
    ("policy", "month", "expected"),
    [
        ("same-day", 1, ("01-01", "一号（元旦假期，照常）")),
        ("same-day", 2, ("02-01", "一号（周日，照常）")),
        ("same-day", 9, ("09-01", "一号")),
        ("next-workday", 1, ("01-04", "顺延：元旦假期")),  # a Sunday worked for it
        ("next-workday", 10, ("10-08", "顺延：国庆节假期")),
        ("next-workday", 8, ("08-03", "顺延：周六")),
        ("previous-workday", 1, ("12-31", "提前：元旦假期")),  # of the year before
        ("previous-workday", 3, ("02-28", "提前：周日")),  # a Saturday worked
        ("previous-workday", 5, ("04-30", "提前：劳动节假期")),
    ],
)
def test_the_reason_stands_beside_the_day(
    policy: str, month: int, expected: tuple[str, str]
) -> None:
    assert moved(policy, month) == expected


def test_a_slot_is_due_at_the_hour_of_shanxi() -> None:
    slot = calendar.slot_of(date(2026, 9, 1), RULE, KNOWN)
    assert slot.due_at.isoformat() == "2026-09-01T01:00:00+00:00"


def test_a_year_whose_notice_nobody_knows_is_marked() -> None:
    for year, unknown in ((2026, ()), (2027, (2027,)), (2028, (2028,))):
        assert calendar.slot_of(date(year, 10, 1), RULE, KNOWN).unknown == unknown
    back = replace(RULE, on_holiday="previous-workday")
    assert calendar.slot_of(date(2027, 1, 1), back, KNOWN).unknown == (2027,)


NOTICED = Workdays(
    announced={
        date(2027, 1, 1): Day(off=True, name="元旦"),
        date(2027, 1, 2): Day(off=False, name="元旦"),
        date(2027, 10, 1): Day(off=True, name="国庆节"),
    },
    years=(2027,),
)


def test_a_notice_decides_about_its_whole_year() -> None:
    assert NOTICED.knows(2027)
    assert not NOTICED.knows(2028)
    assert not NOTICED.day(date(2027, 1, 2)).off  # a Saturday that is worked
    assert not NOTICED.day(date(2027, 10, 4)).off  # what the library would guess counts no more
    assert NOTICED.day(date(2027, 10, 3)).off  # a Sunday
    assert NOTICED.day(date(2026, 10, 5)).off  # other years are the library's


def test_the_houses_own_days_stand_above_all() -> None:
    own = replace(NOTICED, own={date(2027, 1, 2): Day(off=True, name="厂休")})
    slot = calendar.slot_of(date(2027, 1, 1), Rule(2, time(9), time(18), "next-workday"), own)
    assert (slot.day, slot.reason) == (date(2027, 1, 4), "顺延：厂休")


def test_where_no_day_near_is_worked_somebody_must_look() -> None:
    never = Workdays(
        own={date(2026, 9, 1) + timedelta(days=n): Day(off=True, name="停产") for n in range(60)}
    )
    with pytest.raises(calendar.NoWorkday, match="2026-09-01"):
        calendar.slot_of(date(2026, 9, 1), replace(RULE, on_holiday="next-workday"), never)


# -- the house's own file ----------------------------------------------------------------------


def test_the_own_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text('[[day]]\ndate = 2027-02-08\noff = true\nname = "春节"\n', encoding="utf-8")
    assert calendar.read_days(path) == {date(2027, 2, 8): Day(off=True, name="春节")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[day]]\ndate = 2027-02-31", "第 2 行不合 TOML"),
        ("[[day]]\noff = true\nname = '春节'", "第 1 个 [[day]] 不能用：缺少 date"),
        ("[[day]]\ndate = '2027-02-08'\noff = true\nname = '春'", "date 应为不带引号的日期"),
        ("[[day]]\ndate = 2027-02-08T00:00:00\noff = true\nname = '春'", "date 应为不带引号"),
        ("[[day]]\ndate = 2027-02-08\noff = 1\nname = '春'", "off 应为 true"),
        ("[[day]]\ndate = 2027-02-08\noff = true\nname = ' '", "name 应为 1 至 40 字"),
        ("[[day]]\ndate = 2027-02-08\noff = true\nname = '春'\nof = 1", "没有 'of' 这一项"),
        ("[day]\ndate = 2027-02-08", "每一天应以单独一行 [[day]] 开头"),
        ("day = [1]", "第 1 个 [[day]] 不能用"),
        ("[[day]]\ndate = 2027-02-08\noff = true\nname = '春'\n" * 2, "第 2 个 [[day]] 不能用"),
    ],
)
def test_what_is_wrong_with_the_own_file_is_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(calendar.InvalidDays) as refused:
        calendar.read_days(path)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_own_file_that_is_not_there_or_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes("# 春节".encode("gbk"))
    for name, why in (("none.toml", "没有这个文件"), ("gbk.toml", "不是 UTF-8")):
        with pytest.raises(calendar.InvalidDays, match=why):
            calendar.read_days(tmp_path / name)


# -- the notice --------------------------------------------------------------------------------

WHOLE = ",".join(
    f'{{"name": "节", "date": "2027-{day}", "isOffDay": true}}'
    for day in ("01-01", "05-01", "10-01")
)


def notice(*days: str, year: object = 2027) -> str:
    return f'{{"year": {year}, "days": [{",".join(days)}]}}'


def entry(day: object, off: str = "true") -> str:
    return f'{{"name": "元旦", "date": "{day}", "isOffDay": {off}}}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "第 1 行不合 JSON"),
        ("[]", "应写成"),
        (notice(year='"2027"'), "year 应为"),
        (notice(), "里面没有"),
        (notice("1"), "days 的第 1 项"),
        (notice(entry("20270101")), "date 应写成"),
        (notice(entry("2025-01-01")), "离 2027 年太远"),
        (notice(entry("2027-01-01", off="1")), "isOffDay 应为"),
        (notice(entry("2027-01-01")), "2027-05-01 没有列为休息"),
        (notice(WHOLE, WHOLE), "已经写过"),
        (notice(WHOLE, year=2025), "离 2025 年太远"),
    ],
)
def test_what_is_wrong_with_a_notice_is_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "2027.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(calendar.InvalidNotice) as refused:
        calendar.read_notice(path)
    assert sentence in str(refused.value)


def test_a_notice_that_cannot_be_read_is_said_in_plain_words(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.json", "没有这个文件"), (tmp_path, "是文件夹")):
        with pytest.raises(calendar.InvalidNotice, match=f"读不了（{why}），请检查路径与权限"):
            calendar.read_notice(path)


def test_a_notice_of_another_year_than_meant_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2027.json"
    path.write_text(notice(WHOLE), encoding="utf-8")
    assert calendar.read_notice(path, 2027).source == "2027.json"
    with pytest.raises(calendar.InvalidNotice, match="不是 2028 年"):
        calendar.read_notice(path, 2028)
