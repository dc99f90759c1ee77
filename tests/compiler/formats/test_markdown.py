"""Markdown as editors write it, and as programmes export it."""

import base64

import pytest
from word_files import FIRST, SECOND, png

from distribution.compiler import Doubt, Paragraph, Picture, ReadIssue, Source, Table, compile_issue
from distribution.compiler.formats.markdown import read_markdown
from distribution.compiler.lines import Document, Look

HEAD = "# 三晋装备通讯\n\n2026 年第 11 期\n\n（总第 447 期）\n\n主办：甲协会\n\n2026 年 11 月\n\n"
CONTENTS = "## 目 录\n\n政策措施\n\n试点工作正式启动……1\n\n装备制造\n\n新型轴承通过验证……2\n\n"
COLOPHON = "\n\n编辑：编辑部\n\n电话：0351-0000000\n"


def document(text: str) -> Document:
    return read_markdown(Source("本期.md", text.encode()))


def texts(text: str) -> list[str]:
    return [line.text for line in document(text).lines]


def issue(body: str, contents: str = CONTENTS, head: str = HEAD) -> ReadIssue:
    return compile_issue([Source("本期.md", f"{head}{contents}{body}{COLOPHON}".encode())])


@pytest.mark.parametrize(
    ("title", "look"),
    [
        ("# 标题", Look(level=1)),
        ("### 标题 ###", Look(level=3)),
        ("##标题", Look(level=2)),
        ("标题\n====", Look(level=1)),
        ("**标题**", Look(bold=True)),
        ("__标题__", Look(bold=True)),
        ("**“标题”（上）：**", Look(bold=True)),
        ("<h2 align='center'>标题</h2>", Look(level=2)),
        ("<center>标题</center>", Look(centred=True)),
        ("<p align=center>**标题**</p>", Look(bold=True, centred=True)),
        ("标题", Look()),
    ],
)
def test_a_title_looks_as_it_is_marked(title: str, look: Look) -> None:
    line = document(f"{title}\n\n正文。").lines[0]

    assert line.look == look
    assert "标题" in line.text
    assert not set(line.text) & set("#=*<>")


def test_a_rule_below_a_line_makes_no_heading() -> None:
    lines = document("正文完。\n---\n下一篇").lines

    assert [(line.text, line.look.level) for line in lines] == [("正文完。", 0), ("下一篇", 0)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("尺寸为10*20*30毫米", "尺寸为10*20*30毫米"),
        ("**试点启动：**各地踊跃参加", "试点启动：各地踊跃参加"),
        ("其中**“揭榜挂帅”**项目", "其中“揭榜挂帅”项目"),
        ("文件 plan_2026_v2 与中_国", "文件 plan_2026_v2 与中_国"),
        (r"保留\*星号\*与\_线", "保留*星号*与_线"),
        ("见[通知全文](http://a.example/)。", "见通知全文。"),
        ("晋工信发[2026](12号)文", "晋工信发[2026](12号)文"),
        ("文献[1]与[2]", "文献[1]与[2]"),
        ("网址<http://a.example/>", "网址<http://a.example/>"),
        ("运行`reset`命令", "运行reset命令"),
        ("产值 > 5 且 < 8，A&B", "产值 > 5 且 < 8，A&B"),
        ("&emsp;&emsp;试点&nbsp;启动", "试点 启动"),
        ("　　试点启动", "试点启动"),
        ("    试点启动", "试点启动"),
        ("1. 第一项", "1. 第一项"),
        ("- 第一项", "第一项"),
        ("> 引文", "引文"),
        ("温度 $T_{c}$ 与 $\\text{CO}_2 + x_{1}$", "温度 $T_{c}$ 与 $\\text{CO}_2 + x_{1}$"),
        ("<u>着重</u><font color=red>红字</font>", "着重红字"),
        ("2026.", "2026."),
    ],
)
def test_a_line_reads_as_people_see_it(source: str, text: str) -> None:
    assert texts(source) == [text]


def test_lines_of_a_paragraph_stay_lines() -> None:
    assert texts("甲  \n乙\\\n丙<br>丁\n戊") == ["甲", "乙", "丙", "丁", "戊"]


def test_comments_and_facts_about_the_file_are_no_text() -> None:
    text = "---\ntitle: 通讯\ntags:\n  - 装备\n---\n甲\n<!-- 待\n核 -->\n乙 <!-- 完"

    assert [(line.number, line.text) for line in document(text).lines] == [
        (6, "甲"),
        (9, "乙 <!-- 完"),
    ]


def test_a_title_page_between_two_rules_is_text() -> None:
    assert texts("---\n三晋装备通讯\n2026 年第 11 期\n---\n") == ["三晋装备通讯", "2026 年第 11 期"]


def test_a_fence_and_a_deep_list_lose_nothing() -> None:
    assert texts("```\n甲\n\n乙\n") == ["甲", "乙"]
    assert texts("".join(f"{'  ' * depth}- 第{depth}层\n" for depth in range(24)))[-1] == "第23层"


def test_numbers_of_lists_without_text_are_text_in_their_order() -> None:
    assert texts("3.\n\n甲\n\n4. 乙") == ["3.", "甲", "4. 乙"]


ROWS = (("企业", "产值"), ("甲厂", "1.5"), ("乙厂", ""))
RULE = "+------+------+"


@pytest.mark.parametrize(
    "table",
    [
        "| 企业 | 产值 |\n|---|---|\n| **甲厂** | 1.5 |\n| 乙厂 | |",
        "企业 | 产值\n:--|--:\n甲厂 | 1.5\n乙厂 |",
        "| 企业 | 产值 |\n| 甲厂 | 1.5 |\n| 乙厂 |  |",
        f"{RULE}\n| 企业 | 产值 |\n{RULE}\n| 甲厂 | 1.5 |\n{RULE}\n| 乙厂 |      |\n{RULE}",
    ],
    ids=["barred", "open", "without a rule", "ruled"],
)
def test_a_table_is_a_block(table: str) -> None:
    read = issue(f"## 试点工作正式启动\n{FIRST}\n\n{table}\n\n## 新型轴承通过验证\n{SECOND}")

    assert read.articles[0].blocks == (Paragraph(FIRST), Table(ROWS))


def test_contents_may_stand_in_a_table() -> None:
    contents = (
        "## 目录\n\n| 栏目 | 标题 | 页码 |\n|---|---|---|\n| 政策措施 | 试点工作正式启动 | 1 |\n"
        "| 装备制造 | 新型轴承通过验证 | 2 |\n\n"
    )
    read = issue(f"## 试点工作正式启动\n{FIRST}\n\n## 新型轴承通过验证\n{SECOND}", contents)

    assert [(one.section, one.page, one.title) for one in read.articles] == [
        ("政策措施", 1, "试点工作正式启动"),
        ("装备制造", 2, "新型轴承通过验证"),
    ]


@pytest.mark.parametrize(
    "image",
    ["![现场](a.png)", "[![现场](a.png)](b.html)", "<img src='a.png' alt='现场'>",
     "| 图 |\n|---|\n| ![现场](a.png) |"],
)  # fmt: skip
def test_a_picture_that_is_not_in_the_file_is_lost_aloud(image: str) -> None:
    found = document(f"甲\n\n{image}\n\n乙")

    assert [one.kind for one in found.complaints] == [Doubt.PICTURE_LOST]


ENCODED = base64.b64encode(png()).decode()


@pytest.mark.parametrize(
    "image",
    [
        f"![现场](data:image/png;base64,{ENCODED})",
        f'<img src="data:image/png;base64,{ENCODED}" width="80%">',
        f"![现场][one]\n\n[one]: <data:image/png;base64,{ENCODED}>",
    ],
)
def test_a_picture_inside_the_file_is_kept(image: str) -> None:
    found = document(f"甲\n\n{image}\n\n乙")

    assert [asset.content for asset in found.assets] == [png()]
    assert [line.text for line in found.lines] == ["甲", "", "乙"]
    assert isinstance(found.lines[1].block, Picture)


def test_a_broken_picture_inside_the_file_is_lost_aloud() -> None:
    found = document("![](data:image/png;base64,AAAAA)")

    assert [one.kind for one in found.complaints] == [Doubt.PICTURE_LOST]


def test_a_whole_issue_is_read() -> None:
    body = (
        f"# 政策措施\n\n## 试点工作正式启动\n\n　　{FIRST[:30]}\n{FIRST[30:]}\n\n"
        f"# 装备制造\n\n## 新型轴承通过验证\n\n&emsp;&emsp;{SECOND}\n\n## 未列入的一篇\n\n正文。"
    )
    read = issue(body)

    assert [(one.section, one.title) for one in read.articles] == [
        ("政策措施", "试点工作正式启动"),
        ("装备制造", "新型轴承通过验证"),
        ("装备制造", "未列入的一篇"),
    ]
    assert read.articles[0].blocks == (Paragraph(FIRST),)
    assert read.account.orphans == 0


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "unit", ["[", "![", "[a](", "![a][", "*a **a ", "<!--", "> ", "- ", "`", "$", "<p "]
)
def test_long_files_of_marks_are_answered(unit: str) -> None:
    size = 100_000 // len(unit)

    assert isinstance(document(unit * size), Document)
