"""Lines of plain text as Chinese is set: wide characters count two, no comma begins a line."""

import re
import unicodedata
from collections.abc import Iterator

COLUMNS = 72
"""36 full-width characters: fits the reading pane of every client."""

_OPENING = "“‘「『（〔［｛《〈【〖([{#$￥¥"
_CLOSING = "”’」』）〕］｝》〉】〗)]}、。，．：；！？·…—～%‰℃°,.:;!?％"
_WORD = r"[0-9A-Za-z\u00a1-\u024f@/_&=+*<>|~^'\"\\`-]+"
_OPEN, _CLOSE = f"[{re.escape(_OPENING)}]", rf"[\u0300-\u036f\ufe0f\u200d{re.escape(_CLOSING)}]"
# What must stay together: an address, or one character or Latin word with the punctuation that
# leans on it. Numbers and words go on after a point, a colon or a hyphen: 3.14, 9:30.
_UNIT = re.compile(
    rf"(?:{_OPEN}\s*)*https?://[!-~]+(?:\s*{_CLOSE})*|\s+(?!{_CLOSE})"
    rf"|(?:{_OPEN}\s*)*(?:{_WORD}|[^\s{_OPEN[1:]})(?:\s*{_CLOSE})*"
    rf"(?:(?<=[.,:%-]){_WORD}(?:\s*{_CLOSE})*)*"
    rf"|{_OPEN}+|\s+"
)


def columns(text: str) -> int:
    """How wide text is on a screen; what is ambiguous counts two, as it does in Chinese fonts.

    >>> columns("第9期"), columns("“A”")
    (5, 5)
    """
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def wrap(text: str, width: int = COLUMNS, indent: str = "") -> str:
    """Break text into lines of at most `width` columns, each but the first led by `indent`.

    A word longer than a line stays whole and has the line to itself, so that addresses survive.

    >>> print(wrap("山西机电，山西机电。", width=8))
    山西机
    电，山西
    机电。
    """
    return ("\n" + indent).join(_lines(text, width - columns(indent)))


def _lines(text: str, width: int) -> Iterator[str]:
    line, used = "", 0
    for match in _UNIT.finditer(text.strip()):
        unit = " " if match[0].isspace() else match[0]
        size = columns(unit)
        if line and used + size > width:
            yield line.rstrip()
            line, used = "", 0
        if line or unit != " ":
            line, used = line + unit, used + size
    if line or not text.strip():
        yield line.rstrip()
