"""How sentences end, how items of a list begin, and how two pieces of running text are one."""

import re

from distribution.compiler.lines import narrow

ORDINAL = "ordinal"
"""The level of 第一重境界: a single one is no heading (第二届全国技能大赛)."""
IN_AN_ADDRESS = re.compile(r"(?:://|www\.|@)[!-~]*$")
"""What follows belongs to it."""
_ENDS = "。!?…:"
_CLOSERS = "”’」』)》]】\"'"
_ENUMERATED = re.compile(
    r"(?:(?P<han>[一二三四五六七八九十]{1,3}、)|(?P<bracketed_han>\([一二三四五六七八九十]{1,3}\))"
    r"|(?P<bracketed>\([0-9]{1,2}\))|(?P<counted>[0-9]{1,2}、)|(?P<dotted>[0-9]{1,2}\.(?![0-9])))"
    r"(?![0-9])|(?P<cited>\[[0-9]{1,2}\])"
)
_SECTIONED = re.compile(
    r"[1-9](?:\.[1-9]){0,2} (?=[\u4e00-\u9fff])"
    r"(?![年月日号个万亿元倍人项家台名户次米吨届位条种类公千百余多度分])[^,。;:!?%()、]{2,20}"
)
"""2.1 冒口间距: a heading of a paper; no mark stands behind its number, and it is no amount."""
_ORDINAL = re.compile(r"第[一二三四五六七八九十]{1,2}[^,。;:!?]{1,8}(?:[: ][^,。;:!?]{1,16})?")
"""第一重境界：看得见."""
_PLAIN_HEADINGS = frozenset({"参考文献", "前言", "引言", "结语", "结束语"})
_NUMBER = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_DAY = re.compile(
    r"(?:(?:19|20)[0-9]{2}|[一二][〇零○一二三四五六七八九]{3}) ?年 ?"
    rf"{_NUMBER} ?月(?: ?{_NUMBER} ?日)?"
)
_ASIDE = re.compile(r"(?<=[。!?])\([^()]{1,20}\)$")
"""（笑）, behind a stop."""
_PHOTOGRAPHED = re.compile(r".{1,50}[(,: ](?:[^()]{2,12} ?摄|[^()]{0,12}供图)\)")
_KEYWORDS = re.compile(r"[\[【]?关 ?键 ?词[\]】:]")
"""Of a paper, in a row of their own."""
_LONGEST_CAPTION = 60
_LONGEST_HEADING = 30
_LONGEST_ROW = 80


def is_finished(text: str) -> bool:
    """Whether a paragraph may end here: at a sentence's end, a colon, or a line in brackets.

    >>> [is_finished(text) for text in ("试点启动。", "他说：“好！”", "包括：", "提高了2.", "产业")]
    [True, True, True, False, False]
    >>> is_finished("请他吃面。（笑）"), is_finished("新车间（张三 摄）"), is_finished("首批（套）")
    (True, True, False)
    """
    plain = narrow(text)
    if plain.startswith(("(", "[", "【")) and plain.endswith((")", "]", "】")):
        return True
    if names_photographer(text) or (len(text) <= _LONGEST_ROW and _KEYWORDS.match(plain)):
        return True
    stem = _ASIDE.sub("", plain).rstrip(_CLOSERS)
    if not stem:
        return False
    if stem.endswith("."):
        return len(stem) > 1 and (stem[-2].isalpha() or level_of(text) == "cited")
    return stem[-1] in _ENDS


def is_day(text: str) -> bool:
    """Whether the line says a day, and nothing else: it signs a notice."""
    return len(text) <= _LONGEST_HEADING and _DAY.fullmatch(narrow(text).strip()) is not None


def names_photographer(text: str) -> bool:
    """Whether it is the line below a photograph: 新车间（张三 摄）."""
    return len(text) <= _LONGEST_CAPTION and _PHOTOGRAPHED.fullmatch(narrow(text)) is not None


def begins_item(text: str) -> bool:
    """Whether it opens with a number of a list: 一、 （二） 3、."""
    return _ENUMERATED.match(narrow(text[:_LONGEST_HEADING])) is not None


def without_number(text: str) -> str:
    """The text of an item.

    >>> without_number("二、重点任务"), without_number("2026年")
    ('重点任务', '2026年')
    """
    match = _ENUMERATED.match(narrow(text[:_LONGEST_HEADING]))
    return text[match.end() :].lstrip() if match else text


def level_of(text: str) -> str:
    """The manner in which a line is numbered; nothing for one that is not.

    >>> level_of("（二）重点任务") == level_of("（三）保障措施"), level_of("2026年")
    (True, '')
    >>> level_of("2.1 冒口间距"), level_of("3 个百分点")
    ('sectioned', '')
    """
    plain = narrow(text[:_LONGEST_HEADING])
    match = _ENUMERATED.match(plain)
    if match:
        return match.lastgroup or ""
    if len(text) > _LONGEST_HEADING:
        return ""
    if plain in _PLAIN_HEADINGS:
        return plain
    if _ORDINAL.fullmatch(plain):
        return ORDINAL
    return "sectioned" if _SECTIONED.fullmatch(plain) else ""


def is_heading(text: str) -> bool:
    """A short numbered line without a stop or a comma: 二、重点任务."""
    if len(text) > _LONGEST_HEADING or not level_of(text):
        return False
    plain = narrow(text)
    whole = plain.count("“") == plain.count("”") and plain.count("《") == plain.count("》")
    marks = ",。;、" if level_of(text) == ORDINAL else ",。;:、"
    return whole and not any(mark in plain[3:] for mark in marks)


def joined(text: str, following: str) -> str:
    """Both pieces as one.

    >>> joined("wheel probe", "array"), joined("于2022年", "成立")
    ('wheel probe array', '于2022年成立')
    """
    return text + gap(text, following) + following


def gap(text: str, following: str) -> str:
    """Only words in Latin letters need a blank between them, and not inside an address.

    >>> gap("见www.jikan.example/equi", "pment")
    ''
    """
    words = text[-1:].isascii() and text[-1:].isalpha() and following[:1].isascii()
    return " " if words and following[:1].isalpha() and not IN_AN_ADDRESS.search(text) else ""
