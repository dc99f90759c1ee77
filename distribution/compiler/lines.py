"""The lines of a file, and the spellings under which two pieces of text count as the same."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from distribution.compiler.content import Asset, Complaint, Picture, Table
from distribution.compiler.doubts import Doubt, Furniture
from distribution.compiler.unreadable import UnreadableIssue

EXCERPT_LENGTH = 60
MOST_LINES = 20_000
"""Of a file; an issue has some hundreds, or some thousands where every printed line is one."""
_LONGEST_TITLE = 120
_NEVER_A_TITLES_END = ("。", "；", "，")

_LINE_END = re.compile(r"\r\n|\r|\n")
_INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001b\u007f\u00ad\u200b-\u200f\u2060\ufeff]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is printed, as far as its format says so."""

    level: int = 0
    """Of a heading style, 1 the highest; 0 for none."""
    bold: bool = False
    """The whole line."""
    centred: bool = False
    size: float = 0.0
    """In points; 0 where the format does not say."""


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: a line of text, a paragraph of Word, a table, an image."""

    number: int
    """In the order of reading, from 1; a text file's own line numbers."""
    text: str
    """Without blanks at its ends; inside, runs of any white space are one blank.

    The cells of a table, one blank between them; nothing for an image."""
    place: str = ""
    """Where it stands, in words for the editor: 第 84 行, 第 3 页第 12 行."""
    look: Look = PLAIN
    block: Table | Picture | None = None
    cells: tuple[str, ...] = ()
    """The pieces of a text line that tabs or upright bars divide; two rows or more are a table."""
    furniture: Furniture | None = None
    """Where the format itself shows that the line is no text (a head that all pages repeat)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was handed in."""

    name: str
    """What people call it, with its extension."""
    data: bytes


def complain(kind: Doubt, line: Line, problem: str, text: str = "") -> Complaint:
    """A complaint about a line, or about `text` that begins on it."""
    return Complaint(kind, line.number, problem, excerpt(text or line.text), line.place)


def refuse_endless(name: str, count: int) -> None:
    """Raise `UnreadableIssue` where a file has more lines than any issue."""
    if count > MOST_LINES:
        reason = f"文件有 {count} 行文字，不像一期刊物"
        raise UnreadableIssue(name, reason, "请换成只有这一期全文的文件")


def weight(text: str) -> int:
    """Characters without white space: what an account counts.

    >>> weight("目 录")
    2
    """
    return len("".join(text.split()))


def lines_of(text: str) -> list[Line]:
    r"""The lines that carry text; form feeds and other page marks count as blanks.

    >>> [(line.number, line.text) for line in lines_of("目 录\n\n政策　措施 ")]
    [(1, '目 录'), (3, '政策 措施')]
    """
    rows = enumerate(map(tidied, _LINE_END.split(text)), start=1)
    return [Line(number, row, f"第 {number} 行") for number, row in rows if row]


def tidied(text: str) -> str:
    r"""The text of a line: runs of white space are one blank, what is invisible is nothing.

    >>> tidied(" 目　录 ")
    '目 录'
    """
    return " ".join(_INVISIBLE.sub("", text).split())


def compact(text: str) -> str:
    """The text in NFKC without any white space: for patterns.

    >>> compact("（总第 ４４７ 期）")
    '(总第447期)'
    """
    return "".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=16_384)  # a line is asked for its key again and again
def key(text: str) -> str:
    """Letters and digits only: titles differ in quotes, widths and blanks, never in these.

    >>> key("“2026 中国—东盟”论坛") == key("2026中国-东盟 论坛")
    True
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()


def narrow(text: str) -> str:
    """Full-width ASCII as ASCII, one character for one: positions stay those of the text.

    >>> narrow("电话：０３５１")
    '电话:0351'
    """
    return text.translate(_NARROW)


def excerpt(text: str) -> str:
    """The beginning of the text, for a complaint."""
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1] + "…"


def is_han(character: str) -> bool:
    """Whether it is a Chinese character (not punctuation, not kana)."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


def runs(lines: list[Line], longest: int = 3) -> Iterator[tuple[str, int, int]]:
    """(key, index of the first line, count) of every run of up to `longest` lines.

    A title may stand on several lines; no title has more than 120 letters or ends in a stop.
    """
    keys = [key(line.text[: 2 * _LONGEST_TITLE]) for line in lines]
    for start in range(len(keys)):
        joined = ""
        for count, one in enumerate(keys[start : start + longest], start=1):
            joined += one
            if len(joined) > _LONGEST_TITLE:
                break
            if not lines[start + count - 1].text.endswith(_NEVER_A_TITLES_END):
                yield joined, start, count


@dataclass(frozen=True, slots=True)
class Document:
    """A file as its format was read: lines in the order of reading, and the images among them."""

    lines: tuple[Line, ...]
    assets: tuple[Asset, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    """What the format itself could not give, for example an image nobody can show."""
