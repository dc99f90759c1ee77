"""Why an editor should look again: the closed set of doubts, and what each costs in trust."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self


class Doubt(StrEnum):
    """A kind of doubt.

    `cost` is what it takes from an article's confidence (1 is certain). A doubt that is `grave`
    stands between the issue and its approval until somebody has looked at it; the others are
    told and bind nobody.
    """

    cost: float
    grave: bool
    label: str

    def __new__(cls, code: str, cost: float = 0, grave: bool = True, label: str = "") -> Self:  # noqa: FBT001, FBT002
        """Keep cost, weight and label beside the code."""
        doubt = str.__new__(cls, code)
        doubt._value_ = code
        doubt.cost, doubt.grave, doubt.label = cost, grave, label
        return doubt

    TITLE_ALIKE = "title_alike", 0.3, True, "标题仅近似匹配"
    TITLE_MISSING = "title_missing", 1.0, True, "正文中没有找到标题"
    TITLE_GUESSED = "title_guessed", 0.4, True, "标题由版面推断"
    NOT_LISTED = "not_listed", 0.2, True, "目录中没有这一篇"
    OUT_OF_ORDER = "out_of_order", 0.1, True, "先后与目录不一致"
    NO_CONTENTS = "no_contents", 0.0, True, "没有目录"
    SECTION_NEW = "section_new", 0.1, True, "栏目尚无对应主题"
    SECTION_GUESSED = "section_guessed", 0.2, True, "栏目由版面推断"
    SECTION_STRAY = "section_stray", 0.1, True, "栏目名出现在别处"
    NO_SECTION = "no_section", 0.3, True, "没有栏目"
    NO_PAGE = "no_page", 0.0, False, "没有页码"
    NO_DATELINE = "no_dateline", 0.05, False, "没有电头"
    JOINED = "joined", 0.02, False, "跨页的段落已接上"
    DOUBLED = "doubled", 0.05, False, "分页处的重复字已去掉"
    DOUBLED_KEPT = "doubled_kept", 0.1, True, "分页处可能有重复字"
    UNFINISHED = "unfinished", 0.2, True, "末段没有句末标点"
    NO_TEXT = "no_text", 1.0, True, "标题之下没有正文"
    UNPRINTABLE = "unprintable", 0.2, True, "有无法识别的字符"
    PICTURE_LOST = "picture_lost", 0.1, True, "图片无法显示"
    ORPHAN = "orphan", 0.0, True, "文字没有归属"
    CONTENTS_LINE = "contents_line", 0.0, True, "目录中有一行没有看懂"
    MASTHEAD = "masthead", 0.0, False, "刊头或版权页有疑问"


class Furniture(StrEnum):
    """What stands on pages and belongs to no article."""

    MASTHEAD = "masthead"
    CONTENTS = "contents"
    SECTION_HEADING = "section_heading"
    RUNNING_HEAD = "running_head"
    PAGE_NUMBER = "page_number"
    COLOPHON = "colophon"
    DOUBLED = "doubled"
    """What a page break printed twice."""


FURNITURE_LABELS = {
    Furniture.MASTHEAD: "刊头",
    Furniture.CONTENTS: "目录",
    Furniture.SECTION_HEADING: "栏目名",
    Furniture.RUNNING_HEAD: "页眉页脚",
    Furniture.PAGE_NUMBER: "页码",
    Furniture.COLOPHON: "版权页",
    Furniture.DOUBLED: "分页处的重复字",
}


def confidence(doubts: Iterable[Doubt]) -> float:
    """How far an article can be trusted, 0 to 1, by the doubts about it.

    >>> confidence([]), confidence([Doubt.TITLE_ALIKE, Doubt.NO_DATELINE])
    (1.0, 0.66)
    """
    trust = 1.0
    for doubt in doubts:
        trust *= 1 - doubt.cost
    return round(trust, 2)
