"""Unified social credit codes: read as people write them, refused in a sentence that helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience.credit_code import (
    InvalidCreditCode,
    check_character,
    read_credit_code,
)

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GOOD = "91140100MA0EXAMP7L"
BODIES = st.text(CHARACTERS, min_size=17, max_size=17)


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        GOOD.lower(),
        f" {GOOD}\n",
        "9114 0100 MA0E XAMP 7L",
        "91140100-MA0EXAMP7-L",
        "９１１４０１００ＭＡ０ＥＸＡＭＰ７Ｌ",
    ],
)
def test_a_code_is_read_however_it_is_spread(written: str) -> None:
    assert read_credit_code(written) == GOOD


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "不能为空"),
        ("  ", "不能为空"),
        ("91140100MA0EXAMP7", "有 17 位，应为 18 位"),
        ("140100123456789", "有 15 位"),
        (GOOD + "0", "有 19 位"),
        ("91140100MA0EXAMP71", "末位校验码应为 L，写的是 1"),
        ("9114O100MA0EXAMP7L", "第 5 位的 O 不能出现在代码里，是不是 0？"),
        ("9I140100MA0EXAMP7L", "第 2 位的 I 不能出现在代码里，是不是 1？"),
        ("91140100MA0EXAMPZL", "是不是 2？"),
        ("91140100MA0EXAMPSL", "是不是 5？"),
        ("91140100MA0EXAMPVL", "是不是 U？"),
        ("91140100MA0EXAMP7？", "只能用数字和大写字母"),
        ("9.11401E+17", "科学计数"),
        ("无", "第 1 位的 无"),
        ("9\x001140100MA0EXAMP7L", "U+0000"),
    ],
    ids=ascii,
)
def test_what_is_wrong_is_named(written: str, problem: str) -> None:
    with pytest.raises(InvalidCreditCode, match="统一社会信用代码") as refused:
        read_credit_code(written)

    assert problem in refused.value.problem
    assert str(refused.value).isprintable()


@given(BODIES)
def test_every_code_with_its_check_character_is_read(body: str) -> None:
    code = body + check_character(body)

    assert read_credit_code(code) == code


@given(BODIES, st.integers(0, 17), st.sampled_from(CHARACTERS))
def test_one_wrong_character_is_always_found(body: str, place: int, wrong: str) -> None:
    code = body + check_character(body)
    changed = code[:place] + wrong + code[place + 1 :]
    if changed == code:
        return

    with pytest.raises(InvalidCreditCode, match="校验码"):
        read_credit_code(changed)


@given(BODIES, st.integers(0, 15))
def test_two_neighbours_in_the_wrong_order_are_always_found(body: str, place: int) -> None:
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    if swapped == body:
        return

    with pytest.raises(InvalidCreditCode, match="校验码"):
        read_credit_code(swapped + check_character(body))


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        code = read_credit_code(text)
    except InvalidCreditCode:
        return
    assert read_credit_code(code) == code
