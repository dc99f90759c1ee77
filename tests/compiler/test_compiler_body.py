"""Where articles begin and end, and what belongs to none."""

from collections.abc import Callable

import pytest

from distribution.compiler.content import ReadIssue
from distribution.compiler.unreadable import UnreadableIssue

Read = Callable[..., ReadIssue]


@pytest.mark.parametrize(
    "title",
    [
        "“2026 装备—职教”论坛在太原举办",
        '"2026装备-职教"论坛在太原举办',
        "「２０２６装备―职教」论坛 在太原举办",
        "“2026装备—职教”\n论坛在太原举办",
        "“2026装备—职教”\n论坛\n在太原举办",
    ],
)
def test_titles_match_whatever_their_quotes_widths_and_breaks(read: Read, title: str) -> None:
    issue = read(
        contents="产教融合\n“2026 装备—职教”论坛在太原举办……7", body=f"{title}\n论坛开幕。"
    )

    (article,) = issue.articles
    assert article.title == "“2026 装备—职教”论坛在太原举办"
    assert article.paragraphs == ("论坛开幕。",)
    assert issue.complaints == ()


def test_a_title_with_a_misprint_is_found_and_named(read: Read) -> None:
    issue = read(
        contents="政策措施\n全省装备企业数字化改造试点工作正式启动……1",
        body="全省装备企业数字化改造试点工作正试启动\n试点今日启动。",
    )

    assert issue.articles[0].paragraphs == ("试点今日启动。",)
    (complaint,) = issue.complaints
    assert complaint.problem.startswith("标题仅近似匹配")
    assert (complaint.line, complaint.excerpt) == (11, "全省装备企业数字化改造试点工作正试启动")


def test_a_sentence_like_a_title_is_no_title(read: Read) -> None:
    issue = read(
        contents="政策措施\n试点工作正式启动……1\n全省装备企业数字化改造全面展开……2",
        body="试点工作正式启动\n全省装备企业数字化改造全面展开。",
    )

    assert issue.articles[0].paragraphs == ("全省装备企业数字化改造全面展开。",)
    assert issue.articles[1].paragraphs == ()


def test_an_article_that_is_not_in_the_body_is_kept_and_named(read: Read) -> None:
    issue = read(body="试点工作正式启动\n试点今日启动。")

    assert [article.paragraphs for article in issue.articles] == [("试点今日启动。",), ()]
    assert issue.articles[1].summary == ""
    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (12, "新型轴承通过验证")


def test_a_title_without_text_is_named(read: Read) -> None:
    issue = read(body="试点工作正式启动\n新型轴承通过验证\n轴承寿命延长。")

    (complaint,) = issue.complaints
    assert (complaint.line, complaint.problem) == (13, "标题之下没有正文")


def test_articles_in_another_order_are_all_found(read: Read) -> None:
    issue = read(body="新型轴承通过验证\n轴承寿命延长。\n试点工作正式启动\n试点今日启动。")

    assert [article.paragraphs for article in issue.articles] == [
        ("试点今日启动。",),
        ("轴承寿命延长。",),
    ]
    assert [complaint.problem for complaint in issue.complaints] == [
        "这篇文章在正文中的先后与目录不一致"
    ]


def test_two_articles_may_share_a_title(read: Read) -> None:
    issue = read(
        contents="政策措施\n图片新闻……1\n图片新闻……2",
        body="图片新闻\n其一。\n图片新闻\n其二。",
    )

    assert [article.paragraphs for article in issue.articles] == [("其一。",), ("其二。",)]


def test_text_before_the_first_title_is_named(read: Read) -> None:
    issue = read(body="卷首的话。\n试点工作正式启动\n试点今日启动。\n新型轴承通过验证\n好。")

    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (13, "卷首的话。")


@pytest.mark.parametrize(
    "furniture",
    [
        "7",
        "— 7 —",
        "·7·",
        "第 7 页",
        "7/12",
        "三晋装备通讯",
        "三晋装备通讯 2026年第11期",
        "2026 年第 11 期 总第 447 期",
        "7 三晋装备通讯 2026年11月",
        "装备制造 三晋装备通讯 7",
        "\f三晋装备通讯",
    ],
)
def test_page_numbers_and_running_heads_do_not_cut_a_sentence(read: Read, furniture: str) -> None:
    issue = read(
        body=f"试点工作正式启动\n试点今\n{furniture}\n日启动。\n新型轴承通过验证\n轴承寿命延长。"
    )

    assert issue.articles[0].paragraphs == ("试点今日启动。",)
    assert issue.complaints == ()


@pytest.mark.parametrize("text", ["480", "2026年", "《三晋装备通讯》编辑部说明。"])
def test_what_only_resembles_furniture_is_kept(read: Read, text: str) -> None:
    issue = read(body=f"试点工作正式启动\n试点启动。\n{text}\n新型轴承通过验证\n轴承寿命延长。")

    assert issue.articles[0].paragraphs == ("试点启动。", text)


def test_a_section_name_far_from_its_section_is_named(read: Read) -> None:
    issue = read(body="试点工作正式启动\n试点启动。\n新型轴承通过验证\n轴承\n政策措施\n寿命延长。")

    assert issue.articles[1].paragraphs == ("轴承寿命延长。",)
    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (17, "政策措施")


def test_a_body_without_any_of_the_titles_is_no_issue(read: Read) -> None:
    with pytest.raises(UnreadableIssue, match="2 篇文章，正文里一篇也没有找到"):
        read(body="另外的文字。")


def test_characters_without_a_name_are_reported(read: Read) -> None:
    issue = read(body="试点工作正式启动\n试点\ufffd启动。\n新型轴承通过验证\n轴承寿命延长。")

    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (14, "试点\ufffd启动。")


def test_a_sections_name_that_a_comma_follows_is_text(read: Read) -> None:
    body = (
        "试点工作正式启动\n螺栓可以追溯。\n装备制造\n，说到底是用心。\n新型轴承通过验证\n寿命延长。"
    )

    issue = read(body=body)

    assert issue.articles[0].paragraphs == ("螺栓可以追溯。", "装备制造，说到底是用心。")
