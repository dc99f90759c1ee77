"""Headings: found below titles, read in many spellings, mapped by hand where nothing fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience.sheets import (
    ContactField,
    EnterpriseField,
    MissingColumn,
    UnknownMapping,
    read_contacts,
    read_enterprises,
)
from distribution.audience.sheets.headings import Columns, Row, find_columns

F = ContactField


def rows(*cells: list[str], first: int = 1) -> list[Row]:
    return list(enumerate(cells, first))


def contacts(*cells: list[str], **mapping: str) -> Columns[ContactField]:
    return find_columns(rows(*cells), ContactField, F.EMAIL, mapping)


CONTACT_HEADINGS = {
    "单位名称": F.ENTERPRISE,
    "企业名称": F.ENTERPRISE,
    "公司": F.ENTERPRISE,
    "工作单位": F.ENTERPRISE,
    "会员单位": F.ENTERPRISE,
    "统一社会信用代码": F.CREDIT_CODE,
    "统一社会信用代码（18位）": F.CREDIT_CODE,
    "信用代码": F.CREDIT_CODE,
    "税号": F.CREDIT_CODE,
    "姓名": F.NAME,
    "姓  名": F.NAME,
    "联系人": F.NAME,
    "联系人姓名": F.NAME,
    "*姓名": F.NAME,
    "姓名（必填）": F.NAME,
    "姓名必填": F.NAME,
    "职务": F.ROLE,
    "职位": F.ROLE,
    "部门及职务": F.ROLE,
    "部门/职务": F.ROLE,
    "手机": F.PHONE,
    "手机号码": F.PHONE,
    "联系\n电话": F.PHONE,
    "联系人手机": F.PHONE,
    "关注栏目": F.TOPICS,
    "关注主题": F.TOPICS,
    "订阅栏目": F.TOPICS,
    "关注词": F.WATCH_WORDS,
    "关键词": F.WATCH_WORDS,
    "频率": F.FREQUENCY,
    "接收频率": F.FREQUENCY,
    "版本": F.EDITION,
    "格式": F.FORMAT,
    "邮件格式": F.FORMAT,
    "同意依据": F.BASIS,
    "授权依据": F.BASIS,
    "退订": F.LEFT,
    "退订说明": F.LEFT,
    "阅读统计": F.TRACKING,
    "暂停至": F.PAUSED_UNTIL,
}
EMAIL_HEADINGS = [
    "邮箱",
    "电子邮箱",
    "电子邮件",
    "E-mail",
    "E-MAIL",
    "email",
    "Ｅ－ｍａｉｌ",
    "Email地址",
    "邮件地址",
    "邮箱：",
    "邮箱*",
    "电子\n邮箱",
    "电 子 邮 箱",
    "电子邮箱（必填，用于接收）",
    "企业联系邮箱",
]
ENTERPRISE_HEADINGS = {
    "简称": EnterpriseField.SHORT_NAME,
    "统一社会信用代码": EnterpriseField.CREDIT_CODE,
    "信用代码": EnterpriseField.CREDIT_CODE,
    "地区": EnterpriseField.REGION,
    "所在市": EnterpriseField.REGION,
    "所在地": EnterpriseField.REGION,
    "所在地市": EnterpriseField.REGION,
    "地址": EnterpriseField.REGION,
    "行业": EnterpriseField.INDUSTRY,
    "所属行业": EnterpriseField.INDUSTRY,
    "行业代码": EnterpriseField.INDUSTRY,
    "入会日期": EnterpriseField.MEMBER_SINCE,
    "入会时间": EnterpriseField.MEMBER_SINCE,
    "会籍到期": EnterpriseField.MEMBER_UNTIL,
    "有效期至": EnterpriseField.MEMBER_UNTIL,
    "备注": EnterpriseField.NOTES,
    "关注主题": EnterpriseField.TOPICS,
}


@pytest.mark.parametrize("heading", CONTACT_HEADINGS, ids=ascii)
def test_a_contacts_heading_is_known(heading: str) -> None:
    assert contacts([heading, "邮箱"]).fields == {CONTACT_HEADINGS[heading]: 0, F.EMAIL: 1}


@pytest.mark.parametrize("heading", EMAIL_HEADINGS, ids=ascii)
def test_the_column_of_addresses_is_known(heading: str) -> None:
    assert contacts(["姓名", heading]).fields == {F.NAME: 0, F.EMAIL: 1}


@pytest.mark.parametrize("heading", ENTERPRISE_HEADINGS, ids=ascii)
def test_an_enterprises_heading_is_known(heading: str) -> None:
    columns = read_enterprises(rows([heading, "企业名称"])).columns

    assert columns.fields == {ENTERPRISE_HEADINGS[heading]: 0, EnterpriseField.NAME: 1}


@pytest.mark.parametrize("field", ContactField)
def test_labels_and_codes_are_headings(field: ContactField) -> None:
    for heading in (field.label, field.value):
        assert contacts([heading, "邮箱" if field is not F.EMAIL else "姓名"]).fields[field] == 0


def test_a_heading_stands_below_titles_and_notes() -> None:
    columns = contacts(
        ["2026 年会员单位联系人一览表"] * 4,
        ["填表说明：邮箱请写全", "", "", ""],
        ["单位名称", "姓名", "职务", "电子邮箱"],
        ["太行第一机械厂", "梁毅", "总工", "liang@sanjin.example"],
    )

    assert (columns.line, columns.begins) == (3, 4)
    assert columns.headings == ("单位名称", "姓名", "职务", "电子邮箱")


def test_a_heading_may_show_an_example() -> None:
    assert contacts(["姓名", "电子邮箱（例：zhang@sanjin.example）"]).fields[F.EMAIL] == 1


def test_a_heading_of_two_rows_is_read_as_one() -> None:
    columns = contacts(
        ["单位名称", "联系人", "", ""],
        ["", "姓名", "职务", "邮箱"],
        ["太行第一机械厂", "梁毅", "总工", "liang@sanjin.example"],
    )

    assert columns.line == 2
    assert columns.fields == {F.ENTERPRISE: 0, F.NAME: 1, F.ROLE: 2, F.EMAIL: 3}


def test_a_title_that_ends_like_a_heading_is_none() -> None:
    columns = contacts(["会员企业邮箱"], ["邮箱"], ["liang@sanjin.example"])

    assert columns.line == 2


def test_a_title_is_no_upper_row_of_a_heading() -> None:
    columns = contacts(["会员单位"] * 3, ["", "姓名", "邮箱"])

    assert columns.fields == {F.NAME: 1, F.EMAIL: 2}


def test_columns_nobody_knows_are_told() -> None:
    assert contacts(["序号", "姓名", "邮箱", "性别", ""]).ignored == ("序号", "性别")


def test_of_two_columns_for_one_field_the_first_is_read_and_it_is_told() -> None:
    columns = contacts(["姓名", "邮箱", "联系人"])

    assert columns.fields == {F.NAME: 0, F.EMAIL: 1}
    assert columns.notes == ("「姓名」和「联系人」都是姓名，只读前一列",)


def test_several_columns_of_telephones_are_all_read() -> None:
    columns = contacts(["办公电话", "邮箱", "手机", "家庭电话"])

    assert columns.fields == {F.PHONE: 0, F.EMAIL: 1}
    assert columns.further == ((F.PHONE, 2),)
    assert (columns.notes, columns.ignored) == ((), ("家庭电话",))


def test_of_two_people_in_a_row_the_first_keeps_his_own_telephone() -> None:
    person = ["姓名", "手机", "邮箱"]
    columns = contacts(["单位名称", "负责人", "", "", "联络员", "", ""], ["", *person, *person])

    assert columns.fields == {F.ENTERPRISE: 0, F.NAME: 1, F.PHONE: 2, F.EMAIL: 3}
    assert columns.further == ()
    assert columns.notes[-1] == (
        "「邮箱」和「邮箱」都是邮箱，只读前一列；后一列可再导入一次：--map 7=邮箱"
    )


def test_of_columns_of_telephones_only_the_one_is_read_that_was_asked_for() -> None:
    columns = contacts(["办公电话", "邮箱", "手机"], 手机="电话")

    assert columns.fields == {F.PHONE: 2, F.EMAIL: 1}
    assert columns.further == ()


def test_an_exact_heading_goes_before_one_that_only_ends_like_it() -> None:
    columns = contacts(["备用邮箱", "邮箱"])

    assert columns.fields == {F.EMAIL: 1}
    assert columns.ignored == ("备用邮箱",)


@pytest.mark.parametrize("column", ["联系渠道", "联系 渠道", "B", "b", "2"])
@pytest.mark.parametrize("field", ["邮箱", "email", "E-mail"])
def test_a_column_is_mapped_by_heading_letter_or_number(column: str, field: str) -> None:
    columns = contacts(["姓名", "联系渠道"], **{column: field})

    assert columns.fields == {F.NAME: 0, F.EMAIL: 1}


def test_a_mapping_goes_before_what_a_heading_says() -> None:
    columns = contacts(["邮箱", "个人邮箱"], 个人邮箱="邮箱", 邮箱="忽略")

    assert columns.fields == {F.EMAIL: 1}
    assert columns.ignored == ("邮箱",)


def test_letters_map_columns_of_a_sheet_without_headings() -> None:
    reader = read_contacts(
        rows(["梁毅", "liang@sanjin.example"]), mapping={"A": "姓名", "B": "邮箱"}
    )

    assert [line.facts.name for line in reader if line.facts] == ["梁毅"]


def test_a_number_maps_the_names_of_enterprises_without_headings() -> None:
    reader = read_enterprises(rows(["太行", "太原"], ["汾河", "临汾"]), mapping={"1": "企业名称"})

    assert [line.facts.name for line in reader if line.facts] == ["太行", "汾河"]


@pytest.mark.parametrize(
    ("column", "field", "problem"),
    [
        ("生日", "邮箱", "没有这一列，表头有 姓名、邮箱"),
        ("Z", "邮箱", "没有这一列"),
        ("9", "邮箱", "没有这一列"),
        ("0", "邮箱", "没有这一列"),
        ("姓名", "生日", "没有这个字段，可写 单位名称、"),
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(column: str, field: str, problem: str) -> None:
    with pytest.raises(UnknownMapping) as refused:
        contacts(["姓名", "邮箱"], **{column: field})

    assert f"--map {column}={field} 不能用：{problem}" in str(refused.value)


def test_without_addresses_the_sentence_lists_the_headings_and_shows_the_mapping() -> None:
    with pytest.raises(MissingColumn) as refused:
        contacts(["单位名称", "姓名", "联系渠道"], ["太行", "梁毅", "liang@sanjin.example"])

    assert str(refused.value) == (
        "没有找到「邮箱」列：表头只有 单位名称、姓名、联系渠道；请用 --map 指明是哪一列，"
        "例如 --map 联系渠道=邮箱，或写列号 --map B=邮箱"
    )


def test_without_names_of_enterprises_the_sentence_says_so() -> None:
    with pytest.raises(MissingColumn, match="没有找到「企业名称」列：表头只有 地区、行业"):
        read_enterprises(rows(["地区", "行业"]))


@pytest.mark.parametrize("cells", [[], [["", ""]], [["梁毅", "总工"]]])
def test_a_sheet_without_anything_known_is_refused(cells: list[list[str]]) -> None:
    with pytest.raises(MissingColumn, match="前 30 行里没有认得的表头"):
        read_contacts(rows(*cells))


def test_a_heading_below_the_first_thirty_rows_is_not_looked_for() -> None:
    with pytest.raises(MissingColumn):
        read_contacts(rows(*[["说明"]] * 30, ["姓名", "邮箱"]))


@given(st.lists(st.lists(st.text(max_size=8) | st.sampled_from(["邮箱", "姓名"]), max_size=4)))
def test_any_sheet_has_columns_or_is_refused(cells: list[list[str]]) -> None:
    try:
        columns = read_contacts(rows(*cells)).columns
    except MissingColumn:
        return
    assert F.EMAIL in columns.fields
