"""Title pages as different magazines print them."""

from collections.abc import Callable
from datetime import date

import pytest

from distribution.compiler.content import Contact, ReadIssue
from distribution.compiler.unreadable import UnreadableIssue

Read = Callable[..., ReadIssue]


@pytest.mark.parametrize(
    ("head", "label", "number", "month"),
    [
        ("三晋装备\n2026 年第 9 期\n2026 年 9 月", "09", 9, 9),
        ("三晋装备\n2026年第9期", "09", 9, 9),
        ("三晋装备 2026年第7-8期（总第443—444期）", "07-08", 7, 7),
        ("三晋装备\n2026年第7、8期合刊\n2026年8月", "07-08", 7, 8),
        ("三晋装备\n2026年第7期、第8期\n合刊", "07-08", 7, 7),
        ("三晋装备\n2026 年 7–8 期合刊", "07-08", 7, 7),
        ("三晋装备\n2026年增刊\n2026年12月", "s1", None, 12),
        ("三晋装备\n2026年增刊（二）\n2026年12月5日出版", "s2", None, 12),
        ("三晋装备\n第3期增刊 2026年3月", "s3", None, 3),
        ("三晋装备\n二〇二六年第十一期\n总第四百四十七期", "11", 11, 11),
        ("三晋装备\n第11期\n2026.11", "11", 11, 11),
        ("三晋装备\n2026年第２２期\n2026年11月", "22", 22, 11),
    ],
)
def test_numbers_in_every_form_name_the_issue(
    read: Read, head: str, label: str, number: int | None, month: int
) -> None:
    masthead = read(head=f"{head}\n目录").masthead

    assert (masthead.publication, masthead.label) == ("三晋装备", label)
    assert (masthead.number, masthead.month) == (number, date(2026, month, 1))
    assert masthead.key == f"2026-{label}"


@pytest.mark.parametrize(
    ("head", "publishers"),
    [
        ("甲协会\n乙公司\n主 办", ("甲协会", "乙公司")),
        ("主办：甲协会 乙公司", ("甲协会", "乙公司")),
        ("主办单位\n甲协会\n乙公司\n月刊", ("甲协会", "乙公司")),
    ],
)
def test_publishers_stand_above_beside_or_below_their_label(
    read: Read, head: str, publishers: tuple[str, ...]
) -> None:
    issue = read(head=f"三晋装备\n2026年第11期\n总第447期\n{head}\n目录")

    assert issue.masthead.publishers == publishers
    assert issue.complaints == ()


def test_publishers_may_stand_in_the_colophon(read: Read) -> None:
    issue = read(head="三晋装备\n2026年第11期（总第447期）\n目录", colophon="主办：甲协会\n电话：1")

    assert issue.masthead.publishers == ("甲协会",)


def test_other_offices_of_the_title_page_are_kept(read: Read) -> None:
    issue = read(head="三晋装备\n2026年第11期\n甲局\n主管\n协办：丙厂\n目录")

    assert issue.masthead.contact.editors[:2] == (("主管", "甲局"), ("协办", "丙厂"))


def test_missing_facts_that_nothing_hangs_on_are_complaints(read: Read) -> None:
    issue = read(head="三晋装备\n2026年第11期\n目录", colophon="")

    assert issue.masthead.total_number is None
    assert issue.masthead.contact == Contact()
    assert [complaint.problem for complaint in issue.complaints] == [
        "刊头没有总期号",
        "没有找到主办单位",
        "文件末尾没有版权页（编辑、电话、邮箱、地址等）",
    ]


def test_a_line_nobody_understands_is_named(read: Read) -> None:
    issue = read(head="三晋装备\n2026年第11期\n总第447期\n甲会\n主办\n天道酬勤\n目录")

    (complaint,) = issue.complaints
    assert (complaint.line, complaint.excerpt) == (6, "天道酬勤")


def test_a_number_that_is_not_its_month_is_questioned(read: Read) -> None:
    issue = read(head="三晋装备\n2026年第11期\n总第447期\n甲会\n主办\n月刊\n2026年10月\n目录")

    (complaint,) = issue.complaints
    assert complaint.problem == "月刊的期号（第 11 期）与月份（10 月）不一致，请核对"


@pytest.mark.parametrize(
    ("head", "missing"),
    [
        ("目录", "刊名"),
        ("三晋装备\n目录", "期号"),
        ("三晋装备\n第11期\n目录", "年份"),
        ("三晋装备\n2026年增刊\n目录", "月"),
        ("三晋装备\n2026年第22期\n目录", "月"),
        ("三晋装备\n2026年第0期\n目录", "月"),
    ],
)
def test_without_the_facts_that_name_an_issue_there_is_none(
    read: Read, head: str, missing: str
) -> None:
    with pytest.raises(UnreadableIssue) as caught:
        read(head=head)

    assert missing in caught.value.reason
    assert "「目录」" in caught.value.remedy
