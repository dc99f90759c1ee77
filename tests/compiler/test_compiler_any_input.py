"""Whatever comes in: an issue, or one sentence; never a traceback, and never for long."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.compiler.compiling import read_issue
from distribution.compiler.content import ReadIssue
from distribution.errors import DistributionError

SAMPLE = Path(__file__).parents[2] / "distribution" / "sample" / "issue.txt"
HEAD = "三晋装备\n2026年第11期\n目录\n政策措施\n试点工作正式启动……1\n新型轴承通过验证……2\n"
BODY = "试点工作正式启动\n"

PIECES = st.sampled_from(
    [
        "三晋装备", "2026年第11期", "总第447期", "增刊", "目 录", "政策措施", "试点启动……1",
        "试点启动", "12", "……", "$x^{", "$a_2$", "编辑：甲", "电话：1", "\f", "\ufffd", "（", "”",
        "2026年10月9日三晋装备网：", "本报讯", "1、", "进", "进一步。", "主 办", "2026年99月99日",
    ]
)  # fmt: skip


def outcome(data: bytes) -> ReadIssue | DistributionError:
    try:
        return read_issue(data, "任意.txt")
    except DistributionError as error:
        return error


@given(st.binary(max_size=400))
def test_any_bytes_give_an_issue_or_a_sentence(data: bytes) -> None:
    assert isinstance(outcome(data), ReadIssue | DistributionError)


@given(st.lists(PIECES | st.text(max_size=12), max_size=40))
def test_any_lines_give_an_issue_or_a_sentence(lines: list[str]) -> None:
    data = "\n".join(lines).encode("utf-8", "ignore")

    assert isinstance(outcome(data), ReadIssue | DistributionError)


@given(st.lists(PIECES | st.text(max_size=12), max_size=40))
def test_any_body_behind_good_contents_gives_an_issue(lines: list[str]) -> None:
    data = (HEAD + BODY + "\n".join(lines)).encode("utf-8", "ignore")

    assert isinstance(outcome(data.replace(b"\0", b"")), ReadIssue)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_torn_sample_keeps_its_articles(data: st.DataObject) -> None:
    """Lines may be lost anywhere behind the contents; what is lost is complained about."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("2026年10月16日"))
    cut = data.draw(st.integers(first, len(lines) - 10))
    length = data.draw(st.integers(1, 20))

    found = outcome("\n".join(lines[:cut] + lines[cut + length :]).encode())

    assert isinstance(found, ReadIssue)
    assert len(found.articles) == 29
    assert all(article.paragraphs or found.complaints for article in found.articles)


@pytest.mark.parametrize(
    "unit",
    [
        "a", "　", "\n", "甲", "甲乙丙\n", "……", "……1\n", "第", "12\n", "(", "“", "$x_1", "。",
        "试点启动……1\n", "一二三四五六七八九十", "新型轴承通过验证\n", "三晋装备 第11期\n",
        "编辑：", "电 ", "进\n", "2026年10月9日", "\ufdfa",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", HEAD, HEAD + BODY])
def test_long_files_of_anything_are_answered(before: str, unit: str) -> None:
    size = 250_000 // len(unit.encode())

    assert isinstance(outcome((before + unit * size).encode()), ReadIssue | DistributionError)


def test_a_megabyte_of_different_titles_is_answered() -> None:
    contents = "\n".join(f"新型轴承第{n:05}号通过验证……1" for n in range(300))
    body = "\n".join(f"旧式轴承第{n * 7:06}号未过验证" for n in range(20_000))
    head = "三晋装备\n2026年第11期\n目录\n政策措施\n"

    found = outcome(f"{head}{contents}\n{BODY}{body}".encode())

    assert isinstance(found, DistributionError)
