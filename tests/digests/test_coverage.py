"""What an issue would mean to its readers, counted from values alone."""

import random
from dataclasses import replace

import pytest
from digest_samples import (
    PERSONAL,
    PUBLICATION,
    TEMPLATES,
    TOPICS,
    make_article,
    make_issue,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.digests import (
    Composer,
    Coverage,
    Interests,
    Selector,
    Tally,
    fewer,
    render_sheet,
    tallying,
)
from distribution.digests.coverage import Shares
from distribution.digests.encoding import LINE
from distribution.digests.measuring import Scale
from distribution.issues import Contract, Limit, StoredArticle, StoredIssue
from distribution.words import Cause, MailFormat, TopicsFrom, Tracking

QUALITY, POLICY = Interests(("quality",)), Interests(("policy",))
NOTHING = Interests((), topics_from=TopicsFrom.NOBODY)
SMALL = (
    make_article(1, "policy"),
    make_article(2, "policy"),
    make_article(3, "quality", paragraphs=("瓦斯抽采一体化",)),
    make_article(4, "science", must_carry=True),
)


def make_tally(
    *articles: StoredArticle,
    minimum: int = 3,
    discovery: tuple[str, ...] = (),
    limits: tuple[Limit, ...] = (),
    leading_nowhere: frozenset[str] = frozenset(),
) -> Tally:
    """A tally of an issue of these articles, or of the small one."""
    issue = make_issue(*(articles or SMALL), contract=Contract(limits=limits))
    return Tally(
        issue,
        Selector(issue, minimum=minimum, discovery=discovery),
        Composer(render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION)),
        PERSONAL,
        TOPICS,
        leading_nowhere=leading_nowhere,
    )


def count(tally: Tally, *groups: tuple[Interests, int]) -> Coverage:
    """What comes of so many readers of each kind."""
    for number, (wishes, readers) in enumerate(groups):
        tally.add(wishes, [f"r{reader}@k{number}.example" for reader in range(readers)])
    return tally.coverage()


def shares(found: Coverage, number: int) -> Shares:
    return found.articles[number - 1].shares


def test_each_reader_of_an_article_is_counted_once_by_why_he_gets_it() -> None:
    limits = (Limit("质量管理", least=1, label="质量月"),)

    found = count(
        make_tally(minimum=4, discovery=("science", "quality"), limits=limits),
        (POLICY, 5),  # 1 and 2 his own, 4 for all, 3 to discover
        (Interests(("science",)), 2),  # 4 his own, 3 to discover, 1 and 2 to fill up
        (Interests(("equipment",), watch_words=("瓦斯抽采",)), 1),
    )

    assert shares(found, 1) == Shares(own=5, must_carry=0, discovery=0, section=0, contents=3)
    assert shares(found, 3) == Shares(own=1, must_carry=0, discovery=7, section=0, contents=0)
    assert shares(found, 4) == Shares(own=2, must_carry=6, discovery=0, section=0, contents=0)
    assert [article.readers for article in found.articles] == [8, 8, 8, 8]


def test_an_article_the_editor_wants_of_a_section_is_counted_as_that() -> None:
    found = count(make_tally(limits=(Limit("质量管理", least=1),)), (POLICY, 2))

    assert shares(found, 3) == Shares(own=0, must_carry=0, discovery=0, section=2, contents=0)


def test_articles_nobody_gets_are_there_with_nobody() -> None:
    found = count(make_tally(minimum=1), (POLICY, 3))

    assert [article.readers for article in found.articles] == [3, 3, 0, 3]
    assert [article.shares.own for article in found.articles] == [3, 3, 0, 0]


def test_cells_count_the_followers_of_a_topic_who_get_the_article() -> None:
    found = count(
        make_tally(minimum=1),
        (POLICY, 3),
        (Interests(("policy", "quality")), 2),
        (Interests(("quality",), standard=True), 7),  # his topics choose nothing
    )

    topics = {topic.code: topic for topic in found.topics}
    assert list(topics) == list(TOPICS)
    assert (topics["policy"].followers, topics["policy"].cells) == (5, (5, 5, 2, 5))
    assert (topics["quality"].followers, topics["quality"].cells) == (2, (2, 2, 2, 2))
    assert (topics["science"].followers, topics["science"].articles) == (0, 1)
    assert topics["science"].cells == (0, 0, 0, 0)


def test_who_gets_little_of_his_own_and_little_at_all_is_counted() -> None:
    found = count(
        make_tally(minimum=2),
        (Interests(("education",)), 1),
        (QUALITY, 2),
        (POLICY, 4),
        (Interests(("policy", "quality")), 8),
        (NOTHING, 16),  # follows nothing: that he has nothing of his own says nothing
        (Interests(("policy",), standard=True), 32),
    )

    assert found.own == {0: 1, 1: 2, 2: 4, 3: 8}
    assert fewer(found.own) == 7
    assert found.in_mail == {2: 3, 3: 4, 4: 56}
    assert fewer(found.in_mail) == 3


def test_who_wants_mail_only_where_something_matches_is_left_out_where_nothing_does() -> None:
    only = {"when_matching": True}
    tally = make_tally()
    tally.leave_out(Cause.LEFT, 5)

    found = count(
        tally,
        (Interests(("education",), **only), 2),  # type: ignore[arg-type]
        (Interests((), watch_words=("不存在的词",), **only), 3),  # type: ignore[arg-type]
        (Interests(("quality",), **only), 4),  # type: ignore[arg-type]
        (Interests((), topics_from=TopicsFrom.NOBODY, **only), 6),  # type: ignore[arg-type]
    )

    assert found.left_out == {Cause.LEFT: 5, Cause.NO_MATCH: 5}
    assert (found.readers, found.mailed) == (20, 10)
    assert sum(found.in_mail.values()) == 10


def test_interests_that_can_never_match_are_counted_and_the_first_readers_named() -> None:
    tally = make_tally(leading_nowhere=frozenset({"education", "industry"}))

    found = count(
        tally,
        (Interests(("education", "industry")), 30),
        (Interests(("education", "policy")), 1),
        (Interests(("education",), watch_words=("无人机",)), 1),
        (Interests(("education",), standard=True), 1),
        (NOTHING, 1),
    )

    assert found.never == 30
    assert found.never_named == tuple(f"r{reader}@k0.example" for reader in range(20))


def test_different_interests_and_different_mails_are_counted() -> None:
    found = count(
        make_tally(),
        (POLICY, 10),
        (Interests(("policy",), watch_words=("不存在的词",)), 1),  # another wish, the same mail
        (Interests(("policy",), tracking=Tracking.GRANTED), 1),
        (Interests(("policy",), format=MailFormat.TEXT), 1),
        (QUALITY, 1),
    )

    assert found.selections == 5
    assert found.mails == {MailFormat.HTML: 2, MailFormat.TEXT: 1}


def test_the_largest_mail_is_measured_as_it_would_be_made() -> None:
    issue = make_issue(*SMALL)
    granted = Interests(("policy", "quality"), tracking=Tracking.GRANTED)

    found = count(make_tally(), (POLICY, 2), (granted, 2), (QUALITY, 2))

    largest = found.largest
    assert largest is not None
    assert (largest.recipient, largest.wishes, largest.articles) == ("r0@k1.example", granted, 4)
    assert largest.html_bytes == exact(issue, granted)


def test_a_mail_of_text_alone_is_never_the_largest() -> None:
    found = count(make_tally(), (Interests(("policy",), format=MailFormat.TEXT), 1))

    assert (found.largest, found.too_large) == (None, 0)


def test_readers_whose_mails_would_be_refused_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    wide, narrow = Interests(("policy", "quality")), POLICY
    limit = exact(make_issue(*SMALL), wide) // LINE - 1
    monkeypatch.setattr(tallying, "HTML_LINES", limit)

    found = count(make_tally(), (narrow, 3), (wide, 4), (NOTHING, 2))

    too_large = {
        wishes: exact(make_issue(*SMALL), wishes) // LINE > limit
        for wishes in (narrow, wide, NOTHING)
    }
    assert (too_large[wide], too_large[narrow]) == (True, False)
    assert found.too_large == 4 + 2 * too_large[NOTHING]


def exact(issue: StoredIssue, wishes: Interests) -> int:
    """How long the HTML is that is made for these wishes."""
    composer = Composer(render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION))
    choices = Selector(issue, minimum=3).select(wishes).choices
    granted = wishes.tracking is Tracking.GRANTED
    pixel = "https://read.example.cn/o/" + "E" * 30 if granted else None
    return composer.html_bytes(choices, replace(PERSONAL, open_url=pixel))


def test_what_was_summed_up_early_is_counted_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(6)  # noqa: S311 - no secret
    groups = [
        (Interests(tuple(rng.sample(list(TOPICS), rng.randint(0, 7)))), rng.randint(1, 9))
        for _ in range(60)
    ]
    at_once = count(make_tally(), *groups)
    monkeypatch.setattr(tallying, "_KEPT", 3)

    assert count(make_tally(), *groups) == at_once


WHOLE = make_issue()
SHEET = render_sheet(WHOLE, TOPICS, TEMPLATES, PUBLICATION)


@settings(max_examples=60, deadline=None)
@given(
    topics=st.lists(st.sampled_from(list(TOPICS)), unique=True),
    words=st.lists(st.sampled_from(["装备", "目录", "<&>", "没有"]), unique=True),
    standard=st.booleans(),
    topics_from=st.sampled_from(TopicsFrom),
)
def test_the_length_reckoned_from_pieces_is_that_of_the_mail(
    topics: list[str],
    words: list[str],
    standard: bool,  # noqa: FBT001 - drawn by name
    topics_from: TopicsFrom,
) -> None:
    wishes = Interests(tuple(topics), tuple(words), standard=standard, topics_from=topics_from)
    choices = Selector(WHOLE, minimum=3, discovery=("science",)).select(wishes).choices

    reckoned = Scale(SHEET, PERSONAL).at_most(choices)

    assert reckoned * LINE == Composer(SHEET).html_bytes(choices, PERSONAL)


def test_where_a_template_counts_among_the_articles_the_length_is_never_too_little() -> None:
    piece = ("<p>", "count", ' <a href="', "click_url", '">', "preview", "</a></p>")
    pieces = {name: piece for name in SHEET.html if name.startswith("article-")}
    sheet = replace(SHEET, html={**SHEET.html, **pieces})
    scale, composer = Scale(sheet, PERSONAL), Composer(sheet)

    for topics in (("quality",), ("policy", "science"), tuple(TOPICS), ()):
        choices = Selector(WHOLE, minimum=3).select(Interests(topics)).choices
        least = composer.html_bytes(choices, PERSONAL)
        assert least <= scale.at_most(choices) * LINE <= least + (3 + 4) * LINE * len(choices)
