"""What a file read anew would change is shown before it is done."""

from dataclasses import replace

from desk_samples import TITLES, article
from runs import MASTHEAD

from distribution.compiler import Article, Contact, Paragraph, Picture, Table
from distribution.issues import Change, Diff
from distribution.issues.anchoring import anchors_of
from distribution.issues.correcting import corrected
from distribution.issues.diffing import as_facts, difference, words

FOUR = [article(title) for title in TITLES]


def diff(old: list[Article], new: list[Article], head: object = MASTHEAD) -> Diff:
    before = list(zip(anchors_of(old), old, strict=True))
    after = list(zip(anchors_of(new, before), new, strict=True))
    return difference(corrected(MASTHEAD, before, ()), corrected(head, after, ()))  # type: ignore[arg-type]


def test_equal_issues_do_not_differ() -> None:
    assert not diff(FOUR, FOUR)


def test_an_added_article_changes_no_other_though_all_places_shift() -> None:
    (only,) = diff(FOUR[1:], FOUR).articles

    assert (only.change, only.number, only.title) == (Change.ADDED, 1, TITLES[0])
    assert len(only.blocks) == 2


def test_a_removed_article_is_named_with_its_old_place() -> None:
    (only,) = diff(FOUR, FOUR[:2] + FOUR[3:]).articles

    assert (only.change, only.number, only.title) == (Change.REMOVED, 3, TITLES[2])


def test_one_that_went_from_the_first_place_to_the_last_moved_alone() -> None:
    (only,) = diff(FOUR, [*FOUR[1:], FOUR[0]]).articles

    assert (only.title, [fact.label for fact in only.facts]) == (TITLES[0], ["次序"])


def test_another_picture_of_the_same_caption_is_a_change() -> None:
    old, new = (
        replace(FOUR[0], blocks=(*FOUR[0].blocks, Picture(sign * 32, "图 1 试验台")))
        for sign in ("ab", "cd")
    )

    (only,) = as_facts(diff([old], [new]))["articles"]  # type: ignore[misc]

    (block,) = only["blocks"]
    assert block == {"old": "[图片 图 1 试验台 abababab]", "new": "[图片 图 1 试验台 cdcdcdcd]"}


def test_an_article_that_stands_elsewhere_says_so() -> None:
    moved = diff(FOUR, [FOUR[1], FOUR[0], *FOUR[2:]]).articles

    assert [(one.number, one.title, one.facts[0].label) for one in moved] == [
        (1, TITLES[1], "次序")
    ]


def test_a_changed_paragraph_shows_its_characters() -> None:
    old, new = article("甲", "首批二十家企业参加试点。"), article("甲", "首批三十家企业参加试点。")

    (only,) = diff([old], [new]).articles

    (block,) = only.blocks
    assert [piece.text for piece in block.old if piece.changed] == ["二"]
    assert [piece.text for piece in block.new if piece.changed] == ["三"]


def test_a_paragraph_of_other_words_goes_and_comes() -> None:
    old, new = (
        article("甲", "一二三四五。", "不变的一句。"),
        article("甲", "ABCDE!", "不变的一句。"),
    )

    (only,) = diff([old], [new]).articles

    assert [(bool(one.old), bool(one.new)) for one in only.blocks] == [(True, False), (False, True)]


def test_facts_of_article_and_masthead_are_told_old_and_new() -> None:
    head = replace(MASTHEAD, total_number=301, contact=Contact(phone="0351-0000000"))
    found = diff([FOUR[0]], [replace(FOUR[0], page=None, source="晋工社")], head)

    assert [(one.label, one.old, one.new) for one in found.masthead] == [
        ("总期号", "300", "301"),
        ("电话", "", "0351-0000000"),
    ]
    assert [(one.label, one.old, one.new) for one in found.articles[0].facts] == [
        ("页", "3", ""),
        ("来源", "", "晋工社"),
    ]


def test_tables_and_pictures_are_compared_by_what_they_show() -> None:
    table = Table((("年份", "产量"), ("2025", "12")), "表 1")
    changed = replace(table, rows=(("年份", "产量"), ("2025", "13")))
    picture = Picture("ab" * 32)
    old = replace(FOUR[0], blocks=(Paragraph("见表。"), table))

    (only,) = diff([old], [replace(old, blocks=(Paragraph("见表。"), changed, picture))]).articles

    assert [piece.text for piece in only.blocks[0].new if piece.changed] == ["3"]
    assert only.blocks[1].new[0].text == "[图片 abababab]"
    assert words(table) == "[表格 表 1] 年份 | 产量 / 2025 | 12"


def test_as_json_whole_texts_stand_side_by_side() -> None:
    old, new = article("甲", "首批二十家企业参加试点。"), article("甲", "首批三十家企业参加试点。")

    facts = as_facts(diff([old], [new]))

    assert facts["articles"] == [
        {
            "change": "changed",
            "number": 1,
            "title": "甲",
            "facts": [],
            "blocks": [{"old": "首批二十家企业参加试点。", "new": "首批三十家企业参加试点。"}],
        }
    ]
