"""The gallery: which digests hang in it, and how each looks the same on any machine."""

from itertools import permutations

import pytest
from digest_samples import PERSONAL, PUBLICATION, TEMPLATES, TOPICS, make_issue, make_sheet
from hypothesis import given
from hypothesis import strategies as st

from distribution.digests import (
    Exhibit,
    Interests,
    Selector,
    exhibits,
    hang,
    in_scheme,
    join,
    preheader,
    render_sheet,
)
from distribution.digests.opening import body_of, with_on_top
from distribution.words import TopicsFrom

WISHES = Interests(())


def exhibit(name: str, articles: str, readers: int = 1, kind: str = "own") -> Exhibit:
    """One digest; each letter is an article."""
    return Exhibit(kind, frozenset(map(ord, articles)), readers, WISHES, 0, name)


def names(all_of_them: list[Exhibit], count: int) -> dict[str, tuple[str, ...]]:
    return {hung.exhibit.signature: hung.roles for hung in hang(all_of_them, count)}


FIVE = [
    exhibit("whole", "abcdefgh", 5, "whole"),
    exhibit("first", "abc", 9),
    exhibit("near", "abcd", 3),
    exhibit("far", "efg", 1),
    exhibit("short", "ab", 2),
]


def test_one_of_each_kind_the_largest_and_the_smallest_always_hang() -> None:
    more = [exhibit("theirs", "abd", 2, "enterprise"), exhibit("rules", "abe", 1, "default")]
    assert names([*FIVE, *more], 0) == {
        "whole": ("whole",),
        "first": ("own",),
        "theirs": ("enterprise",),
        "rules": ("default",),
        "near": ("largest",),
        "short": ("smallest",),
    }


def test_next_comes_what_is_farthest_from_all_that_hang() -> None:
    assert list(names(FIVE, 1)) == ["whole", "first", "near", "short", "far"]
    assert names(FIVE, 1)["far"] == ("different",)


def test_of_equally_far_ones_the_one_with_more_readers_hangs() -> None:
    others = [exhibit("few", "xyz", 1), exhibit("many", "uvw", 7), exhibit("some", "rst", 3)]
    only = [exhibit("whole", "abcdefgh", 5, "whole"), exhibit("own", "abc", 9), *others]
    assert [name for name, roles in names(only, 2).items() if "different" in roles] == [
        "many", "some",
    ]  # fmt: skip


def test_what_has_the_same_articles_as_something_that_hangs_is_not_different() -> None:
    twins = [*FIVE, exhibit("twin", "efg", 1)]
    assert sum("different" in roles for roles in names(twins, 50).values()) == 1


def test_the_order_they_come_in_changes_nothing() -> None:
    expected = hang(FIVE, 3)
    assert all(hang(order, 3) == expected for order in permutations(FIVE))


@given(st.lists(st.frozensets(st.integers(1, 12), min_size=1), min_size=1, max_size=20))
def test_never_more_than_asked_for_and_never_twice(sets: list[frozenset[int]]) -> None:
    all_of_them = [
        Exhibit("own", articles, 1, WISHES, 0, str(number)) for number, articles in enumerate(sets)
    ]
    hung = hang(all_of_them, 4)
    signatures = [one.exhibit.signature for one in hung]
    assert len(signatures) == len(set(signatures))
    others = {one.exhibit.articles for one in hung if one.roles != ("different",)}
    different = [one.exhibit.articles for one in hung if one.roles == ("different",)]
    assert len(different) == min(4, len(set(sets) - others))
    assert not set(different) & others


def test_readers_of_the_same_digest_are_counted_together() -> None:
    issue = make_issue()
    selector = Selector(issue, minimum=3)
    sheet = render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION)
    theirs = TopicsFrom.ENTERPRISE
    found = exhibits(
        sheet,
        selector,
        [
            (Interests(("quality",)), 4),
            (Interests(("quality", "nothing")), 2),
            (Interests(("quality",), topics_from=theirs), 3),
            (Interests(("nothing",)), 1),
            (Interests(("nothing",), when_matching=True), 8),
            (Interests(()), 5),
        ],
    )
    assert [(one.kind, one.readers, one.others, len(one.articles)) for one in found] == [
        ("own", 6, 1, 3),
        ("enterprise", 3, 0, 3),
        ("none", 1, 0, 3),
        ("whole", 5, 0, 29),
    ]


def test_the_standard_edition_hangs_even_where_nobody_gets_it() -> None:
    issue = make_issue()
    sheet = render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION)
    found = exhibits(sheet, Selector(issue, minimum=3), [(Interests(("quality",)), 4)])
    assert [(one.kind, one.readers) for one in found] == [("own", 4), ("whole", 0)]


@pytest.mark.parametrize("dark", [True, False])
def test_a_mail_is_dark_or_light_whatever_the_machine_prefers(
    dark: bool,  # noqa: FBT001
) -> None:
    title = "主题 (prefers-color-scheme:dark) 与 light dark"
    sheet = make_sheet(*make_issue().articles)
    choices = Selector(make_issue(), minimum=3).select(Interests(("quality",))).choices
    html = join(sheet, choices, PERSONAL).html.replace("</body>", f"<p>{title}</p></body>")
    assert "(prefers-color-scheme:dark)" in html.partition("</head>")[0]

    head, _, body = in_scheme(html, dark=dark).partition("</head>")

    assert "prefers-color-scheme" not in head
    assert ("@media (min-width:0px)" if dark else "@media (max-width:0px)") in head
    assert f'content="{"dark" if dark else "light"}"' in head
    assert body == html.partition("</head>")[2]  # articles say what they say


HIDDEN = (
    '<BODY class="b">\n<div style="display:none;color:#fff">前言&nbsp;\u200c</div><p>文</p></body>'
)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (HIDDEN, HIDDEN.replace("</div><p>", "</div>\n!\n<p>")),
        ("<body><p>文</p></body>", "<body>\n!\n<p>文</p></body>"),
        ("<p>没有 body</p>", "\n!\n<p>没有 body</p>"),
    ],
)
def test_a_note_stands_on_top_of_what_is_seen(html: str, expected: str) -> None:
    assert with_on_top(html, "!") == expected


def test_the_inbox_still_reads_the_mails_own_words_first() -> None:
    assert preheader(with_on_top(HIDDEN, "<div>样刊</div>")) == "前言"
    assert preheader("<body><p>文</p></body>") == ""
    assert body_of("<html><body bgcolor='x'> <p>记</p>\n</body></html>") == "<p>记</p>"
