"""Joined base64: what the standard library reads back is what was meant, whatever the reader."""

import string
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache

import pytest
from digest_samples import (
    HEADERS,
    PERSONAL,
    choose,
    compose,
    make_article,
    make_issue,
    make_sheet,
    unpadded,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.digests import Choice, Composer, Interests, Personal, Sheet, join
from distribution.digests.encoding import LINE, addressable, lined, wired
from distribution.digests.layout import ADDRESSES
from distribution.words import Reason

ODD = ["山西机电", "喆", "𠮷", "👍🏽", "é", "“引”", "<b>", "&amp;", "{{ 1 }}", "@" * 40, "=?", "  "]
titles = st.lists(st.sampled_from(ODD) | st.text(max_size=6), min_size=1, max_size=8).map("".join)
tokens = st.text(string.ascii_letters + string.digits + "-_", min_size=30, max_size=30)


@cache
def whole_sheet() -> Sheet:
    """Rendered once; hypothesis would print a fixture in full."""
    return make_sheet()


@pytest.fixture
def sheet() -> Sheet:
    return whole_sheet()


def read_back(message: bytes) -> tuple[str, str]:
    """HTML and text as a mail program gets them."""
    read = message_from_bytes(message, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not any(part.defects for part in read.walk())
    text, html = (part.get_content() for part in read.iter_parts())
    return html, text.replace("\r\n", "\n")


@settings(deadline=None)
@given(
    topics=st.lists(st.sampled_from(["policy", "quality", "science", "nowhere"]), unique=True),
    word=st.sampled_from(["", "之12", "之2", "煤矿"]) | st.text(max_size=9),
    standard=st.booleans(),
    links=st.lists(tokens, min_size=5, max_size=5),
    origin=st.sampled_from(
        ["https://a.cn", "https://a.cn/?a=<1>&b", "http://localhost:8000/刊", "https://" + "x" * 90]
    ),
    counted=st.booleans(),
)
def test_every_reader_gets_what_was_meant(
    topics: list[str],
    word: str,
    standard: bool,  # noqa: FBT001
    links: list[str],
    origin: str,
    counted: bool,  # noqa: FBT001
) -> None:
    sheet = whole_sheet()
    reader = Interests(tuple(topics), (word,) if word else (), standard=standard)
    choices = choose(make_issue().articles, reader, discovery=["science"])
    urls = [f"{origin}/{path}/{token}" for path, token in zip("crupo", links, strict=True)]
    personal = Personal(*urls[:4], open_url=urls[4] if counted else None, counted=counted)
    html, text = read_back(compose(sheet, choices, personal))
    meant = join(sheet, choices, personal)
    assert unpadded(html) == unpadded(meant.html)
    assert text == meant.text
    assert html.count(links[0]) >= 3 * len(choices)
    assert ("<img" in html) == counted


@settings(deadline=None, max_examples=25)
@given(st.lists(titles, min_size=1, max_size=4), titles)
def test_any_title_and_summary_comes_back(given_titles: list[str], summary: str) -> None:
    articles = [
        make_article(at, "policy", title=title, summary=summary)
        for at, title in enumerate(given_titles, start=1)
    ]
    sheet = make_sheet(*articles)
    choices = choose(articles, Interests(("policy",)))
    html, text = read_back(compose(sheet, choices))
    meant = join(sheet, choices, PERSONAL)
    assert unpadded(html) == unpadded(meant.html)
    assert text == meant.text


@settings(deadline=None)
@given(st.binary(max_size=LINE * 200))
def test_lines_are_those_of_the_standard(content: bytes) -> None:
    read = message_from_bytes(b"Content-Transfer-Encoding: base64\r\n\r\n" + lined(content))
    assert read.get_payload(decode=True) == content
    assert all(len(line) == 76 for line in lined(content).split(b"\r\n")[:-2])


def test_a_composer_that_has_made_many_mails_makes_the_same_ones(sheet: Sheet) -> None:
    composer = Composer(sheet)
    for number in range(5_000):  # more reasons than are remembered
        word = Choice(101, Reason.WATCH_WORD, f"词{number}")
        composer.compose([word], PERSONAL, HEADERS)
    assert all(len(known) <= 4_096 for known in composer._encoder._known.values())
    assert len(sheet.labels) <= 4_096
    choices = choose(make_issue().articles, Interests(("quality",), ("之12",)))
    assert composer.compose(choices, PERSONAL, HEADERS) == compose(sheet, choices)


def test_readers_whose_links_lead_to_different_pages_share_no_piece(sheet: Sheet) -> None:
    composer = Composer(sheet)
    choices = choose(make_issue().articles, Interests(("quality",)))
    plain = replace(PERSONAL, click_url="https://read.example.cn/r/" + "E" * 30)
    for personal in (PERSONAL, plain, PERSONAL):
        assert composer.compose(choices, personal, HEADERS) == compose(sheet, choices, personal)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_end_travels_as_the_standard_wants_it(ending: str) -> None:
    assert wired(f"一{ending}二") == "一\r\n二".encode()


def test_an_address_without_a_token_is_refused(sheet: Sheet) -> None:
    broken = replace(PERSONAL, unsubscribe_url="https://a.cn/u/short")
    with pytest.raises(ValueError, match="without a token"):
        compose(sheet, [Choice(101, Reason.CONTENTS, "")], broken)


def test_every_address_of_the_bundled_templates_can_be_moved_into_a_line(sheet: Sheet) -> None:
    assert all(addressable(piece) for piece in sheet.html.values())
    assert {slot for piece in sheet.html.values() for slot in piece[1::2]} >= set(ADDRESSES)
