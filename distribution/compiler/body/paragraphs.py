"""Lines to paragraphs: page and column breaks cut sentences, and sometimes double a character."""

import re
from dataclasses import dataclass

from distribution.compiler.content import Block
from distribution.compiler.lines import Line, is_han, narrow

_ENDS = "。!?…:"
_CLOSERS = "”’」』)》]】\"'"
_NEVER_A_BEGINNING = (
    "。",
    "，",
    "、",
    "；",
    "：",
    "！",
    "？",
    "）",
    "》",
    "”",
    "’",
    "】",
    "」",
    "%",
)

_ENUMERATED = re.compile(
    r"(?:(?P<han>[一二三四五六七八九十]{1,3}、)|(?P<bracketed_han>\([一二三四五六七八九十]{1,3}\))"
    r"|(?P<bracketed>\([0-9]{1,2}\))|(?P<counted>[0-9]{1,2}、)|(?P<dotted>[0-9]{1,2}\.(?![0-9])))"
    r"(?![0-9])"
)
_STUMP = re.compile(r"[\u4e00-\u9fff]{1,3}[。；]")
"""No paragraph begins so, but a line below a heading that a break has cut."""
_LONGEST_HEADING = 30
_LONGEST_REPEAT = 6
_REDUPLICATED = frozenset(
    "人天年月日事种个家处时刻常往仅刚渐慢悄默纷频层步节条件样稍略屡偏区代户村厂点星久微深"
)
"""人人, 天天, 层层: one character twice may be a word, so it is left to the editor."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the line it begins on."""

    line: Line
    block: Block


def is_finished(text: str) -> bool:
    """Whether a paragraph may end here: at a sentence's end, a colon, or a line in brackets.

    >>> [is_finished(text) for text in ("试点启动。", "他说：“好！”", "包括：", "提高了2.", "产业")]
    [True, True, True, False, False]
    """
    plain = narrow(text)
    if plain.startswith(("(", "[", "【")) and plain.endswith((")", "]", "】")):
        return True
    stem = plain.rstrip(_CLOSERS)
    if not stem:
        return False
    if stem.endswith("."):
        return len(stem) > 1 and stem[-2].isalpha()
    return stem[-1] in _ENDS


def begins_item(text: str) -> bool:
    """Whether it opens with a number of a list: 一、 （二） 3、."""
    return level_of(text) != ""


def level_of(text: str) -> str:
    """The manner in which a line is numbered; nothing for one that is not.

    >>> level_of("（二）重点任务") == level_of("（三）保障措施"), level_of("2026年")
    (True, '')
    """
    match = _ENUMERATED.match(narrow(text[:_LONGEST_HEADING]))
    return match.lastgroup or "" if match else ""


def is_heading(text: str) -> bool:
    """A short numbered line without a stop or a comma: 二、重点任务."""
    if len(text) > _LONGEST_HEADING or not begins_item(text):
        return False
    plain = narrow(text)
    whole = plain.count("“") == plain.count("”") and plain.count("《") == plain.count("》")
    return whole and not any(mark in plain[3:] for mark in ",。;:、")


def belong_together(text: str, following: str, *, heading: bool | None = None) -> bool:
    """Whether the break between these two stands in the middle of a sentence.

    `heading` says whether the first is one, where others of its kind have shown it.
    """
    heading = is_heading(text) if heading is None else heading
    if following.startswith(_NEVER_A_BEGINNING) or (heading and _STUMP.match(following)):
        return True
    if heading or is_finished(text):
        return False
    mid_clause = narrow(text)[-1:] in (",", "、")
    return mid_clause or not begins_item(following)


def doubled(text: str, following: str) -> str:
    """What the break printed twice, or nothing.

    The fault repeats the whole beginning of a clause: `…权益。进` / `进一步…`. Two characters
    and more are also recognised inside a clause; a single one there may be `企业` / `业务`.

    >>> doubled("保障权益。进", "进一步强化"), doubled("中小企业", "业务收入")
    ('进', '')
    """
    clause = re.split(r"[。!?…:,、;“”()《》\s]", narrow(text)[-_LONGEST_REPEAT - 2 :])[-1]
    longest = min(_LONGEST_REPEAT, len(text), len(following))
    for length in range(longest, 0, -1):
        repeat = following[:length]
        if not text.endswith(repeat) or not all(map(is_han, repeat)):
            continue
        if length > 1 or (repeat == clause and repeat not in _REDUPLICATED):
            return repeat
    return ""


def joined(text: str, following: str) -> str:
    """Both pieces as one.

    >>> joined("wheel probe", "array"), joined("于2022年", "成立")
    ('wheel probe array', '于2022年成立')
    """
    return text + gap(text, following) + following


def gap(text: str, following: str) -> str:
    """Only words in Latin letters need a blank between them."""
    words = text[-1:].isascii() and text[-1:].isalpha() and following[:1].isascii()
    return " " if words and following[:1].isalpha() else ""
