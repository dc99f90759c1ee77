"""Lists of contacts as offices keep them: facts, notes and refusals, row by row."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience.sheets import (
    ContactFacts,
    ContactField,
    ContactLine,
    ContactReader,
    read_contacts,
)
from distribution.audience.suspicion import SuspicionKind
from distribution.words import Edition, Frequency, MailFormat, Role, Tracking

HEADING = ["单位名称", "姓名", "职务", "邮箱", "电话"]


def reader(*cells: list[str], allow_smtputf8: bool = False) -> ContactReader:
    return read_contacts(enumerate(cells, 1), allow_smtputf8=allow_smtputf8)


def only(heading: list[str], cells: list[str]) -> ContactLine:
    (line,) = reader(heading, cells)
    return line


def facts(line: ContactLine) -> ContactFacts:
    assert line.facts is not None, line.refusals
    assert line.refusals == ()
    return line.facts


def test_a_full_row_becomes_facts() -> None:
    heading = [field.label for field in ContactField]
    cells = [
        "太行第一机械厂（有限公司）",
        "91140100MA0EXAMP7L",
        "梁　毅",
        "总工程师",
        "Liang@sanjin.example",
        "138 0000 0000",
        "1.质量管理 2.政策",
        "液压，数控",
        "有匹配时",
        "标准版",
        "纯文本",
        "2026 年入会登记表",
        "否",
        "不同意",
        "可投递",
        "2026年3月1日",
        "是",
    ]
    line = only(heading, cells)
    read = facts(line)

    assert (line.number, line.cells, line.notes) == (2, cells, ())
    assert read.address.key == "liang@sanjin.example"
    assert read == ContactFacts(
        address=read.address,
        name="梁毅",
        enterprise="太行第一机械厂（有限公司）",
        credit_code="91140100MA0EXAMP7L",
        role=Role.TECHNOLOGY,
        phone="13800000000",
        topics=("质量管理", "政策"),
        watch_words=("液压", "数控"),
        frequency=Frequency.WHEN_MATCHING,
        edition=Edition.STANDARD,
        format=MailFormat.TEXT,
        basis="2026 年入会登记表",
        left=None,
        tracking=Tracking.DENIED,
        paused_until=date(2026, 3, 1),
    )


@pytest.mark.parametrize("blank", ["", "　", "无", "-", "N/A"])
def test_empty_cells_say_nothing(blank: str) -> None:
    heading = [field.label for field in ContactField]
    cells = [blank] * len(heading)
    cells[heading.index("姓名")], cells[heading.index("邮箱")] = "梁毅", "liang@sanjin.example"
    line = only(heading, cells)

    assert facts(line) == ContactFacts(address=facts(line).address, name="梁毅")
    assert line.notes == ()


def test_a_short_row_is_read_as_if_it_ended_in_empty_cells() -> None:
    line = only(["邮箱", "姓名", "电话"], ["liang@sanjin.example", "梁毅"])

    assert facts(line).phone is None


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["太行", "梁毅", "销售经理", "a@sanjin.example", ""], "记为其他"),
        (["太行", "梁毅", "", "a@sanjin.example", "见通讯录"], "电话「见通讯录」看不懂"),
        (["太行", "梁毅", "", "a@sanjin.example;b@sanjin.example", ""], "另有地址 b@"),
        (["太行", "", "", "liang@sanjin.example", ""], "没有姓名，暂记为 liang"),
        (["太行", "梁毅", "", "liang@qq.con", ""], "域名 qq.con 是不是 qq.com？"),
        (["太行", "梁毅", "", "office@sanjin.example", ""], "公共邮箱"),
    ],
)
def test_what_is_odd_is_noted_and_the_row_is_kept(cells: list[str], note: str) -> None:
    line = only(HEADING, cells)

    assert line.facts is not None
    assert len(line.notes) == 1
    assert note in line.notes[0]


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        (["太行", "梁毅", "总工", "", ""], "没有填写邮箱"),
        (["太行", "梁毅", "总工", "无", ""], "没有填写邮箱"),
        (["太行", "梁毅", "总工"], "没有填写邮箱"),
        (["太行", "梁毅", "总工", "见名片", ""], "没有 @"),
        (["太行", "梁毅", "总工", "liang@sanjin", ""], "不是邮件地址"),
        (["太行", "梁毅", "总工", "梁毅@sanjin.example", ""], "绝大多数邮件系统无法投递"),
        (["太行", "毅" * 101, "总工", "liang@sanjin.example", ""], "有 101 个字，最多 100 个"),
        (["太行", "梁\x01毅", "总工", "liang@sanjin.example", ""], "U+0001"),
        (["太" * 201, "梁毅", "总工", "liang@sanjin.example", ""], "有 201 个字，最多 200 个"),
    ],
    ids=range(9),
)
def test_what_cannot_be_kept_is_refused(cells: list[str], refusal: str) -> None:
    line = only(HEADING, cells)

    assert (line.facts, line.cells) == (None, cells)
    assert len(line.refusals) == 1
    assert refusal in line.refusals[0]


def test_every_reason_of_a_refusal_is_told() -> None:
    line = only(HEADING, ["太" * 201, "毅" * 101, "总工", "无", ""])

    assert len(line.refusals) == 3


def test_the_suspicions_of_an_address_can_be_counted() -> None:
    line = only(["邮箱"], ["info@qq.con"])

    assert [one.kind for one in line.suspicions] == [SuspicionKind.TYPO, SuspicionKind.ROLE]
    assert facts(line).address.key == "info@qq.con"


def test_the_name_before_an_address_stands_in_for_a_missing_one() -> None:
    line = only(["邮箱"], ["梁毅 <liang@sanjin.example>"])

    assert (facts(line).name, facts(line).name_is_given, line.notes) == ("梁毅", True, ())


def test_without_any_name_the_address_lends_one() -> None:
    read = facts(only(["邮箱"], ["Liang.Yi@sanjin.example"]))

    assert (read.name, read.name_is_given) == ("liang.yi", False)


def test_a_row_that_is_refused_keeps_no_good_one_out() -> None:
    bad, good, again = reader(
        HEADING,
        ["太行", "梁" * 101, "总工", "liang@sanjin.example", ""],
        ["太行", "梁毅", "总工", "liang@sanjin.example", ""],
        ["太行", "梁毅", "总工", "liang@sanjin.example", ""],
    )

    assert (bad.facts, facts(good).name) == (None, "梁毅")
    assert again.refusals == ("邮箱 liang@sanjin.example 与第 3 行重复",)


def test_an_address_that_comes_again_is_refused() -> None:
    first, second, third = reader(
        HEADING,
        ["太行", "梁毅", "总工", "liang@sanjin.example", ""],
        ["太行", "梁毅", "总工", "mailto:LIANG＠sanjin.example", ""],
        ["太行", "梁毅", "总工", "liang@sanjin.example", ""],
    )

    assert first.facts is not None
    assert second.refusals == ("邮箱 LIANG@sanjin.example 与第 2 行重复",)
    assert "与第 2 行重复" in third.refusals[0]


def test_a_name_that_is_not_ascii_is_read_where_allowed() -> None:
    (line,) = reader(["邮箱"], ["梁毅@sanjin.example"], allow_smtputf8=True)

    assert facts(line).address.needs_smtputf8


def test_the_same_as_above_is_the_enterprise_of_the_row_above() -> None:
    lines = reader(
        HEADING,
        ["太行", "梁毅", "", "a@sanjin.example", ""],
        ["同上", "韩晓", "", "b@sanjin.example", ""],
        ["〃", "郭安", "", "c@sanjin.example", ""],
        ["", "任平", "", "d@sanjin.example", ""],
    )

    assert [facts(line).enterprise for line in lines] == ["太行", "太行", "太行", None]


@pytest.mark.parametrize(
    ("cell", "left"), [("是", "是"), ("2026-03-01 来电退订", "2026-03-01 来电退订"), ("否", None)]
)
def test_what_the_file_says_of_leaving_is_kept(cell: str, left: str | None) -> None:
    assert facts(only(["邮箱", "退订"], ["a@sanjin.example", cell])).left == left


def test_headings_printed_again_sums_and_empty_rows_are_passed_over_and_counted() -> None:
    sheet = reader(
        ["会员单位联系人"],
        HEADING,
        ["太行", "梁毅", "总工", "a@sanjin.example", ""],
        ["", "  ", "", "", ""],
        [],
        HEADING,
        ["单位名称", "姓 名", "职务", "邮 箱", "电话"],
        ["汾河", "韩晓", "质检", "b@sanjin.example", ""],
        ["合计", "2", "", "", ""],
        ["共计：2 人"],
        ["填表人：郭安", "", "", "日期：2026-03-01", ""],
        ["备注：以上均为在册会员"],
        ["太行", "任平", "", "", ""],
    )
    lines = list(sheet)

    assert [line.number for line in lines] == [3, 8, 13]
    assert lines[-1].refusals == ("没有填写邮箱",)
    assert (sheet.blank_rows, sheet.repeated_headings, sheet.summary_rows) == (2, 2, 4)


def test_rows_numbered_in_advance_are_empty_rows() -> None:
    sheet = reader(
        ["序号", *HEADING], ["1", "太行", "梁毅", "", "a@sanjin.example"], ["2"], ["3", ""]
    )

    assert [line.number for line in sheet] == [2]
    assert sheet.blank_rows == 2


def test_a_plain_list_of_addresses_needs_no_heading() -> None:
    sheet = reader(["名单"], ["梁毅", "a@sanjin.example"], ["韩晓", "b＠sanjin.example"])

    assert [facts(line).address.key[0] for line in sheet] == ["a", "b"]
    assert sheet.columns.notes == ("没有表头：第 2 列是邮箱，其余各列未读，可用 --map 指明",)


def test_spellings_of_one_contact_give_the_same_facts() -> None:
    plain, fancy = (
        facts(only(HEADING, cells))
        for cells in (
            ["太行机械", "梁毅", "总工", "a@sanjin.example", "13800000000"],
            [" 太行机械\u200b", "梁 毅", "总 工", "ａ＠sanjin．example。", "+86 138-0000-0000"],
        )
    )

    assert fancy.address.key == plain.address.key
    assert (fancy.enterprise, fancy.name, fancy.role, fancy.phone) == (
        plain.enterprise,
        plain.name,
        plain.role,
        plain.phone,
    )


CELL = st.text(max_size=12) | st.sampled_from(["a@sanjin.example", "同上", "合计", "无", "2026"])


@given(st.lists(st.lists(CELL, max_size=len(ContactField)), max_size=5))
def test_any_row_is_facts_or_refused(cells: list[list[str]]) -> None:
    for line in reader([field.label for field in ContactField], *cells):
        assert (line.facts is None) == bool(line.refusals)
        assert line.cells == cells[line.number - 2]
        assert all((*line.refusals, *line.notes))


def test_rows_are_read_only_while_they_are_asked_for() -> None:
    taken = []

    def endless() -> Iterator[tuple[int, list[str]]]:
        number = 1
        yield number, ["邮箱"]
        while True:
            number += 1
            taken.append(number)
            yield number, [f"a{number}@sanjin.example"]

    lines = iter(read_contacts(endless()))

    assert [next(lines).number for _ in range(100)] == list(range(2, 102))
    assert len(taken) == 100


@pytest.mark.parametrize(
    ("office", "mobile", "phone"),
    [
        ("0351-2022001", "13800000000", "0351-2022001、13800000000"),
        ("无", "13800000000", "13800000000"),
        ("0351-2022001", "", "0351-2022001"),
        ("", "", None),
    ],
)
def test_a_person_has_all_telephones_of_his_row(
    office: str, mobile: str, phone: str | None
) -> None:
    cells = [office, "liang@sanjin.example", mobile]

    assert facts(only(["办公电话", "邮箱", "手机"], cells)).phone == phone


def test_a_short_row_has_the_telephones_that_stand_in_it() -> None:
    line = only(["邮箱", "手机", "办公电话"], ["liang@sanjin.example"])

    assert facts(line).phone is None


@pytest.mark.parametrize("remark", ["已离职", "2026年3月调离", "该同志已退休", "此人离任"])
def test_whoever_seems_to_have_left_is_pointed_out(remark: str) -> None:
    line = only(["姓名", "邮箱", "备注"], ["梁毅", "liang@sanjin.example", remark])

    assert facts(line).left is None
    assert line.notes == (f"备注「{remark}」：是否已不在任？仍照常导入，请核对",)


@pytest.mark.parametrize("remark", ["离退休管理处", "负责退休职工", "常务理事", "离太原 30 公里"])
def test_a_remark_about_other_things_says_nothing_of_his_leaving(remark: str) -> None:
    line = only(["姓名", "邮箱", "备注"], ["梁毅", "liang@sanjin.example", remark])

    assert line.notes == ()


def test_a_title_may_say_that_he_has_left() -> None:
    line = only(["姓名", "邮箱", "职务"], ["梁毅", "liang@sanjin.example", "总工程师（已退休）"])

    assert facts(line).role is Role.TECHNOLOGY
    assert line.notes == ("职务「总工程师（已退休）」：是否已不在任？仍照常导入，请核对",)


def test_the_reasons_of_a_result_file_are_nobodys_remarks() -> None:
    heading = ["姓名", "邮箱", "结果", "原因"]
    line = only(heading, ["梁毅", "liang@sanjin.example", "新增", "备注「已离职」：请核对"])

    assert line.notes == ()


@pytest.mark.parametrize("answer", ["否", "×", "不同意", "不需要", "N"])
def test_whoever_does_not_want_it_counts_as_having_left(answer: str) -> None:
    line = only(["姓名", "邮箱", "是否订阅"], ["梁毅", "liang@sanjin.example", answer])

    assert facts(line).left == "名单中是否订阅一列：否"
    assert line.notes == ()


@pytest.mark.parametrize("answer", ["是", "√", "同意", ""])
def test_whoever_wants_it_has_not_left(answer: str) -> None:
    line = only(["姓名", "邮箱", "是否同意接收"], ["梁毅", "liang@sanjin.example", answer])

    assert facts(line).left is None
    assert line.notes == ()


def test_an_answer_that_cannot_be_read_is_noted() -> None:
    line = only(["姓名", "邮箱", "是否订阅"], ["梁毅", "liang@sanjin.example", "再议"])

    assert facts(line).left is None
    assert line.notes == ("是否订阅「再议」看不懂，未导入：请写是或否",)
