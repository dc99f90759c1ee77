"""What stands between title and text, and where a torn line only looks like a heading."""

from collections.abc import Callable

import pytest

from distribution.compiler.content import ReadIssue

Read = Callable[..., ReadIssue]
CONTENTS = "政策措施\n试点工作正式启动……1"


def paragraphs(read: Read, *lines: str) -> tuple[str, ...]:
    issue = read(contents=CONTENTS, body="\n".join(["试点工作正式启动", *lines]))
    (article,) = issue.articles
    return article.paragraphs


@pytest.mark.parametrize(
    "above", ["本刊记者 张三", "□ 李四", "文/王五", "来源：三晋装备网", "——来自一线的报告", "王五"]
)
def test_an_author_or_subtitle_is_not_joined_with_the_text(read: Read, above: str) -> None:
    text = "2026年11月3日三晋工业报：试点启动。"

    assert paragraphs(read, above, text) == (above, text)


def test_a_stop_at_the_head_of_a_line_closes_the_line_above(read: Read) -> None:
    assert paragraphs(read, "他说：“好。", "”大家同意", "。") == ("他说：“好。”大家同意。",)


def test_a_torn_item_among_items_of_prose_is_no_heading(read: Read) -> None:
    lines = ["1、优化服务。办事一次。", "2、支持首台套推广", "应用。", "3、强化要素。用地优先。"]

    assert paragraphs(read, *lines) == (lines[0], lines[1] + lines[2], lines[3])


def test_headings_among_prose_stay_apart(read: Read) -> None:
    lines = ["一、总体要求", "坚持先立后破。", "二、重点任务", "更新一批设备。"]

    assert paragraphs(read, *lines) == tuple(lines)


@pytest.mark.parametrize("head", ["SANJIN ZHUANGBEI", "www.a.example", "内部资料 免费交流"])
def test_a_line_that_interrupts_sentences_again_and_again_is_a_head(read: Read, head: str) -> None:
    lines = ["试点今日", head, "启动，首批", head, "企业参加，效果", head, "良好。"]

    issue = read(contents=CONTENTS, body="\n".join(["试点工作正式启动", *lines]))

    assert issue.articles[0].paragraphs == ("试点今日启动，首批企业参加，效果良好。",)
    assert issue.account.furniture["running_head"] == 3 * len("".join(head.split()))


def test_a_subheading_that_recurs_between_paragraphs_is_kept(read: Read) -> None:
    lines = ["试点启动。", "主要做法", "企业参加。", "主要做法", "院校参加。", "主要做法", "完。"]

    assert "".join(paragraphs(read, *lines)).count("主要做法") == 3


def test_an_ornament_below_an_article_is_no_text(read: Read) -> None:
    assert paragraphs(read, "试点启动。", "■") == ("试点启动。",)
