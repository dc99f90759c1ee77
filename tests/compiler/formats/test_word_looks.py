"""How Word files tell their titles: by styles, by outline, by bold and centre, by size, or not."""

import pytest
from word_files import (
    BOLD,
    BREAK,
    CENTRED,
    FIRST,
    SECOND,
    document,
    issue,
    p,
    part,
    r,
    styled,
    word,
)

from distribution.compiler import Doubt
from distribution.compiler.lines import Look

TITLES = "试点工作正式启动", "新型轴承通过验证"


def style(identifier: str, name: str, inside: str = "", *, basis: str = "") -> str:
    based = f'<w:basedOn w:val="{basis}"/>' if basis else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>{based}'
        f"{inside}</w:style>"
    )


DEFAULTS = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>'
)
SHEET = DEFAULTS + "".join(
    [
        style("1", "heading 1", '<w:rPr><w:b/><w:sz w:val="44"/></w:rPr>'),
        style("2", "标题 2"),
        style("a", "Title", '<w:pPr><w:jc w:val="center"/></w:pPr>'),
        style("b", "文章题目", basis="1"),
        style("c", "大纲", '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>'),
        style("d", "TOC Heading", '<w:pPr><w:outlineLvl w:val="9"/></w:pPr>', basis="1"),
        style("e", "自身", basis="e"),
    ]
)
STYLES = {"styles": part("styles", SHEET)}


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (styled("1"), Look(level=1, bold=True, size=22)),
        (styled("2"), Look(level=2, size=10.5)),
        (styled("a"), Look(level=1, centred=True, size=10.5)),
        (styled("b"), Look(level=1, bold=True, size=22)),
        (styled("c"), Look(level=3, size=10.5)),
        (styled("d"), Look(level=0, bold=True, size=22)),
        (styled("e"), Look(size=10.5)),
        (styled("nobody"), Look(size=10.5)),
        ('<w:outlineLvl w:val="0"/>', Look(level=1, size=10.5)),
        ('<w:outlineLvl w:val="many"/>', Look(size=10.5)),
        (CENTRED, Look(centred=True, size=10.5)),
    ],
)
def test_a_paragraph_looks_as_its_style_and_itself_say(look: str, expected: Look) -> None:
    assert document(word(p("甲", look=look), parts=STYLES)).lines[0].look == expected


def test_what_a_run_says_goes_before_its_style() -> None:
    light = p("甲", look=styled("1"), run='<w:b w:val="false"/><w:sz w:val="30"/>')

    assert document(word(light, parts=STYLES)).lines[0].look == Look(level=1, size=15)


def test_a_line_with_one_bold_word_is_not_bold() -> None:
    assert not document(word(p("甲", run=BOLD, more=r("乙")))).lines[0].look.bold


LOOKS = {
    "headings": (styled("1"), ""),
    "Chinese headings": (styled("2"), ""),
    "own style": (styled("b"), ""),
    "outline": (styled("c"), ""),
    "bold and centred": (CENTRED, BOLD),
    "larger": ("", '<w:sz w:val="32"/>'),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", LOOKS)
def test_listed_titles_are_found_however_they_look(name: str) -> None:
    look, run = LOOKS[name]
    heads = p(TITLES[0], look=look, run=run), p(TITLES[1], look=look, run=run)
    read = issue(titles=heads, parts=STYLES)

    assert [(one.title, one.paragraphs) for one in read.articles] == [
        (TITLES[0], (FIRST,)),
        (TITLES[1], (SECOND,)),
    ]


@pytest.mark.parametrize("name", [name for name in LOOKS if name != "nothing"])
def test_an_article_the_contents_lack_is_told_by_its_look(name: str) -> None:
    """The unlisted article has no dateline: only its look says what it is."""
    look, run = LOOKS[name]
    heads = p(TITLES[0], look=look, run=run), p(TITLES[1], look=look, run=run)
    extra = p("高速齿轮箱完成台架试验", look=look, run=run) + p("齿轮箱运行平稳，噪声达标。")
    read = issue(second=p(SECOND) + extra, titles=heads, parts=STYLES)

    assert [one.title for one in read.articles] == [*TITLES, "高速齿轮箱完成台架试验"]
    assert [one.kind for one in read.complaints if one.article == 3 and one.kind.grave] == [
        Doubt.NOT_LISTED,
        Doubt.SECTION_GUESSED,
    ]


def test_a_bold_line_inside_an_article_is_no_title_where_titles_are_centred() -> None:
    heads = p(TITLES[0], look=CENTRED, run=BOLD), p(TITLES[1], look=CENTRED, run=BOLD)
    inside = p(FIRST) + p("一、重点任务", run=BOLD) + p("各地要把试点纳入年度计划。")
    read = issue(inside, titles=heads)

    assert len(read.articles) == 2
    assert read.articles[0].paragraphs[1:] == ("一、重点任务", "各地要把试点纳入年度计划。")


def test_a_title_on_two_centred_lines_is_one_title() -> None:
    broken = p("试点工作", look=CENTRED, run=BOLD, more=BREAK + r("正式启动", BOLD))
    read = issue(titles=(broken, p(TITLES[1], look=CENTRED, run=BOLD)))

    assert read.articles[0].title == TITLES[0]
    assert read.articles[0].paragraphs == (FIRST,)
