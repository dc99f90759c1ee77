"""E-mail addresses: what people write, and what the system makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience import InvalidAddress, read_address

GOOD = {
    "liang@sanjin.example": "liang@sanjin.example",
    "Liang@Sanjin.Example": "liang@sanjin.example",
    " liang@sanjin.example\t\n": "liang@sanjin.example",
    "\u3000liang@sanjin.example\xa0": "liang@sanjin.example",
    "\ufeffliang@sanjin.example": "liang@sanjin.example",
    "\u202aliang@sanjin.example\u202c": "liang@sanjin.example",
    "ｌｉａｎｇ＠ｓａｎｊｉｎ．ｅｘａｍｐｌｅ": "liang@sanjin.example",
    "liang＠sanjin.example": "liang@sanjin.example",
    "liang@sanjin。example": "liang@sanjin.example",
    "li.ang+news@mail.sanjin.example": "li.ang+news@mail.sanjin.example",
    "12345678@qq.com": "12345678@qq.com",
    "o'neil@sanjin.example": "o'neil@sanjin.example",
    "a_b-c@sanjin.example": "a_b-c@sanjin.example",
    "a@b.cn": "a@b.cn",
    "张三@sanjin.example": "张三@sanjin.example",
    "𠮷安@sanjin.example": "𠮷安@sanjin.example",
    "a@例子.中国": "a@xn--fsqu00a.xn--fiqs8s",
    "a@xn--fsqu00a.xn--fiqs8s": "a@xn--fsqu00a.xn--fiqs8s",
    "a@XN--FSQU00A.XN--FIQS8S": "a@xn--fsqu00a.xn--fiqs8s",
    "张三@例子.中国": "张三@xn--fsqu00a.xn--fiqs8s",
    "é@sanjin.example": "é@sanjin.example",
    "e\u0301@sanjin.example": "é@sanjin.example",
    f"{'a' * 64}@sanjin.example": f"{'a' * 64}@sanjin.example",
}
BAD = [
    "",
    " ",
    "liang",
    "@sanjin.example",
    "liang@",
    "liang@sanjin",
    "liang@localhost",
    "liang@@sanjin.example",
    "li ang@sanjin.example",
    "liang@san jin.example",
    "liang@sanjin..example",
    ".liang@sanjin.example",
    "liang.@sanjin.example",
    "li..ang@sanjin.example",
    "liang@-sanjin.example",
    "liang@sanjin.example.",
    "liang@sanjin.c",
    "liang@[127.0.0.1]",
    "liang@127.0.0.1",
    '"liang yi"@sanjin.example',
    "梁毅 <liang@sanjin.example>",
    "mailto:liang yi@sanjin.example",
    "a@sanjin.example, b@sanjin.example",
    "a@sanjin.example;b@sanjin.example",
    "liang@sanjin.example\nBcc: all@sanjin.example",
    "liang\x00@sanjin.example",
    "lia\u200bng@sanjin.example",
    "liang\u202e@sanjin.example",
    f"{'a' * 65}@sanjin.example",
    f"a@{'b' * 64}.example",
    f"a@{'b.' * 127}example",
    "a" * 10_000,
    "\ud800@sanjin.example",
]


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(GOOD) + len(BAD) >= 50


@pytest.mark.parametrize("written", GOOD, ids=ascii)
def test_an_address_is_understood(written: str) -> None:
    assert read_address(written).key == GOOD[written]


@pytest.mark.parametrize("written", BAD, ids=lambda text: ascii(text)[:40])
def test_what_is_no_address_is_refused_in_a_short_sentence(written: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        read_address(written)

    assert refused.value.given == written
    what = "不是邮件地址" if written.strip() else "没有填写邮件地址"
    assert f"{what}：请写成 名字@域名" in str(refused.value)
    unseen = any(one in written for one in "\n\0\u200b\u202e\ud800")
    assert ("看不见的字符" in str(refused.value)) == unseen
    assert len(str(refused.value)) < 400
    assert str(refused.value).isprintable()


def test_the_envelope_keeps_the_case_of_the_name_and_speaks_ascii_domains() -> None:
    address = read_address(" Li.Ming@例子.中国 ")

    assert (address.written, address.envelope) == (
        "Li.Ming@例子.中国",
        "Li.Ming@xn--fsqu00a.xn--fiqs8s",
    )


@given(st.sampled_from(sorted(GOOD)), st.sampled_from([str.upper, str.lower, str.title]))
def test_neither_case_nor_a_second_reading_changes_the_key(written: str, change: object) -> None:
    key = read_address(written).key

    assert callable(change)
    assert read_address(change(written)).key == key
    assert read_address(key).key == key
    assert read_address(read_address(written).envelope).key == key


@given(st.text(max_size=40), st.sampled_from(["", "@", "@sanjin.example", "@例子.中国"]))
def test_any_text_is_an_address_or_refused(name: str, domain: str) -> None:
    try:
        address = read_address(name + domain)
    except InvalidAddress:
        return
    assert read_address(address.key).key == address.key
    assert address.envelope.rpartition("@")[2].isascii()
    assert address.key.isprintable()
