"""The Chinese of a digest that depends on facts: names of issues, days, groups and reasons."""

import re
from collections.abc import Mapping
from datetime import date

from distribution.compiler import Masthead
from distribution.digests.selecting import FOR_ALL, Choice
from distribution.words import Reason

# What nobody means to print: controls, also those that turn the direction of writing, lone
# surrogates and noncharacters. Parsers choke on them, headers refuse them.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]+"
)
_OF_A_TOPIC = frozenset(
    {
        Reason.LEAD,
        Reason.MUST_CARRY,
        Reason.TOPIC,
        Reason.ENTERPRISE,
        Reason.DEFAULT,
        Reason.DISCOVERY,
    }
)
"""Reasons whose detail is a topic's code, of the first two also a watch word."""


def clean(text: str) -> str:
    r"""Put one blank where there is white space or something unprintable.

    >>> clean(" 首台\n（套）\x00装备 ")
    '首台 （套） 装备'
    """
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def shortened(text: str, length: int) -> str:
    """Cut a text to so many characters, an ellipsis included; nothing at all for none.

    >>> shortened("首台（套）装备目录公布", 8), shortened("首台", 0)
    ('首台（套）装备…', '')
    """
    if len(text) <= length:
        return text
    return text[: length - 1].rstrip("，、；：。… ") + "…" if length else ""


def issue_name(masthead: Masthead) -> str:
    """Name an issue as its readers do.

    >>> issue_name(Masthead("三晋装备通讯", 2026, "11", 11, 447, date(2026, 11, 1)))
    '2026年第11期'
    >>> issue_name(Masthead("三晋装备通讯", 2026, "07-08", 7, 443, date(2026, 7, 1)))
    '2026年第7—8期合刊'
    >>> issue_name(Masthead("三晋装备通讯", 2026, "s1", None, None, date(2026, 7, 1)))
    '2026年增刊第1期'
    """
    numbers = [int(number) for number in re.findall(r"[0-9]+", masthead.label)]
    year, kind = f"{masthead.year}年", masthead.label[:1]
    if kind == "s":
        return f"{year}增刊" + "".join(f"第{number}期" for number in numbers[:1])
    if len(numbers) > 1:
        return f"{year}第{numbers[0]}—{numbers[-1]}期合刊"
    return f"{year}第{numbers[0]}期" if numbers else f"{year}{masthead.label}"


def day(moment: date | None, year: int) -> str:
    """Write the day of an article; its year only where it is not the issue's.

    >>> day(date(2026, 9, 8), 2026), day(date(2025, 12, 30), 2026), day(None, 2026)
    ('9月8日', '2025年12月30日', '')
    """
    if moment is None:
        return ""
    short = f"{moment.month}月{moment.day}日"
    return short if moment.year == year else f"{moment.year}年{short}"


def reason_label(choice: Choice, topics: Mapping[str, str]) -> str:
    """Say why an article is in a mail.

    >>> reason_label(Choice(1, Reason.TOPIC, "quality"), {"quality": "质量管理"})
    '您关注：质量管理'
    >>> reason_label(Choice(1, Reason.MUST_CARRY, "quality"), {"quality": "质量管理"})
    '编辑推荐（关注：质量管理）'
    """
    if not choice.detail:
        return choice.reason.label
    detail = clean(choice.detail)
    if choice.reason is Reason.SECTION:
        return detail
    if choice.reason in _OF_A_TOPIC:  # a topic removed since is still named, by its code
        detail = topics.get(choice.detail, detail)
    if choice.reason in FOR_ALL:
        return f"{choice.reason.label}（关注：{detail}）"
    return f"{choice.reason.label}：{detail}"


def group_way(choice: Choice) -> tuple[str, str]:
    """What a reader can say to the heading of an article: a piece's name, and the topic's code.

    >>> group_way(Choice(1, Reason.TOPIC, "quality")), group_way(Choice(1, Reason.FILL, ""))
    (('less', 'quality'), ('', ''))
    """
    if choice.reason in (Reason.TOPIC, Reason.ENTERPRISE, Reason.DEFAULT):
        return "less", choice.detail
    return ("more", choice.detail) if choice.reason is Reason.DISCOVERY else ("", "")


def group_label(choice: Choice, topics: Mapping[str, str], section: str) -> str:
    """The heading an article stands under; `section` is used where the whole contents are sent."""
    if choice.reason in (Reason.TOPIC, Reason.ENTERPRISE, Reason.DEFAULT):
        return topics.get(choice.detail, choice.detail)
    if choice.reason is Reason.SECTION:
        return clean(choice.detail)
    if choice.reason is Reason.CONTENTS and section:
        return section
    return choice.reason.label
