"""Text files: their lines, whatever ends them, and the tables drawn with characters."""

import pytest

from distribution.compiler import Source
from distribution.compiler.formats.text import read_text
from distribution.compiler.lines import Line


def lines(text: str) -> list[Line]:
    return list(read_text(Source("本期.txt", text.encode())).lines)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_keep_their_own_numbers(end: str) -> None:
    assert [(line.number, line.text) for line in lines(f"甲{end}{end}乙")] == [(1, "甲"), (3, "乙")]


@pytest.mark.parametrize("mark", ["\f", "\v", "\x85", "\u2028", "\u2029"])
def test_breaks_inside_a_line_end_it_and_the_place_stays_true(mark: str) -> None:
    found = lines(f"{mark}甲{mark}乙\n丙")

    assert [(line.text, line.place) for line in found] == [
        ("甲", "第 1 行"), ("乙", "第 1 行"), ("丙", "第 2 行"),
    ]  # fmt: skip
    assert [line.number for line in found] == [1, 2, 3]


@pytest.mark.parametrize(
    "table",
    [
        "| 企业 | 产值 |\n|------|:----:|\n| 甲厂 | 1.5 |",
        "+------+------+\n| 企业 | 产值 |\n+======+======+\n| 甲厂 | 1.5  |\n+------+------+",
        "┌──┬──┐\n│企业│产值│\n├──┼──┤\n│甲厂│1.5 │\n└──┴──┘",
        "企业\t产值\n甲厂\t1.5",
    ],
)
def test_rows_are_divided_and_rules_are_no_lines(table: str) -> None:
    assert [line.cells for line in lines(table)] == [("企业", "产值"), ("甲厂", "1.5")]


def test_an_empty_corner_keeps_the_columns_in_place() -> None:
    assert [line.cells for line in lines("\t上年\t本年\n甲厂\t1.5\t2.5")] == [
        ("", "上年", "本年"),
        ("甲厂", "1.5", "2.5"),
    ]


@pytest.mark.parametrize(
    "row", ["\t试点启动。", "1.\t试点启动。", "一、\t试点启动。", "•\t试点启动。", "试点|启动"]
)
def test_an_indented_or_counted_line_is_no_row(row: str) -> None:
    assert lines(row)[0].cells == ()


def test_a_rule_of_dashes_is_a_line_for_others_to_judge() -> None:
    assert [line.text for line in lines("甲\n--------\n乙")] == ["甲", "--------", "乙"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["|", "\t", "\f", "+-", "　", "甲|", "│", "1.\t"])
def test_a_very_long_line_is_read(unit: str) -> None:
    assert len(lines("甲" + unit * (2_000_000 // len(unit.encode())) + "乙")) >= 1
