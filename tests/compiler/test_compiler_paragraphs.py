"""Joining what page and column breaks have cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.compiler.account import Homes
from distribution.compiler.body.blocks import blocks_of
from distribution.compiler.body.looks import Looks
from distribution.compiler.content import Complaint, Paragraph
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import Line


def read(lines: list[Line]) -> tuple[list[tuple[int, str]], list[Complaint]]:
    placed, complaints = blocks_of(lines, Looks(None, 0), Homes())
    texts = [
        (one.line.number, one.block.text) for one in placed if isinstance(one.block, Paragraph)
    ]
    return texts, [one for one in complaints if one.kind is not Doubt.JOINED]


def texts_of(*lines: str) -> list[str]:
    numbered = [Line(number, line) for number, line in enumerate(lines, start=1)]
    return [text for _, text in read(numbered)[0]]


def test_a_cut_sentence_is_joined_over_several_breaks() -> None:
    assert texts_of("首批企业，", "来自十一个市", "的园区。") == ["首批企业，来自十一个市的园区。"]


@pytest.mark.parametrize("end", ["。", "！", "？", "：", "……", "。”", "。）", ".", "!", "？》"])
def test_a_sentence_end_ends_a_paragraph(end: str) -> None:
    assert texts_of(f"试点启动{end}", "企业参加。") == [f"试点启动{end}", "企业参加。"]


@pytest.mark.parametrize("end", ["，", "、", "；", "”", "）", "》", "2026年", "3.", "%", "ESG"])
def test_anything_else_is_the_middle_of_a_sentence(end: str) -> None:
    assert texts_of(f"试点启动{end}", "企业参加。") == [f"试点启动{end}企业参加。"]


def test_numbered_headings_and_items_stand_alone() -> None:
    lines = ["一、总体要求", "要求如下。", "（二）重点任务", "1、抓落实；", "2、抓考核。"]

    assert texts_of(*lines) == lines


def test_a_number_after_a_comma_is_no_item() -> None:
    assert texts_of("第2、", "3、4条适用。") == ["第2、3、4条适用。"]


def test_latin_words_keep_a_blank_between_them() -> None:
    assert texts_of("wheel", "probe（探", "头）。") == ["wheel probe（探头）。"]


def test_a_character_doubled_at_a_break_is_dropped_once_and_named() -> None:
    lines = [Line(7, "保障权益。进"), Line(9, "进一步强化。")]

    paragraphs, complaints = read(lines)

    assert paragraphs == [(7, "保障权益。进一步强化。")]
    assert [(one.line, one.problem) for one in complaints] == [
        (9, "分页处重复的「进」已去掉一个，请核对")
    ]


def test_two_characters_doubled_inside_a_clause_are_dropped_once() -> None:
    assert texts_of("推动企业创新", "创新发展。") == ["推动企业创新发展。"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("中小企业", "业务增长。"),
        ("做到，人", "人参与。"),
        ("共有，20", "2026年。"),
        ("共2", "2年。"),
    ],
)
def test_what_may_be_right_twice_is_left_alone(before: str, after: str) -> None:
    assert texts_of(before, after) == [before + after]


def test_a_character_that_may_be_doubled_is_named() -> None:
    _, complaints = read([Line(1, "中小企业"), Line(2, "业务增长。")])

    assert [one.problem for one in complaints] == ["分页处的「业」字连续出现两次，未作改动，请核对"]


LINES = st.lists(
    st.text(alphabet="进一步企业创新，。、；：（）“”2.a 一", min_size=1, max_size=8)
    .map(lambda text: " ".join(text.split()))
    .filter(bool),
    max_size=8,
)


@given(LINES)
def test_joining_loses_nothing_but_what_it_names(lines: list[str]) -> None:
    paragraphs, complaints = read([Line(n, line) for n, line in enumerate(lines)])

    dropped = [
        one.problem.split("「")[1].split("」")[0] for one in complaints if "去掉" in one.problem
    ]
    before = "".join("".join(lines).split())
    after = "".join("".join(text for _, text in paragraphs).split())
    assert len(after) + sum(map(len, dropped)) == len(before)
    remaining = iter(before)
    assert all(character in remaining for character in after)


@given(LINES)
def test_joining_what_is_joined_changes_nothing(lines: list[str]) -> None:
    whole = [f"{line}。" for line in lines if line[0] not in "，。、；：）”"]

    assert texts_of(*whole) == whole
