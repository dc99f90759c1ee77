"""The table of contents and its faults."""

from collections.abc import Callable

import pytest

from distribution.compiler.content import ReadIssue
from distribution.compiler.front.contents import MOST_ENTRIES
from distribution.compiler.unreadable import UnreadableIssue

Read = Callable[..., ReadIssue]


@pytest.mark.parametrize(
    "entry",
    [
        "试点工作正式启动·····\t12",
        "试点工作正式启动……12",
        "试点工作正式启动…………… 12",
        "试点工作正式启动....12",
        "试点工作正式启动．．．．１２",
        "试点工作正式启动 ·· ·· （12）",
        "试点工作正式启动……\n12",
        "试点工作\n正式启动……12",
        "试点工作正\n式启动\n……12",
        "试点工作正式启动 12",
    ],
)
def test_leaders_of_every_kind_end_a_title(read: Read, entry: str) -> None:
    issue = read(contents=f"政策措施\n{entry}", body="试点工作正式启动\n试点今日启动。")

    (article,) = issue.articles
    assert (article.section, article.title, article.page) == ("政策措施", "试点工作正式启动", 12)
    assert article.paragraphs == ("试点今日启动。",)
    assert issue.complaints == ()


def test_sections_come_from_the_contents_and_not_from_the_body(read: Read) -> None:
    issue = read(
        contents="政策措施\n试点工作正式启动……1\n装备制造\n新型轴承通过验证……2",
        body="试点工作正式启动\n试点今日\n装备制造\n启动。\n新型轴承通过验证\n轴承寿命延长。",
    )

    assert [article.section for article in issue.articles] == ["政策措施", "装备制造"]
    assert issue.articles[0].paragraphs == ("试点今日启动。",)
    assert issue.complaints == ()


def test_a_section_with_blanks_or_brackets_keeps_its_name(read: Read) -> None:
    issue = read(contents="【政 策 措 施】\n试点工作正式启动……1\n◆装备制造\n新型轴承通过验证……2")

    assert [article.section for article in issue.articles] == ["政策措施", "装备制造"]


def test_a_new_section_is_accepted_and_questioned(read: Read) -> None:
    issue = read(contents="党建工作\n试点工作正式启动……1\n新型轴承通过验证……2")

    assert {article.section for article in issue.articles} == {"党建工作"}
    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (9, "党建工作")


def test_entries_above_the_first_section_are_named(read: Read) -> None:
    issue = read(contents="试点工作正式启动……1\n装备制造\n新型轴承通过验证……2")

    assert [article.section for article in issue.articles] == ["", "装备制造"]
    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (9, "试点工作正式启动")


def test_an_entry_without_a_page_is_named(read: Read) -> None:
    issue = read(contents="政策措施\n试点工作正式启动……\n装备制造\n新型轴承通过验证……2")

    assert [article.page for article in issue.articles] == [None, 2]
    assert [complaint.line for complaint in issue.complaints] == [10]


def test_a_title_over_two_lines_is_no_section(read: Read) -> None:
    issue = read(
        contents="科技前沿\n时间缩短\n新型工艺通过验证……16",
        body="时间缩短 新型工艺通过验证\n工艺通过验证。",
    )

    (article,) = issue.articles
    assert (article.section, article.title) == ("科技前沿", "时间缩短新型工艺通过验证")


def test_a_title_that_ends_in_a_number_keeps_it(read: Read) -> None:
    issue = read(contents="政策措施\n展望工业 2030……7", body="展望工业2030\n前景可期。")

    assert (issue.articles[0].title, issue.articles[0].page) == ("展望工业 2030", 7)


def test_a_line_that_is_neither_section_nor_entry_is_named(read: Read) -> None:
    stray = "本期目录由编辑部编排，页码以印刷版为准"
    issue = read(contents=f"{stray}\n政策措施\n试点工作正式启动……1\n新型轴承通过验证……2")

    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (9, stray)


def test_contents_without_entries_are_no_contents(read: Read) -> None:
    with pytest.raises(UnreadableIssue, match="没有一条带页码的目录"):
        read(contents="政策措施", body="试点今日启动。")


def test_a_file_with_hundreds_of_entries_is_no_issue(read: Read) -> None:
    entries = "\n".join(f"第{number}条……1" for number in range(MOST_ENTRIES + 1))

    with pytest.raises(UnreadableIssue, match="不像一期刊物"):
        read(contents=f"政策措施\n{entries}")


@pytest.mark.parametrize(
    "form",
    [
        "{title}（{page}）", "{title}[{page}]", "{title}/{page}", "{title} / {page}",
        "{page} {title}",
        "{page:02} {title}", "{title} P{page}", "{title}……P{page}", "P{page} {title}",
        "{title}\t{page}", "{page}\t{title}", "{title}————{page}", "{title}……张三 {page}",
        "{title}／张三 {page}", "{title}……张三，李四（{page}）", "{title}……第{page}页",
        "● {title}……{page}", "1. {title}……{page}", "{title}. . . . . {page}", "{title}",
    ],
)  # fmt: skip
def test_contents_may_be_written_in_many_manners(read: Read, form: str) -> None:
    first = form.format(title="试点工作正式启动", page=1)
    second = form.format(title="新型轴承通过验证", page=12)
    issue = read(contents=f"政策措施\n{first}\n装备制造\n{second}")

    found = [(one.section, one.title, one.paragraphs) for one in issue.articles]
    assert found == [
        ("政策措施", "试点工作正式启动", ("试点今日启动。",)),
        ("装备制造", "新型轴承通过验证", ("轴承寿命延长。",)),
    ]
    pages = (1, 12) if "page" in form else (None, None)
    assert tuple(one.page for one in issue.articles) == pages


@pytest.mark.parametrize(
    "section", ["■ {}", "{}：", "——{}——", "一、{}", "{} News", "栏目：{}", "【 {} 】", "| {} |"]
)
def test_sections_may_be_decorated_in_contents_and_body(read: Read, section: str) -> None:
    first, second = section.format("政策措施"), section.format("装备制造")
    issue = read(
        contents=f"{first}\n试点工作正式启动……1\n{second}\n新型轴承通过验证……2",
        body=f"{first}\n试点工作正式启动\n试点启动。\n{second}\n新型轴承通过验证\n轴承寿命延长。",
    )

    assert [one.section for one in issue.articles] == ["政策措施", "装备制造"]
    assert [one.paragraphs for one in issue.articles] == [("试点启动。",), ("轴承寿命延长。",)]
    assert issue.complaints == ()


def test_a_section_may_have_a_page_of_its_own(read: Read) -> None:
    issue = read(contents="政策措施……1\n试点工作正式启动……1\n装备制造……2\n新型轴承通过验证……2")

    assert [one.section for one in issue.articles] == ["政策措施", "装备制造"]


def test_two_entries_may_stand_on_one_line(read: Read) -> None:
    issue = read(contents="政策措施\n试点工作正式启动……1    新型轴承通过验证……2")

    assert [(one.title, one.page) for one in issue.articles] == [
        ("试点工作正式启动", 1),
        ("新型轴承通过验证", 2),
    ]


def test_columns_are_read_in_the_order_of_the_body(read: Read) -> None:
    contents = "政策措施 装备制造\n试点工作正式启动……1 新型轴承通过验证……3\n细则印发……2 锻件下线……4"
    body = "试点工作正式启动\n甲。\n细则印发\n乙。\n新型轴承通过验证\n丙。\n锻件下线\n丁。"

    issue = read(contents=contents, body=body)

    assert [(one.section, one.title) for one in issue.articles] == [
        ("政策措施", "试点工作正式启动"),
        ("政策措施", "细则印发"),
        ("装备制造", "新型轴承通过验证"),
        ("装备制造", "锻件下线"),
    ]


def test_contents_may_end_the_file(read: Read) -> None:
    long = (
        "试点今日启动，首批二十家企业参加，为期一年，由省装备产业联席会组织实施，效果每季度公布一次，"
        * 2
    )
    issue = read(
        head="三晋装备\n2026年第11期\n总第447期\n甲协会主办",
        contents=f"试点工作正式启动\n{long}好。\n新型轴承通过验证\n轴承寿命延长。",
        body="目录\n政策措施\n试点工作正式启动……1\n装备制造\n新型轴承通过验证……2",
    )

    assert [(one.section, one.page) for one in issue.articles] == [("政策措施", 1), ("装备制造", 2)]
    assert issue.articles[1].paragraphs == ("轴承寿命延长。",)
    assert issue.complaints == ()


def test_a_new_section_above_a_title_that_wraps_is_no_part_of_it(read: Read) -> None:
    issue = read(
        contents="政策措施\n新型轴承通过验证……1\n会员风采\n一把锉刀的\n四十年突围……2",
        body="新型轴承通过验证\n寿命延长。\n会员风采\n一把锉刀的四十年突围\n灯亮了。",
    )

    found = [(one.section, one.title) for one in issue.articles]
    assert found == [("政策措施", "新型轴承通过验证"), ("会员风采", "一把锉刀的四十年突围")]


def test_the_last_word_of_a_title_that_wraps_is_no_section(read: Read) -> None:
    issue = read(
        contents="政策措施\n全省将实施“三项改革”\n试点……10\n新型轴承通过验证……10",
        body="全省将实施“三项改革”试点\n今日启动。\n新型轴承通过验证\n寿命延长。",
    )

    found = [(one.section, one.title, one.page) for one in issue.articles]
    assert found[0] == ("政策措施", "全省将实施“三项改革”试点", 10)
    assert found[1] == ("政策措施", "新型轴承通过验证", 10)
    assert issue.complaints == ()
