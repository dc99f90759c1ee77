"""Lists of enterprises as offices keep them: facts, notes and refusals, row by row."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience.sheets import (
    EnterpriseFacts,
    EnterpriseField,
    EnterpriseLine,
    EnterpriseReader,
    read_enterprises,
)

HEADING = [field.label for field in EnterpriseField]
CODE = "91140100MA0EXAMP7L"
FULL = [
    "太行第一机械厂",
    "太行一机",
    CODE,
    "山西省太原市小店区",
    "C35 专用设备制造业",
    "2020年5月",
    "2026/12/31",
    "理事单位",
    "质量管理、政策",
]


def reader(*cells: list[str]) -> EnterpriseReader:
    return read_enterprises(enumerate((HEADING, *cells), 1))


def only(*cells: str) -> EnterpriseLine:
    (line,) = reader(list(cells))
    return line


def filled(field: EnterpriseField, cell: str) -> EnterpriseLine:
    cells = ["太行"] + [""] * (len(HEADING) - 1)
    cells[HEADING.index(field.label)] = cell
    return only(*cells)


def test_a_full_row_becomes_facts() -> None:
    line = only(*FULL)

    assert line.facts == EnterpriseFacts(
        name="太行第一机械厂",
        short_name="太行一机",
        credit_code=CODE,
        region="太原",
        industry="C35",
        member_since=date(2020, 5, 1),
        member_until=date(2026, 12, 31),
        without_end=False,
        notes="理事单位",
        topics=("质量管理", "政策"),
    )
    assert line.notes == ("入会日期「2020年5月」没有写到日，按 2020-05-01 导入",)


def test_a_name_alone_is_enough() -> None:
    assert only("太行").facts == EnterpriseFacts(name="太行")


@pytest.mark.parametrize("cell", ["长期", "永久", "长期有效"])
def test_a_membership_may_have_no_end(cell: str) -> None:
    line = filled(EnterpriseField.MEMBER_UNTIL, cell)

    assert line.facts == EnterpriseFacts(name="太行", without_end=True)
    assert line.notes == ()


@pytest.mark.parametrize(
    ("field", "cell", "note"),
    [
        (EnterpriseField.CREDIT_CODE, "9114O100MA0EXAMP7L", "是不是 0？"),
        (EnterpriseField.INDUSTRY, "专用设备制作", "是不是 C35 专用设备制造业"),
        (EnterpriseField.REGION, "经济技术开发区创新大道一百号院内", "看不出是哪个市，未导入"),
        (EnterpriseField.MEMBER_SINCE, "去年", "入会日期「去年」不是日期"),
        (EnterpriseField.MEMBER_UNTIL, "2026-02-30", "会籍到期「2026-02-30」不是日期"),
        (EnterpriseField.SHORT_NAME, "简" * 41, "有 41 个字，最多 40 个"),
        (EnterpriseField.TOPICS, "题" * 41, "最多 40 个"),
    ],
)
def test_an_optional_cell_that_cannot_be_read_is_noted(
    field: EnterpriseField, cell: str, note: str
) -> None:
    line = filled(field, cell)

    assert line.facts == EnterpriseFacts(name="太行")
    assert len(line.notes) == 1
    assert note in line.notes[0]


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("", "没有填写企业名称"),
        ("无", "没有填写企业名称"),
        ("太" * 201, "有 201 个字，最多 200 个"),
        ("太\x01行", "U+0001"),
    ],
    ids=range(4),
)
def test_a_name_that_cannot_be_kept_is_refused(name: str, refusal: str) -> None:
    line = only(name, "简称")

    assert line.facts is None
    assert refusal in line.refusals[0]


def test_an_enterprise_that_comes_again_is_refused_by_name_and_by_code() -> None:
    first, by_name, by_code, by_both, other = reader(
        ["太行（集团）", "", CODE],
        ["太行(集团)"],
        ["汾河", "", CODE.lower()],
        ["太行（集团）", "", CODE],
        ["汾河"],
    )

    assert first.facts is not None
    assert by_name.refusals == ("名称 太行(集团) 与第 2 行重复",)
    assert by_code.refusals == (f"信用代码 {CODE} 与第 2 行重复",)
    assert len(by_both.refusals) == 2
    assert other.facts is not None


def test_headings_printed_again_sums_and_empty_rows_are_passed_over_and_counted() -> None:
    sheet = reader(["太行"], [], HEADING, ["汾河"], ["合计：2 家"], ["制表人：郭安"])

    assert [line.number for line in sheet] == [2, 5]
    assert (sheet.blank_rows, sheet.repeated_headings, sheet.summary_rows) == (1, 1, 2)


def test_an_address_serves_as_region() -> None:
    (line,) = read_enterprises([(1, ["单位", "地址"]), (2, ["太行", "平遥县古城路1号"])])

    assert line.facts == EnterpriseFacts(name="太行", region="晋中")


CELL = st.text(max_size=12) | st.sampled_from(["太行", CODE, "合计", "长期", "C35", "平遥"])


@given(st.lists(st.lists(CELL, max_size=len(HEADING)), max_size=5))
def test_any_row_is_facts_or_refused(cells: list[list[str]]) -> None:
    for line in reader(*cells):
        assert (line.facts is None) == bool(line.refusals)
        assert line.cells == cells[line.number - 2]
        assert all((*line.refusals, *line.notes))
