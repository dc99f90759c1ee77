"""The text of articles is data: it appears as it is and cannot reach the machinery."""

import re
from html import unescape

import pytest
from digest_samples import PERSONAL, TEMPLATES, TOPICS, choose, make_article, make_issue, make_sheet
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.digests import Choice, Digest, Interests, join, render_sheet
from distribution.digests.headers import checked
from distribution.digests.wording import clean
from distribution.templates import Marks
from distribution.words import Reason

HOSTILE = [
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{# 注释 #}",
    "<script>alert(1)</script>",
    "<!--",
    "--> <!-- 12345:heading -->",
    "</td></tr></table>",
    "</style><style>*{display:none}</style>",
    '" onclick="x',
    "&lt;b&gt; &amp;amp; &nbsp;",
    "<![if mso]>",
    "100 %s %(x)s {0}",
    "\\1 \\g<0>",
    "喆𠮷👍🏽 ①㎡℃",
]


def mail_of(title: str) -> Digest:
    sheet = make_sheet(make_article(1, "policy", title=title, summary=f"摘要{title}"))
    return join(sheet, [Choice(101, Reason.TOPIC, "policy")], PERSONAL)


def shown(html: str) -> list[str]:
    """Titles as a browser would show them."""
    return [unescape(title) for title in re.findall(r"<h3[^>]*><a[^>]*>([^<]*)</a></h3>", html)]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_appears_as_it_is(title: str) -> None:
    digest = mail_of(title)
    assert shown(digest.html) == [clean(title)]
    assert title in " ".join(digest.text.split())


def test_a_title_that_holds_the_marks_of_its_own_sheet_is_only_a_title() -> None:
    issue = make_issue(make_article(1, "policy"))
    marks = Marks.absent_from(repr((issue, TOPICS, None)))
    for mark in (marks.piece("heading"), marks.slot("count")):
        digest = mail_of(mark)
        assert shown(digest.html) == [mark]
        assert mark in digest.text


def test_a_number_that_occurs_is_not_used_as_mark() -> None:
    first = Marks.absent_from("内容").number
    assert Marks.absent_from(f"内容{first}").number not in f"内容{first}"


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec=None), max_size=30))
def test_any_title_appears_without_what_cannot_be_printed(title: str) -> None:
    digest = mail_of(title)
    assert shown(digest.html) == [clean(title)]
    digest.html.encode()
    digest.text.encode()


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_clean_text_stands_in_a_header_and_stays_as_it_is(text: str) -> None:
    assert checked("Subject", clean(text)) == clean(clean(text))


@settings(deadline=None)
@given(st.text("喆𠮷👍🏽Ａa①㎡é<&%{} ", max_size=40))
def test_clean_loses_nothing_that_can_be_printed(text: str) -> None:
    assert clean(text) == " ".join(text.split())


@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_watch_word_is_shown_and_not_obeyed(word: str) -> None:
    sheet = make_sheet(make_article(1, "policy"))
    digest, tame = (
        join(sheet, [Choice(101, Reason.WATCH_WORD, one)], PERSONAL) for one in (word, "液压")
    )
    assert f"关注词：{clean(word)}" in unescape(digest.html)
    assert "<script" not in digest.html
    assert digest.html.count("<td") == tame.html.count("<td")


def test_a_hostile_address_cannot_leave_its_attribute() -> None:
    sheet = make_sheet(make_article(1, "policy"))
    evil = type(PERSONAL)(*(['https://a.cn/?a=1&b="><script>'] * 5))
    digest = join(sheet, [Choice(101, Reason.CONTENTS, "")], evil)
    assert "<script" not in digest.html
    assert 'src="https://a.cn/?a=1&amp;b=&quot;&gt;&lt;script&gt;"' in digest.html


def test_hostile_topic_names_and_mastheads_are_data_too() -> None:
    issue = make_issue(make_article(1, "policy"))
    sheet = render_sheet(issue, {"policy": "<b>{{ 1 }}</b>"}, TEMPLATES)
    digest = join(sheet, choose(issue.articles, Interests(("policy",)), minimum=0), PERSONAL)
    assert "您关注：&lt;b&gt;{{ 1 }}&lt;/b&gt;" in digest.html
