"""One line of the contents: a title, a page, and what stands between, before or behind them."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import IntEnum

from distribution.compiler.lines import key, narrow

LONGEST_PAGE = 3
"""Digits; a number with more is a year."""
LEADERS = "·•・‧∙⋅⋯…．.。_—-─"
_LONGEST_ENTRY = 120
_LONGEST_LINE = 600
"""Characters with all the dots of the leader."""
_LONGEST_AUTHORS = 24
_FEWEST_DOTS = 2
_MOST_AUTHORS = 4

_OPEN, _CLOSE = r"[(\[〔【]", r"[)\]〕】]"
_PAGE = r"(?:[Pp][.]? ?|第 ?)?([0-9]{1,3})(?![0-9])(?: ?页)?"
_LAST_PAGE = re.compile(rf"(?<![0-9]){_OPEN}? ?{_PAGE} ?{_CLOSE}? ?$")
_FIRST_PAGE = re.compile(
    rf"{_OPEN}? ?{_PAGE} ?(?:{_CLOSE} ?|[、.](?![0-9]) ?|[·•…⋯._—\-─]{{2,}} ?| )(?=[^ ])"
)
_RUN = re.compile(r"[·•・‧∙⋅⋯…．._—\-─](?:[·•・‧∙⋅⋯…．._—\-─ ]*[·•・‧∙⋅⋯…．._—\-─])?")
_AUTHORS = re.compile(r"[^0-9。；：？！]*")
_BULLETS = "●■◆★▲○□◇☆△▪▶►➢※*>‣◎⊙◉ "
_NUMBERED = re.compile(r"(?:[0-9]{1,2}(?:[、)]|\.(?![0-9]))|\([0-9]{1,2}\)) ?")
_ENTRY_WITHIN = re.compile(r"[…⋯·._]{2,} ?[(\[]?[0-9]{1,3}[)\]]?(?= ?[^0-9 )\]])")


class Manner(IntEnum):
    """How the page is told from the title; the first that fits a line is the likeliest."""

    DOTTED = 0
    """标题……12, 标题……张三 12."""
    SLASHED = 1
    """标题/12, 标题／张三 12."""
    BRACKETED = 2
    """标题（12）."""
    BEHIND = 3
    """标题 12, 标题 P12."""
    BEFORE = 4
    """12 标题."""
    ALONE = 5
    """标题, in contents without pages."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the line."""

    manner: Manner
    title: str
    page: int | None


def readings(text: str) -> Iterator[Reading]:
    """Every way to read a line as an entry, the likeliest first.

    >>> [(one.title, one.page) for one in readings("试点启动……张三 12")]
    [('试点启动', 12), ('试点启动……张三', 12)]
    >>> next(readings("P7 试点启动")).title, next(readings("试点启动／张三 12")).title
    ('试点启动', '试点启动')
    """
    if len(text) > _LONGEST_LINE or len(_RUN.sub("…", text)) > _LONGEST_ENTRY:
        return
    plain = narrow(text)
    last = _LAST_PAGE.search(plain)
    page = int(last[1]) if last else None
    head = text[: last.start()] if last else text
    yield from _with(Manner.DOTTED, _before_leader(head, page), page)
    if last:
        yield from _with(Manner.SLASHED, _before_slash(head), page)
        mark = plain[last.start() : last.start(1)]
        bracket = mark[:1] in ("(", "[", "〔", "【")
        manner = Manner.BRACKETED if bracket else Manner.BEHIND
        if mark or head.endswith(" "):
            yield from _with(manner, head.rstrip(" " + LEADERS), page)
            yield from _without_authors(manner, head, page)
    first = _FIRST_PAGE.match(plain)
    if first:
        rest = text[first.end() :]
        yield from _with(Manner.BEFORE, _before_leader(rest, int(first[1])), int(first[1]))
        yield from _with(Manner.BEFORE, _before_slash(rest), int(first[1]))
        yield from _with(Manner.BEFORE, rest, int(first[1]))
        yield from _without_authors(Manner.BEFORE, rest, int(first[1]))


def best_reading(text: str, manner: Manner | None, printed: Container[str]) -> Reading | None:
    """The reading whose title the body prints, else the one in the manner of these contents."""
    usual = None
    for reading in readings(text):
        bare = undecorated(reading.title)
        for title in (bare, _NUMBERED.sub("", bare, count=1)):
            if key(title) in printed:
                return Reading(reading.manner, title, reading.page)
        if usual is None and reading.manner == manner:
            usual = Reading(reading.manner, bare, reading.page)
    return usual


def split_entry(text: str, *, dotted: bool = True) -> tuple[str, int | None] | None:
    """Title and page of an entry; None for a line without dots (or, if allowed, blanks) between.

    >>> split_entry("试点启动····· 12"), split_entry("试点启动……………（3）")
    (('试点启动', 12), ('试点启动', 3))
    >>> split_entry("政策措施"), split_entry("试点启动 7"), split_entry("试点启动 7", dotted=False)
    (None, None, ('试点启动', 7))
    """
    allowed = (Manner.DOTTED,) if dotted else (Manner.DOTTED, Manner.BEHIND)
    found = next((one for one in readings(text) if one.manner in allowed), None)
    return (found.title, found.page) if found else None


def entries_within(text: str) -> list[str]:
    """The pieces of a line that holds several entries, for contents in columns.

    >>> entries_within("试点启动……1 轴承下线……12"), entries_within("增长2.5 倍……3")
    (['试点启动……1', '轴承下线……12'], ['增长2.5 倍……3'])
    """
    if len(text) > _LONGEST_LINE:
        return [text]
    pieces, start = [], 0
    for match in _ENTRY_WITHIN.finditer(narrow(text)):
        pieces.append(text[start : match.end()].strip())
        start = match.end()
    return [*pieces, text[start:].strip()]


def undecorated(title: str) -> str:
    """The title without a bullet, or the end of the leader above, before it."""
    return title.lstrip(_BULLETS + "·…⋯")


def _with(manner: Manner, title: str, page: int | None) -> Iterator[Reading]:
    if key(title):
        yield Reading(manner, title, page)


def _before_leader(head: str, page: int | None) -> str:
    """What stands before the last leader; behind it authors may stand."""
    for run in reversed(list(_RUN.finditer(head))):
        behind = head[run.end() :].strip(" (（)）")
        dots = sum(3 if dot in "…⋯" else 1 for dot in run[0] if dot != " ")
        fewest = _FEWEST_DOTS + (page is None or behind != "")
        authors = len(behind) <= _LONGEST_AUTHORS and _AUTHORS.fullmatch(behind)
        if behind and (page is None or not authors):
            return ""
        if dots >= fewest:
            return head[: run.start()].rstrip(LEADERS + " ")
    return ""


def _before_slash(head: str) -> str:
    """What stands before a slash, behind which a short name may stand."""
    title, slash, behind = narrow(head).rpartition("/")
    authors = behind.strip()
    fits = len(authors) <= _LONGEST_AUTHORS and _AUTHORS.fullmatch(authors)
    return head[: len(title)].rstrip() if slash and fits else ""


def _without_authors(manner: Manner, head: str, page: int | None) -> Iterator[Reading]:
    """标题 张三 李四: only the body says where the title ends."""
    words = head.split()
    for count in range(1, min(_MOST_AUTHORS, len(words) - 1) + 1):
        yield from _with(manner, " ".join(words[:-count]).rstrip(LEADERS + " "), page)
