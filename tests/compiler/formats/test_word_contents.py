"""The contents of a Word file: typed, made by Word as a field, or placed by a table."""

import pytest
from word_files import (
    COLOPHON,
    CONTENTS,
    FIRST,
    SECOND,
    issue,
    p,
    part,
    r,
    styled,
    table,
    word,
)  # fmt: skip

from distribution.compiler import ReadIssue, Source, compile_issue
from distribution.compiler.doubts import Furniture
from distribution.compiler.formats.front_tables import contents_in

FACTS = [
    ("政策措施", 1, "试点工作正式启动"),
    ("装备制造", 2, "新型轴承通过验证"),
]
TAB = "<w:r><w:tab/></w:r>"


def facts(read: ReadIssue) -> list[tuple[str, int | None, str]]:
    assert [one.paragraphs for one in read.articles] == [(FIRST,), (SECOND,)]
    assert read.account.orphans == 0
    return [(one.section, one.page, one.title) for one in read.articles]


def entry_style(level: int, leader: str = "dot") -> str:
    tabs = f'<w:tabs><w:tab w:val="right" w:leader="{leader}" w:pos="8296"/></w:tabs>'
    return (
        f'<w:style w:type="paragraph" w:styleId="TOC{level}"><w:name w:val="toc {level}"/>'
        f"<w:pPr>{tabs}</w:pPr></w:style>"
    )


def entry(level: int, title: str, page: str) -> str:
    """An entry as Word makes it: a link to the heading, a tab, and a field for the page."""
    marks = {
        kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'
        for kind in ("begin", "separate", "end")
    }
    number = (
        f"{marks['begin']}<w:r><w:instrText> PAGEREF _Toc{level} \\h </w:instrText></w:r>"
        f"{marks['separate']}{r(page, '<w:webHidden/>')}{marks['end']}"
    )
    link = f'<w:hyperlink w:anchor="_Toc{level}">{r(title)}{TAB}{number}</w:hyperlink>'
    return p(look=styled(f"TOC{level}"), more=link)


def made(*entries: str) -> str:
    """The whole field in its content control, with the heading Word puts above it."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> TOC \\o "1-3" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    first = entries[0].replace("<w:hyperlink", begin + "<w:hyperlink", 1)
    end = p(more='<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"</w:docPartObj></w:sdtPr><w:sdtContent>{p('目录')}{first}{''.join(entries[1:])}{end}"
        "</w:sdtContent></w:sdt>"
    )


STYLES = {"styles": part("styles", "".join(map(entry_style, (1, 2, 3))))}


def test_contents_made_by_word_give_sections_titles_and_pages() -> None:
    contents = made(
        entry(1, "政策措施", "1"), entry(2, "试点工作正式启动", "1"),
        entry(1, "装备制造", "2"), entry(2, "新型轴承通过验证", "2"),
    )  # fmt: skip

    assert facts(issue(contents=contents, parts=STYLES)) == FACTS


def test_headings_inside_articles_are_no_articles() -> None:
    contents = made(
        entry(1, "政策措施", "1"), entry(2, "试点工作正式启动", "1"), entry(3, "重点任务", "1"),
        entry(1, "装备制造", "2"), entry(2, "新型轴承通过验证", "2"),
    )  # fmt: skip
    read = issue(p(FIRST) + p("重点任务。"), contents=contents, parts=STYLES)

    assert [one.title for one in read.articles] == [title for _, _, title in FACTS]


def test_a_page_that_word_has_lost_is_left_open() -> None:
    contents = made(
        entry(1, "政策措施", "1"), entry(2, "试点工作正式启动", "错误！未定义书签。"),
        entry(1, "装备制造", "2"), entry(2, "新型轴承通过验证", "2"),
    )  # fmt: skip

    assert facts(issue(contents=contents, parts=STYLES)) == [
        ("政策措施", None, "试点工作正式启动"), FACTS[1],
    ]  # fmt: skip


def test_leaders_of_tabs_and_typed_ones_may_stand_side_by_side() -> None:
    tabs = '<w:tabs><w:tab w:val="right" w:leader="middleDot" w:pos="8000"/></w:tabs>'
    contents = "".join(
        [
            p("目 录"), p("政策措施"), p("试点工作正式启动", look=tabs, more=TAB + r("1")),
            p("装备制造"), p("新型轴承通过验证……2"),
        ]
    )  # fmt: skip

    assert facts(issue(contents=contents)) == FACTS


def test_tabs_without_leaders_are_enough() -> None:
    contents = "".join(
        [
            p("目 录"), p("政策措施"), p("试点工作正式启动", more=TAB + r("1")),
            p("装备制造"), p("新型轴承通过验证", more=TAB + r("2")),
        ]
    )  # fmt: skip

    assert facts(issue(contents=contents)) == FACTS


TABLES = {
    "title and page": table(
        ("政策措施", ""), ("试点工作正式启动", "1"), ("装备制造", ""), ("新型轴承通过验证", "2")
    ),
    "with the word": table(
        ("目 录", ""), ("政策措施", ""), ("试点工作正式启动", "1"), ("装备制造", ""),
        ("新型轴承通过验证", "2"),
    ),
    "section, title and page": table(
        ("栏目", "标题", "页码"), ("政策措施", "试点工作正式启动", "1"),
        ("装备制造", "新型轴承通过验证", "2"),
    ),
    "counted": table(
        ("1", "政策措施", ""), ("2", "试点工作正式启动", "1"), ("3", "装备制造", ""),
        ("4", "新型轴承通过验证", "2"),
    ),
    "one cell each": table(
        (p("政策措施") + p("试点工作正式启动……1"), p("装备制造") + p("新型轴承通过验证……2"))
    ),
    "one frame": table((p("政策措施") + p("试点工作正式启动……1") + p("装备制造")
                        + p("新型轴承通过验证……2"),)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(TABLES))
def test_contents_may_stand_in_a_table(name: str) -> None:
    above = "" if name == "with the word" else p("目 录")

    assert facts(issue(contents=above + TABLES[name])) == FACTS


def test_contents_in_two_halves_are_read_one_half_after_the_other() -> None:
    rows = [
        ("政策措施", "", "装备制造", ""),
        ("甲", "1", "丙", "4"),
        ("乙", "2", "丁", "5"),
    ]

    assert contents_in(rows, announced=True) == (
        ["政策措施", "甲……1", "乙……2", "装备制造", "丙……4", "丁……5"],
        [],
    )


def test_a_column_of_sections_may_span_their_titles() -> None:
    rows = [("政策措施", "试点启动", "1"), ("", "细则出台", "2"), ("装备制造", "轴承验证", "（4）")]

    assert contents_in(rows, announced=True) == (
        ["政策措施", "试点启动……1", "细则出台……2", "装备制造", "轴承验证……4"],
        [],
    )


def test_a_table_of_figures_is_no_contents() -> None:
    assert contents_in([("企业", "产值"), ("甲", "12.5"), ("乙", "8")], announced=True) is None
    assert contents_in([("1", "2"), ("3", "4")], announced=True) is None


def test_what_heads_a_table_of_contents_is_part_of_the_contents() -> None:
    read = issue(contents=p("目 录") + TABLES["section, title and page"])

    assert read.account.furniture[Furniture.CONTENTS] >= len("目录栏目标题页码")


def test_a_title_page_may_stand_in_a_table() -> None:
    head = table(
        ("三晋装备通讯", p("2026 年第 11 期") + p("（总第 447 期）")),
        ("主办：甲协会", "2026 年 11 月"),
    )
    body = [
        head,
        *map(p, CONTENTS),
        p("试点工作正式启动"),
        p(FIRST),
        p("新型轴承通过验证"),
        p(SECOND),
    ]
    read = compile_issue([Source("本期.docx", word(*body, *map(p, COLOPHON)))])

    assert (read.masthead.key, read.masthead.publication) == ("2026-11", "三晋装备通讯")
    assert read.masthead.publishers == ("甲协会",)
