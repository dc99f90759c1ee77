"""What stands between an issue and its approval."""

from dataclasses import replace

import pytest
from desk_samples import TITLES, article, doubt, read
from runs import MASTHEAD

from distribution.compiler import Article, Complaint, Contact, Doubt, Masthead, Picture
from distribution.issues import Contract, Fault, Finding, Limit, StoredArticle
from distribution.issues.anchoring import anchors_of
from distribution.issues.checking import findings
from distribution.issues.correcting import Correction, corrected
from distribution.issues.doubting import doubts_of, fingerprint, trust
from distribution.words import CorrectionKind as Kind

ONE = article(TITLES[0])


def checked(
    *articles: Article,
    complaints: tuple[Complaint, ...] = (),
    corrections: tuple[Correction, ...] = (),
    masthead: Masthead = MASTHEAD,
    topics: tuple[str, ...] = ("policy",),
    known: tuple[str, ...] = ("政策措施",),
) -> list[Finding]:
    """The findings about an issue of these articles."""
    compiled = read(*articles).articles
    anchors = anchors_of(compiled)
    issue = corrected(masthead, list(zip(anchors, compiled, strict=True)), corrections)
    stored = [StoredArticle(1, False, topics, edited.article) for edited in issue.articles]
    doubts = doubts_of(complaints, anchors, issue, known)
    return findings("2026-09", issue.masthead, stored, doubts, issue.unplaced)


def test_a_clean_issue_has_nothing_to_find() -> None:
    assert checked(ONE, article(TITLES[1])) == []


@pytest.mark.parametrize(
    ("faulty", "kind", "remedy"),
    [
        (replace(ONE, summary=" "), Fault.NO_SUMMARY, "article edit 2026-09/1 --summary"),
        (replace(ONE, blocks=()), Fault.NO_TEXT, "article drop 2026-09/1 --reason"),
        (replace(ONE, blocks=(Picture("0" * 64),)), Fault.NO_TEXT, "article drop 2026-09/1"),
        (article("甲", "见 http：//a.example/ 一页。"), Fault.BAD_LINK, "issue import"),
    ],
)
def test_a_faulty_article_is_an_error_with_its_remedy(
    faulty: Article, kind: Fault, remedy: str
) -> None:
    (found,) = checked(faulty)

    assert (found.kind, found.error, found.position) == (kind, True, 1)
    assert found.remedy.startswith(f"distribution {remedy}")


def test_an_article_without_topic_names_its_section() -> None:
    (found,) = checked(article("甲", section="安全生产"), topics=())

    assert found.kind is Fault.NO_TOPIC
    assert "「安全生产」" in found.sentence
    assert found.remedy == "distribution issue section map 安全生产 --topic 主题"


def test_an_article_without_section_is_given_one() -> None:
    (found,) = checked(article("甲", section=""), topics=())

    assert found.remedy == "distribution article edit 2026-09/1 --section 栏目"


def test_an_issue_that_lost_all_its_articles_is_not_ready() -> None:
    drop = Correction(1, Kind.DROP, anchors_of([ONE])[0], {"reason": "重复"})

    (found,) = checked(ONE, corrections=(drop,))

    assert (found.kind, found.error, found.position) == (Fault.NO_TEXT, True, 0)


def test_equal_titles_are_found_whatever_their_blanks() -> None:
    found = checked(article("质量 月", "甲。"), ONE, article("质量月", "乙。"))

    assert [(one.kind, one.position) for one in found] == [(Fault.SAME_TITLE, 3)]
    assert "第 1 篇" in found[0].sentence


def test_a_website_that_is_none_is_an_error_of_the_issue() -> None:
    head = replace(MASTHEAD, contact=Contact(website="http：//www.a.example"))

    (found,) = checked(ONE, masthead=head)

    assert (found.kind, found.position) == (Fault.BAD_LINK, 0)
    assert found.remedy == "distribution issue edit 2026-09 --website 网址"


def test_grave_doubts_are_errors_and_come_before_notices() -> None:
    found = checked(ONE, complaints=(doubt(Doubt.JOINED), doubt(Doubt.TITLE_ALIKE)))

    assert [(one.number, one.error) for one in found] == [(2, True), (1, False)]
    assert found[0].remedy == "distribution issue seen 2026-09 2"


def test_other_findings_are_numbered_behind_the_doubts() -> None:
    found = checked(replace(ONE, summary=""), complaints=(doubt(Doubt.JOINED),))

    assert [one.number for one in found] == [2, 1]


def test_a_doubt_that_was_looked_at_is_silent() -> None:
    sign = fingerprint(doubt(), anchors_of([ONE])[0])
    seen = Correction(1, Kind.SEEN, "", {"doubt": sign})

    assert checked(ONE, complaints=(doubt(),), corrections=(seen,)) == []


def test_who_writes_a_title_has_looked_at_the_doubt_about_it() -> None:
    edit = Correction(1, Kind.EDIT, anchors_of([ONE])[0], {"title": "新标题"})
    about_page = doubt(Doubt.UNFINISHED)

    found = checked(ONE, complaints=(doubt(), about_page), corrections=(edit,))

    assert [one.number for one in found] == [2]


def test_doubts_about_a_dropped_article_are_silent() -> None:
    drop = Correction(1, Kind.DROP, anchors_of([ONE])[0], {"reason": "重复"})

    assert checked(ONE, article("乙"), complaints=(doubt(),), corrections=(drop,)) == []


def test_doubts_about_a_merged_article_pass_to_the_one_that_took_it() -> None:
    one, two = anchors_of([ONE, article("乙")])
    merge = Correction(1, Kind.MERGE, one, {"takes": two})

    (found,) = checked(ONE, article("乙"), complaints=(doubt(about=2),), corrections=(merge,))

    assert found.position == 1


@pytest.mark.parametrize(("one", "takes"), [(0, 1), (1, 0)])
def test_a_title_that_was_merged_with_its_text_is_no_doubt(one: int, takes: int) -> None:
    bare, text = article("甲", blocks=()), article("乙")
    anchors, about = anchors_of([bare, text]), doubt(Doubt.NO_TEXT)
    merge = Correction(1, Kind.MERGE, anchors[one], {"takes": anchors[takes]})

    assert len(checked(bare, text, complaints=(about,))) == 2
    assert checked(bare, text, complaints=(about,), corrections=(merge,)) == []


def test_a_new_section_is_no_doubt_once_it_leads_to_a_topic() -> None:
    strange = article("甲", section="安全生产")
    complaint = doubt(Doubt.SECTION_NEW, about=0, excerpt="安全生产")

    assert len(checked(strange, complaints=(complaint,))) == 1
    assert checked(strange, complaints=(complaint,), known=("安全 生产",)) == []


@pytest.mark.parametrize(
    ("section", "line", "word"),
    [
        ("安全生产", "五、安 全 生 产 Safety", "安全生产"),
        ("T2 航站楼", "【T2 航站楼】", "'T2 航站楼'"),
    ],
)
def test_a_new_section_is_mapped_by_the_name_its_articles_carry(
    section: str, line: str, word: str
) -> None:
    complaint = doubt(Doubt.SECTION_NEW, about=0, excerpt=line)

    (found,) = checked(article("甲", section=section), complaints=(complaint,))

    assert found.remedy == f"distribution issue section map {word} --topic 主题"


def test_a_doubt_about_the_issue_is_not_one_about_a_title_of_marks_alone() -> None:
    (found,) = checked(article("……"), complaints=(doubt(about=0),))

    assert found.position == 0


def test_a_new_section_that_no_article_carries_is_no_doubt() -> None:
    assert checked(ONE, complaints=(doubt(Doubt.SECTION_NEW, about=0, excerpt="安全生产"),)) == []


def test_a_correction_without_its_article_can_be_undone() -> None:
    lost = Correction(7, Kind.EDIT, "nowhere", {"title": "新"})

    (found,) = checked(ONE, corrections=(lost,))

    assert (found.kind, found.error) == (Fault.UNPLACED, True)
    assert found.remedy == "distribution issue corrections 2026-09 --undo 7"


def test_trust_falls_with_each_doubt_that_is_not_settled() -> None:
    compiled = read(ONE).articles
    issue = corrected(MASTHEAD, [("a", compiled[0])], ())
    told = doubts_of([doubt(), doubt(Doubt.NO_DATELINE)], ["a"], issue, ())

    assert trust(told) == 0.66
    assert trust([replace(one, settled=True) for one in told]) == 1.0


def under(*limits: Limit, pinned: int = 0, lost_lead: str = "") -> list[Finding]:
    """The findings about two articles of 政策措施, so many of them pinned, under these limits."""
    articles = read(ONE, article(TITLES[1])).articles
    stored = [
        StoredArticle(one.position, one.position <= pinned, ("policy",), one) for one in articles
    ]
    return findings("2026-09", MASTHEAD, stored, (), (), Contract(limits=limits), lost_lead)


def test_a_contract_that_can_be_kept_has_nothing_to_find() -> None:
    assert under(Limit("政策 措施", least=2, most=2), pinned=2) == []


def test_a_lead_article_that_has_gone_is_an_error_with_its_remedy() -> None:
    (found,) = under(lost_lead="试点启动")

    assert (found.kind, found.error, found.position) == (Fault.LEAD_GONE, True, 0)
    assert "「试点启动」" in found.sentence
    assert found.remedy == "distribution article lead 2026-09 --off"


def test_a_limit_of_a_section_that_has_gone_is_an_error_with_its_remedy() -> None:
    (found,) = under(Limit("T2 航站楼", most=1))

    assert (found.kind, found.error) == (Fault.SECTION_GONE, True)
    assert found.remedy == "distribution article limit 2026-09 'T2 航站楼' --off"


def test_more_pinned_articles_than_a_section_may_hold_are_a_notice() -> None:
    (found,) = under(Limit("政策措施", most=1), pinned=2)

    assert (found.kind, found.error) == (Fault.PINNED_ABOVE, False)
    assert found.remedy == "distribution article limit 2026-09 政策措施 --most 2"
