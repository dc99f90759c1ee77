"""A cell that should hold an address, as people fill it in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience import InvalidAddress
from distribution.audience.sheets.addresses import UnclearAddress, read_address_cell

ONE = "a@sanjin.example"
TWO = "c@fenhe.example"

READ = {
    ONE: ONE,
    f"  {ONE}　": ONE,
    "A@Sanjin.Example": ONE,
    f"mailto:{ONE}": ONE,
    f"MAILTO:{ONE}?subject=你好": ONE,
    f"{ONE} <mailto:{ONE}>": ONE,
    f"{ONE}({ONE})": ONE,
    "a＠sanjin．example。": ONE,
    "ａ＠ｓａｎｊｉｎ．ｅｘａｍｐｌｅ": ONE,
    "a@sanjin。example": ONE,
    f"{ONE}.": ONE,
    f"{ONE};": ONE,
    f"{ONE}，": ONE,
    f"<{ONE}>": ONE,
    f"“{ONE}”": ONE,
    f"'{ONE}'": ONE,
    f"'{ONE}": ONE,
    f"邮箱：{ONE}": ONE,
    f"邮箱{ONE}": ONE,
    f"电子邮件地址: {ONE}": ONE,
    f"E-mail: {ONE}": ONE,
    f"Email {ONE}": ONE,
    f"\ufeff{ONE}\u200b": ONE,
    "a\u200b@sanjin.example": ONE,
    f"{ONE}\n": ONE,
    f"{ONE}_x000D_": ONE,
    "a(at)sanjin.example": ONE,
    "a [at] sanjin.example": ONE,
    "a@例子.中国": "a@xn--fsqu00a.xn--fiqs8s",
    "邮箱：a@例子.中国": "a@xn--fsqu00a.xn--fiqs8s",
}
NOTED = {
    f"{ONE}; {TWO}": f"另有地址 {TWO} 未导入",
    f"{ONE}、{TWO}": f"另有地址 {TWO} 未导入",
    f"{ONE}，{TWO}": f"另有地址 {TWO} 未导入",
    f"{ONE}/{TWO}": f"另有地址 {TWO} 未导入",
    f"{ONE} {TWO}": f"另有地址 {TWO} 未导入",
    f"{ONE}\n{TWO}": f"另有地址 {TWO} 未导入",
    f"{ONE};{TWO};d@fenhe.example": f"另有地址 {TWO}、d@fenhe.example 未导入",
    "a @ sanjin.example": "已去掉邮箱中的空格",
    "a@ sanjin .example": "已去掉邮箱中的空格",
    f"{ONE}(点击发信)": "邮箱单元格中的「点击发信」未导入",
    f"{ONE}（张三）": "邮箱单元格中的「张三」未导入",
    f"{ONE}张三": "邮箱单元格中的「张三」未导入",
    f"{ONE} 13800000000": "邮箱单元格中的「13800000000」未导入",
    f"联系人：张三 邮箱：{ONE}": "邮箱单元格中的「联系人:张三」未导入",
}
NAMED = {
    f"张三 <{ONE}>": "张三",
    f"张三<{ONE}>": "张三",
    f"“张三” <{ONE}>": "张三",
    f"张三（{ONE}）": "张三",
    f"张三 {ONE}": "张三",
    f"张三：{ONE}": "张三",
    f"Zhang San <{ONE}>": "Zhang San",
    f"张三 <{ONE}>; 李四 <{TWO}>": "张三",
}
REFUSED = {
    "": "没有 @",
    "无": "没有 @",
    "13800000000": "没有 @",
    "zhang#sanjin.example": "没有 @",
    "a@sanjin": "不是邮件地址",
    "a@@sanjin.example": "不是邮件地址",
    "a@sanjin..example": "不是邮件地址",
    "a@sanjin,example": "不是邮件地址",
    "@sanjin.example": "不是邮件地址",
    "zhang san@sanjin.example": "看不出从哪里开始",
    "1380000 0000@sanjin.example": "看不出从哪里开始",
    "a@sanjin.com. cn": "看不出从哪里开始",
    "a@sanjin.com .cn": "看不出从哪里开始",
    "a@sanjin.com cn": "看不出从哪里开始",
    "a@b@sanjin.example": "看不出从哪里开始",
    "a@sanjin.example@fenhe.example": "看不出从哪里开始",
    "a@sanjin.c": "不是邮件地址",
    "a@sanjin.com13800000000": "看不出从哪里开始",
    "张三a@sanjin.example": "是不是 a@sanjin.example？",
    "张三@sanjin.example": "绝大多数邮件系统无法投递",
    "é@sanjin.example": "绝大多数邮件系统无法投递",
    "a" * 501: "有 501 个字",
}


@pytest.mark.parametrize("cell", READ, ids=ascii)
def test_an_address_is_found_without_a_word(cell: str) -> None:
    found = read_address_cell(cell)

    assert (found.address.key, found.display_name, found.notes) == (READ[cell], "", ())


@pytest.mark.parametrize("cell", NOTED, ids=ascii)
def test_what_is_left_out_or_put_right_is_noted(cell: str) -> None:
    found = read_address_cell(cell)

    assert (found.address.key, found.notes) == (ONE, (NOTED[cell],))


@pytest.mark.parametrize("cell", NAMED, ids=ascii)
def test_the_name_before_an_address_is_read(cell: str) -> None:
    found = read_address_cell(cell)

    assert (found.address.key, found.display_name) == (ONE, NAMED[cell])


@pytest.mark.parametrize("cell", REFUSED, ids=lambda cell: ascii(cell)[:30])
def test_a_cell_without_a_certain_address_is_refused(cell: str) -> None:
    with pytest.raises((UnclearAddress, InvalidAddress)) as refused:
        read_address_cell(cell)

    assert REFUSED[cell] in str(refused.value)
    assert len(str(refused.value)) < 200


def test_a_name_that_is_not_ascii_is_read_where_allowed() -> None:
    found = read_address_cell("张三@sanjin.example", allow_smtputf8=True)

    assert found.address.key == "张三@sanjin.example"


SPELLINGS = [
    str.upper,
    lambda text: f" {text}。",
    lambda text: f"mailto:{text}",
    lambda text: f"张三 <{text}>",
    lambda text: text.replace("@", "＠"),
    lambda text: text.replace("@", " @ "),
    lambda text: f"邮箱：{text}",
]


@given(
    st.from_regex(r"[a-z][a-z0-9]{0,9}([._-][a-z0-9]{1,5})?@[a-z]{2,9}\.example", fullmatch=True),
    st.sampled_from(SPELLINGS),
)
def test_spellings_of_one_address_have_one_key(address: str, spell: object) -> None:
    assert callable(spell)
    assert read_address_cell(spell(address)).address.key == address


@given(st.text(st.sampled_from("ab@.。 ;<>()张邮箱:'\n/＠-1"), max_size=40) | st.text(max_size=60))
def test_any_cell_holds_an_address_or_is_refused(cell: str) -> None:
    try:
        found = read_address_cell(cell)
    except (UnclearAddress, InvalidAddress):
        return
    assert found.address.envelope.isascii()
    assert read_address_cell(found.address.key).address.key == found.address.key
