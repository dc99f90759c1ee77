"""The key figures of an article: amounts of money, percentages and days, as they are printed."""

import re
from dataclasses import dataclass

_WHOLE = r"(?<![0-9])(?<![0-9][.,])"
"""No figure begins inside a number."""
_NEW = r"(?<![0-9])(?<![0-9]\.)"
"""The same for a day: a comma before it is punctuation."""
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?![.,]?[0-9])"
_TO = r" ?[-–—~～至到] ?"
_SCALE = r"(?:[多余]?(?:[十百千]?[万亿]|万亿|[百千])[多余]?|[多余])"
_MONEY = r"(?:元人民币|(?:美|欧|日|港)?元(?![件素旦宵])|英镑)"
_PER_CENT = r"(?:个百分点|[%％‰])"
_YEAR, _MONTH, _DAY = r"[12][0-9]{3}", r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12][0-9]|0?[1-9])"

_DAYS = rf"{_DAY}(?:日?{_TO}(?:(?:{_YEAR}年)?{_MONTH}月)?{_DAY})?日"
_MONTHS = rf"{_MONTH}(?:月?{_TO}{_MONTH})?月"
_DATE = (
    rf"{_NEW}{_YEAR}(?:年?{_TO}{_YEAR})?年(?:{_MONTH}月{_DAYS}|{_MONTHS})?"
    rf"|(?<![0-9A-Za-z.-]){_YEAR}([-./]){_MONTH}\2{_DAY}(?![0-9])"
    rf"|{_NEW}{_MONTH}月{_DAYS}"
)
_AMOUNT = (
    rf"(?:US|HK)?[$￥¥€] ?{_NUMBER}(?: ?{_SCALE})?(?:{_MONEY})?"
    rf"|(?:人民币)?{_WHOLE}{_NUMBER}(?: ?{_SCALE})?(?:{_MONEY})?"
    rf"(?:{_TO}{_NUMBER}(?: ?{_SCALE})?)? ?{_MONEY}"
)
_SHARE = rf"±?{_WHOLE}{_NUMBER} ?(?:{_PER_CENT})?(?:{_TO}{_NUMBER})? ?{_PER_CENT}"
_PATTERN = re.compile(rf"(?P<日期>{_DATE})|(?P<金额>{_AMOUNT})|(?P<百分比>{_SHARE})")
_KINDS = ("日期", "金额", "百分比")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `kind` is 金额, 百分比 or 日期."""

    kind: str
    text: str


def key_figures(text: str) -> list[Figure]:
    """All figures in their order, each once.

    >>> [one.text for one in key_figures("2026年10月投资1.2 亿元，增长3%—5%，再投1.2 亿元。")]
    ['2026年10月', '1.2 亿元', '3%—5%']
    """
    found = (
        Figure(next(kind for kind in _KINDS if match[kind]), match[0])
        for match in _PATTERN.finditer(text)
    )
    return list(dict.fromkeys(found))
