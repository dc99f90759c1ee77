"""Key figures: money, percentages, days, whole and as printed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.compiler.article.figures import Figure, key_figures


def found(text: str) -> list[str]:
    return [f"{one.kind} {one.text}" for one in key_figures(text)]


@pytest.mark.parametrize(
    "amount",
    [
        "12.6亿元", "300万元", "$5", "1.2 亿美元", "US$5", "￥3.5万", "1,234.5万元", "2—3亿元",
        "1.2亿—1.5亿元", "100元至200元", "100多万元", "3亿余元", "30余亿元", "2万亿元", "3千元",
        "人民币5万元", "5万元人民币", "600欧元", "1,234,567.89元", "10多元",
    ],
)  # fmt: skip
def test_an_amount_of_money_is_whole(amount: str) -> None:
    assert found(f"项目投资{amount}，按期完成。") == [f"金额 {amount}"]


@pytest.mark.parametrize(
    "share",
    [
        "12.6%", "0.65个百分点", "3%—5%", "3-5%", "0.5至1.5个百分点", "3‰", "12％", "±0.5%",
        "15%—20%", "5 个百分点",
    ],
)  # fmt: skip
def test_a_percentage_is_whole(share: str) -> None:
    assert found(f"同比提高{share}，好于预期。") == [f"百分比 {share}"]


@pytest.mark.parametrize(
    "day",
    [
        "2026年10月16日", "9月20日", "2026-10-16", "2026/10/16", "2026年10月", "2026—2028年",
        "2026年10月16日至20日", "10月16日—11月2日", "2026年1-9月", "2026年9月至10月",
        "2025年12月28日至2026年1月3日", "2026年",
    ],
)  # fmt: skip
def test_a_day_or_span_of_days_is_whole(day: str) -> None:
    assert found(f"活动于{day}举行。") == [f"日期 {day}"]


@pytest.mark.parametrize(
    "text",
    [
        "增长三成", "300元件", "一二期共5元素", "5日元旦", "第2026号", "20261016", "12.6.5亿元",
        "第12.6.1节", "12,34元", "型号A2026-10-16", "13月40日", "10月份", "电话0351-1234567",
        "5美分", "百分之五", "12.5.3%", "$", "元", "%",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_figure_is_none(text: str) -> None:
    assert key_figures(text) == []


def test_figures_stand_in_their_order_and_each_once() -> None:
    text = "2026年投资1.2亿元，增长3%；2026年再投1.2亿元，增长3%，9月20日开工。"

    assert found(text) == ["日期 2026年", "金额 1.2亿元", "百分比 3%", "日期 9月20日"]


def test_commas_between_figures_are_punctuation() -> None:
    assert found("到3,2026年5%,6%") == ["日期 2026年", "百分比 5%", "百分比 6%"]


@given(st.text(alphabet="0123456789.,年月日元万亿%—- $个百分点至多", max_size=40))
def test_no_figure_cuts_a_number(text: str) -> None:
    for figure in key_figures(text):
        before = "(?<![0-9])" if figure.text[0].isdigit() else ""
        after = "(?![0-9])" if figure.text[-1].isdigit() else ""
        assert re.search(before + re.escape(figure.text) + after, text), figure


@given(st.text(max_size=60))
def test_any_text_has_figures_of_known_kinds_or_none(text: str) -> None:
    found = key_figures(text)

    assert len(found) == len(set(found))
    for figure in found:
        assert isinstance(figure, Figure)
        assert figure.kind in ("金额", "百分比", "日期")
        assert figure.text in text
