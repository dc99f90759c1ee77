"""The lines of a file, and the spellings under which two pieces of text count as the same."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

EXCERPT_LENGTH = 60
_LONGEST_TITLE = 120
_NEVER_A_TITLES_END = ("。", "；", "，")

_LINE_END = re.compile(r"\r\n|\r|\n")
_INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001b\u007f\u00ad\u200b-\u200f\u2060\ufeff]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank."""

    number: int
    """In the file, from 1."""
    text: str
    """Without blanks at its ends; inside, runs of any white space are one blank."""


def lines_of(text: str) -> list[Line]:
    r"""The lines that carry text; form feeds and other page marks count as blanks.

    >>> lines_of("目 录\n\n政策　措施 ")
    [Line(number=1, text='目 录'), Line(number=3, text='政策 措施')]
    """
    cleaned = _INVISIBLE.sub("", text)
    rows = enumerate(_LINE_END.split(cleaned), start=1)
    tidied = ((number, " ".join(row.split())) for number, row in rows)
    return [Line(number, row) for number, row in tidied if row]


def compact(text: str) -> str:
    """The text in NFKC without any white space: for patterns.

    >>> compact("（总第 ４４７ 期）")
    '(总第447期)'
    """
    return "".join(unicodedata.normalize("NFKC", text).split())


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
