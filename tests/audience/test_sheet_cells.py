"""Cells of sheets: telephones, dates, roles, lists and answers, as people write them."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience.sheets import cells
from distribution.audience.sheets.cells import Cell, read_list, read_role, read_watch_words
from distribution.audience.sheets.dates import read_date
from distribution.audience.sheets.phones import read_phone
from distribution.words import Edition, Frequency, MailFormat, Role, Tracking

MOBILE = "13800000000"
LAND = "0351-1234567"

PHONES = {
    MOBILE: MOBILE,
    "138 0000 0000": MOBILE,
    "138-0000-0000": MOBILE,
    "１３８００００００００": MOBILE,
    "+86-13800000000": MOBILE,
    "+86 138 0000 0000": MOBILE,
    "0086 13800000000": MOBILE,
    "(+86)13800000000": MOBILE,
    "8613800000000": MOBILE,
    "13800000000.0": MOBILE,
    "手机：13800000000": MOBILE,
    "Tel: 13800000000": MOBILE,
    f"{MOBILE},": MOBILE,
    LAND: LAND,
    "(0351)1234567": LAND,
    "（0351） 1234567": LAND,
    "0351—1234567": LAND,
    "0351 1234567": LAND,
    "+86-351-1234567": LAND,
    "0351-1234567转801": f"{LAND}转801",
    "0351-1234567-801": f"{LAND}转801",
    "0351-1234567 转 801": f"{LAND}转801",
    "0351-1234567 ext. 801": f"{LAND}转801",
    "010-12345678": "010-12345678",
    "7654321": "7654321",
    "4001234567": "400-123-4567",
    "+1 650 555 0000": "+16505550000",
    f"{MOBILE}/13900000000": f"{MOBILE}、13900000000",
    f"{MOBILE} 13900000000": f"{MOBILE}、13900000000",
    f"{LAND}；{MOBILE}": f"{LAND}、{MOBILE}",
    f"{MOBILE} {MOBILE}": MOBILE,
}
UNREAD_PHONES = ["abc", "1380000", "1.38E+10", "138000000001", "同上", "电话", "+", "00"]

DATES = {
    "2026-03-01": date(2026, 3, 1),
    "2026/3/1": date(2026, 3, 1),
    "2026.3.1": date(2026, 3, 1),
    "2026.03.01": date(2026, 3, 1),
    "2026年3月1日": date(2026, 3, 1),
    "2026 年 3 月 1 日": date(2026, 3, 1),
    "２０２６－０３－０１": date(2026, 3, 1),
    "20260301": date(2026, 3, 1),
    "2026-03-01 00:00:00": date(2026, 3, 1),
    "2026-03-01T08:30:00": date(2026, 3, 1),
    "46082": date(2026, 3, 1),
    "46082.0": date(2026, 3, 1),
    "40000": date(2009, 7, 6),
    "2024-02-29": date(2024, 2, 29),
}
UNREAD_DATES = [
    "2026-02-30",
    "2026-13-01",
    "1.3.2026",
    "99999",
    "12345",
    "待定",
    "0000-00-00",
    "3月",
]

ROLES = {
    "联络员": Role.LIAISON,
    "联系人": Role.LIAISON,
    "liaison": Role.LIAISON,
    "企业联络员": Role.LIAISON,
    "办公室主任（联络员）": Role.LIAISON,
    "董事长": Role.MANAGER,
    "总经理": Role.MANAGER,
    "总 经 理": Role.MANAGER,
    "副总经理": Role.MANAGER,
    "分管技术副总经理": Role.MANAGER,
    "董事长兼总经理": Role.MANAGER,
    "总裁": Role.MANAGER,
    "厂长": Role.MANAGER,
    "常务副总": Role.MANAGER,
    "GM": Role.MANAGER,
    "厂办主任": Role.ADMINISTRATION,
    "总工办主任": Role.TECHNOLOGY,
    "人资专员": Role.PERSONNEL,
    "技质部部长": Role.QUALITY,
    "Quality Manager": Role.QUALITY,
    "CEO": Role.MANAGER,
    "技术部长": Role.TECHNOLOGY,
    "总工程师": Role.TECHNOLOGY,
    "副总工": Role.TECHNOLOGY,
    "研发中心主任": Role.TECHNOLOGY,
    "技术": Role.TECHNOLOGY,
    "质量部": Role.QUALITY,
    "质检科长": Role.QUALITY,
    "品控经理": Role.QUALITY,
    "人力资源总监": Role.PERSONNEL,
    "人事主管": Role.PERSONNEL,
    "HR": Role.PERSONNEL,
    "办公室主任": Role.ADMINISTRATION,
    "行政": Role.ADMINISTRATION,
    "综合部部长": Role.ADMINISTRATION,
    "文秘": Role.ADMINISTRATION,
    "总经理助理": Role.ADMINISTRATION,
    "其他": Role.OTHER,
}

LISTS = {
    "质量管理，政策": ("质量管理", "政策"),
    "质量管理、政策；技术;人才": ("质量管理", "政策", "技术", "人才"),
    "质量管理\n政策": ("质量管理", "政策"),
    "质量管理|政策": ("质量管理", "政策"),
    "质量/政策": ("质量", "政策"),
    "质量/标准、政策": ("质量/标准", "政策"),
    "1.质量管理 2.政策": ("质量管理", "政策"),
    "1、质量管理 2、政策": ("质量管理", "政策"),
    "（1）质量管理（2）政策": ("质量管理", "政策"),
    "①质量管理②政策": ("质量管理", "政策"),
    "质量管理，，政策，质量管理": ("质量管理", "政策"),
    "5G，3D打印": ("5G", "3D打印"),
    "GB/T 19001，工业4.0": ("GB/T 19001", "工业4.0"),
    "CNC，cnc": ("CNC",),
    "，、；": None,
}


@pytest.mark.parametrize("cell", PHONES, ids=ascii)
def test_a_telephone_number_is_tidied(cell: str) -> None:
    assert read_phone(cell) == Cell(PHONES[cell])


@pytest.mark.parametrize("cell", UNREAD_PHONES, ids=ascii)
def test_what_is_no_telephone_number_is_noted(cell: str) -> None:
    assert read_phone(cell) == Cell(None, (f"电话「{cell}」看不懂，未导入",))


def test_what_stands_beside_a_number_is_noted() -> None:
    note = "电话「13800000000（王）」按 13800000000 导入，其余未导入"

    assert read_phone("13800000000（王）") == Cell(MOBILE, (note,))


def test_numbers_beyond_forty_characters_are_noted() -> None:
    cell = read_phone(f"{LAND}、13800000000、13900000000、13700000000")

    assert cell.value == f"{LAND}、13800000000、13900000000"
    assert len(cell.notes) == 1


@pytest.mark.parametrize("cell", DATES, ids=ascii)
def test_a_date_is_read(cell: str) -> None:
    assert read_date("到期日期", cell) == Cell(DATES[cell])


@pytest.mark.parametrize("cell", UNREAD_DATES, ids=ascii)
def test_what_is_no_date_is_noted(cell: str) -> None:
    note = f"到期日期「{cell}」不是日期，未导入：请写成 2026-03-01"

    assert read_date("到期日期", cell) == Cell(None, (note,))


@pytest.mark.parametrize(
    ("cell", "begins", "ends"),
    [
        ("2026年2月", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_or_year_is_its_first_day_or_its_last(cell: str, begins: date, ends: date) -> None:
    first, last = read_date("入会日期", cell), read_date("到期日期", cell, end=True)

    assert (first.value, last.value) == (begins, ends)
    assert "没有写到日" in first.notes[0]


@pytest.mark.parametrize("cell", ROLES, ids=ascii)
def test_a_title_says_a_role(cell: str) -> None:
    assert read_role(cell) == Cell(ROLES[cell])


@pytest.mark.parametrize("cell", ["销售经理", "会计", "工会主席", "副总会计师"])
def test_a_title_that_says_no_role_is_noted(cell: str) -> None:
    note = f"职务「{cell}」没有对应的角色，记为其他"

    assert read_role(cell) == Cell(Role.OTHER, (note,))


@pytest.mark.parametrize("role", Role)
def test_each_role_is_read_from_its_label_and_code(role: Role) -> None:
    assert read_role(role.label) == read_role(role.value) == Cell(role)


@pytest.mark.parametrize("cell", LISTS, ids=ascii)
def test_a_list_is_taken_apart(cell: str) -> None:
    assert read_list("关注主题", cell) == Cell(LISTS[cell])


def test_a_word_that_is_too_long_is_noted_and_the_others_are_kept() -> None:
    cell = read_list("关注主题", f"质量，{'长' * 41}，政策")

    assert cell.value == ("质量", "政策")
    assert "最多 40 个" in cell.notes[0]


def test_watch_words_beyond_the_limit_are_noted() -> None:
    cell = read_watch_words("，".join(f"词{number}" for number in range(53)))

    assert cell.value is not None
    assert len(cell.value) == 50
    assert cell.notes == ("关注词最多 50 个，后 3 个未导入",)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cells.read_frequency, "每期", Frequency.EVERY_ISSUE),
        (cells.read_frequency, "每月", Frequency.EVERY_ISSUE),
        (cells.read_frequency, "有匹配时", Frequency.WHEN_MATCHING),
        (cells.read_frequency, "when_matching", Frequency.WHEN_MATCHING),
        (cells.read_edition, "个性化", Edition.PERSONALISED),
        (cells.read_edition, "标准版", Edition.STANDARD),
        (cells.read_edition, "标准", Edition.STANDARD),
        (cells.read_format, "ＨＴＭＬ", MailFormat.HTML),
        (cells.read_format, "纯文本", MailFormat.TEXT),
        (cells.read_format, "txt", MailFormat.TEXT),
        (cells.read_tracking, "同意", Tracking.GRANTED),
        (cells.read_tracking, "是", Tracking.GRANTED),
        (cells.read_tracking, "不同意", Tracking.DENIED),
        (cells.read_tracking, "不统计", Tracking.DENIED),
        (cells.read_tracking, "只作匿名统计", None),
    ],
)
def test_an_answer_is_read(read: Callable[[str], Cell[object]], text: str, value: object) -> None:
    assert read(text) == Cell(value)


@pytest.mark.parametrize(
    "read", [cells.read_frequency, cells.read_edition, cells.read_format, cells.read_tracking]
)
def test_an_unknown_answer_is_noted_with_what_may_be_written(
    read: Callable[[str], Cell[object]],
) -> None:
    cell = read("随便")

    assert cell.value is None
    assert "「随便」看不懂，未导入：可写 " in cell.notes[0]


def test_yes_and_no_are_read() -> None:
    answers = [cells.read_yes_no("退订", text).value for text in ("是", "√", "Y", "否", "×", "?")]

    assert answers == [True, True, True, False, False, None]


@pytest.mark.parametrize("text", ["", " ", "　", "\u200b", "无", "暂无", "-", "——", "N/A", "／"])
def test_an_empty_cell_says_nothing(text: str) -> None:
    assert cells.is_blank(text)


@pytest.mark.parametrize("text", ["无锡", "是", "0"])
def test_a_filled_cell_says_something(text: str) -> None:
    assert not cells.is_blank(text)


READERS: list[Callable[[str], Cell[object]]] = [
    read_phone,
    read_role,
    read_watch_words,
    cells.read_frequency,
    cells.read_tracking,
    cells.read_code,
    lambda text: read_list("关注主题", text),
    lambda text: read_date("到期日期", text, end=True),
    lambda text: cells.read_yes_no("退订", text),
]


@given(st.text(max_size=60) | st.text("0123456789-/.年月日 转+()，①", max_size=30))
def test_no_cell_is_an_error(text: str) -> None:
    for read in READERS:
        cell = read(text)
        assert all(note and note.isprintable() for note in cell.notes)
    assert len(read_phone(text).value or "") <= 40
