"""Corrections are done again on whatever the file now says."""

from dataclasses import replace

import pytest
from desk_samples import TITLES, article
from runs import MASTHEAD

from distribution.compiler import Article, Paragraph
from distribution.issues.anchoring import anchors_of
from distribution.issues.correcting import Corrected, Correction, beginning, corrected
from distribution.words import CorrectionKind as Kind

FOUR = [article(title) for title in TITLES]
A, B, C, D = anchors_of(FOUR)


def deed(kind: Kind, anchor: str | None, number: int = 1, **value: object) -> Correction:
    return Correction(number, kind, anchor, value)


def done(*deeds: Correction, of: list[Article] = FOUR) -> Corrected:
    return corrected(MASTHEAD, list(zip(anchors_of(of), of, strict=True)), deeds)


def titles(issue: Corrected) -> list[str]:
    return [edited.article.title for edited in issue.articles]


def test_without_corrections_everything_stays_as_it_was_read() -> None:
    assert [edited.article for edited in done().articles] == [
        replace(one, position=n) for n, one in enumerate(FOUR, start=1)
    ]


def test_an_edit_changes_the_facts_it_names_and_no_other() -> None:
    issue = done(deed(Kind.EDIT, B, title="新标题", date="2026-09-02", topics=["quality"]))

    edited = issue.articles[1]
    assert edited.article.title == "新标题"
    assert edited.article.date is not None
    assert edited.article.blocks == FOUR[1].blocks
    assert (edited.topics, edited.anchor) == (("quality",), B)


def test_of_two_edits_the_later_one_counts() -> None:
    deeds = deed(Kind.EDIT, A, page=4), deed(Kind.EDIT, A, page=None)

    assert done(*deeds).articles[0].article.page is None


def test_a_merged_article_goes_to_the_end_of_the_other() -> None:
    issue = done(deed(Kind.MERGE, A, takes=C))

    assert titles(issue) == [TITLES[0], TITLES[1], TITLES[3]]
    assert issue.articles[0].article.blocks == FOUR[0].blocks + FOUR[2].blocks
    assert issue.articles[0].article.summary == FOUR[0].summary
    assert issue.gone == {C: A}


def test_a_title_without_text_gets_summary_and_source_of_the_text_it_takes() -> None:
    empty = replace(FOUR[0], blocks=(), summary="")
    told = replace(FOUR[1], source="晋工社")

    merged = done(deed(Kind.MERGE, A, takes=B), of=[empty, told]).articles[0].article

    assert (merged.title, merged.summary, merged.source) == (TITLES[0], told.summary, "晋工社")


def split(at: int = 2, of: Article = FOUR[0], title: str = "后半篇") -> Correction:
    value = {
        "at": at,
        "begins": beginning(of, at),
        "behind": beginning(of, at - 1),
        "title": title,
        "anchor": "后半篇",
    }
    return Correction(1, Kind.SPLIT, A, value)


def test_a_split_makes_an_article_of_what_stands_behind() -> None:
    issue = done(split())

    assert titles(issue) == [TITLES[0], "后半篇", *TITLES[1:]]
    assert issue.articles[0].article.blocks == FOUR[0].blocks[:1]
    second = issue.articles[1].article
    assert second.blocks == FOUR[0].blocks[1:]
    assert second.summary == FOUR[0].paragraphs[1]
    assert [edited.article.position for edited in issue.articles] == [1, 2, 3, 4, 5]


def test_a_split_finds_its_paragraph_though_others_came_before_it() -> None:
    longer = replace(FOUR[0], blocks=(Paragraph("新的开头。"), *FOUR[0].blocks))

    issue = done(split(), of=[longer, *FOUR[1:]])

    assert issue.articles[1].article.blocks == FOUR[0].blocks[1:]


def test_a_split_whose_paragraph_was_written_anew_stays_behind_the_one_before() -> None:
    first = FOUR[0].blocks[0]
    other = replace(FOUR[0], blocks=(Paragraph("新的开头。"), first, Paragraph("全改了。")))

    issue = done(split(), of=[other, *FOUR[1:]])

    assert issue.articles[1].article.blocks == (Paragraph("全改了。"),)
    assert issue.unplaced == ()


def test_a_split_whose_paragraph_is_gone_is_reported_and_does_nothing() -> None:
    other = article(TITLES[0], "只剩这一句。", "还有这一句。")

    issue = done(split(), of=[other, *FOUR[1:]])

    assert titles(issue) == list(TITLES)
    assert [one.kind for one in issue.unplaced] == [Kind.SPLIT]


def test_what_is_split_off_can_be_edited() -> None:
    issue = done(split(), deed(Kind.EDIT, "后半篇", summary="另有摘要。"))

    assert issue.articles[1].article.summary == "另有摘要。"
    assert issue.unplaced == ()


def test_a_summary_written_by_hand_stays_when_its_article_is_split() -> None:
    issue = done(deed(Kind.EDIT, A, summary="编辑写的。"), split())

    assert issue.articles[0].article.summary == "编辑写的。"


@pytest.mark.parametrize(
    ("after", "before", "order"),
    [(B, C, "BAC"), (None, B, "ABC"), (C, None, "BCA"), ("gone", B, "ABC"), (C, "gone", "BCA")],
)
def test_a_moved_article_stands_by_its_neighbours(
    after: str | None, before: str | None, order: str
) -> None:
    issue = done(deed(Kind.MOVE, A, after=after, before=before), of=FOUR[:3])

    assert titles(issue) == [TITLES["ABC".index(letter)] for letter in order]
    assert issue.unplaced == ()


def test_a_move_without_neighbours_leaves_the_article_where_it_is() -> None:
    issue = done(deed(Kind.MOVE, B, after="gone", before=None))

    assert titles(issue) == list(TITLES)
    assert len(issue.unplaced) == 1


def test_a_dropped_article_is_not_in_the_issue() -> None:
    issue = done(deed(Kind.DROP, D, reason="重复"))

    assert titles(issue) == list(TITLES[:3])
    assert issue.gone == {D: None}


@pytest.mark.parametrize(
    "lost",
    [
        deed(Kind.EDIT, "nowhere", title="新"),
        deed(Kind.MERGE, A, takes="nowhere"),
        deed(Kind.MERGE, "nowhere", takes=A),
        deed(Kind.MERGE, A, takes=A),
        deed(Kind.DROP, "nowhere", reason="重复"),
        deed(Kind.MOVE, "nowhere", after=A, before=B),
    ],
)
def test_a_correction_without_its_article_is_reported(lost: Correction) -> None:
    issue = done(lost)

    assert titles(issue) == list(TITLES)
    assert issue.unplaced == (lost,)


def test_the_masthead_is_corrected_fact_by_fact() -> None:
    value = {"month": "2026-10-01", "publishers": ["太岳协会"], "website": "http://a.example/"}

    head = done(deed(Kind.MASTHEAD, None, **value)).masthead

    assert (head.month.month, head.publishers) == (10, ("太岳协会",))
    assert (head.contact.website, head.publication) == ("http://a.example/", MASTHEAD.publication)
    assert head.key == MASTHEAD.key
