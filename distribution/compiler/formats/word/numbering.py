"""The numbers Word counts by itself and prints before a paragraph (ECMA-376 part 1, 17.9)."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from distribution.compiler.formats.word.package import Element, W
from distribution.compiler.formats.word.styles import Format, value

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_CIRCLED = 20
_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital",
    "taiwaneseCounting", "taiwaneseCountingThousand", "koreanCounting",
}  # fmt: skip
_LARGEST = 9999
_LONGEST = 40
"""Characters of what a list prints before each of its paragraphs."""


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    kind: str
    text: str


class Numbering:
    """Counts the lists of a file while its paragraphs pass by."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()
        for abstract in root.iterfind(f"{W}abstractNum") if root is not None else ():
            self._levels[abstract.get(f"{W}abstractNumId", "")] = {
                _integer(one.get(f"{W}ilvl")): _level(one) for one in abstract.iter(f"{W}lvl")
            }
        for one in root.iterfind(f"{W}num") if root is not None else ():
            identifier = one.get(f"{W}numId", "")
            self._lists[identifier] = value(one, "abstractNumId")
            self._restarts[identifier] = {
                _integer(override.get(f"{W}ilvl")): _integer(value(override, "startOverride"))
                for override in one.iterfind(f"{W}lvlOverride")
                if value(override, "startOverride")
            }

    def next(self, paragraph: Format) -> str:
        """What Word prints before this paragraph; nothing for one that is not counted."""
        identifier = paragraph.number or ""
        abstract = self._lists.get(identifier)
        levels = self._levels.get(abstract or "", {})
        depth = paragraph.depth or 0
        if abstract is None or depth not in levels:
            return ""
        counts = self._counts[abstract]
        if identifier not in self._begun:
            self._begun.add(identifier)
            for level, start in self._restarts[identifier].items():
                counts[level] = start - 1
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return _printed(levels, counts, depth)


def _printed(levels: dict[int, _Level], counts: dict[int, int], depth: int) -> str:
    level = levels[depth]
    if level.kind in ("bullet", "none"):
        return ""

    def number(match: re.Match[str]) -> str:
        which = int(match[1]) - 1
        if which not in levels:
            return ""
        return numeral(counts.get(which, levels[which].start), levels[which].kind)

    text = re.sub(r"%([1-9])", number, level.text)
    return f"{text} " if text[-1:] in (".", "．") else text


def numeral(count: int, kind: str) -> str:
    """A number as a list of this kind prints it.

    >>> [numeral(12, kind) for kind in ("decimal", "chineseCounting", "upperRoman", "lowerLetter")]
    ['12', '十二', 'XII', 'l']
    """
    printed = _KINDS.get(kind)
    return printed(count) if printed is not None and 0 < count <= _LARGEST else str(count)


def _chinese(count: int) -> str:
    text = ""
    for unit, name in _UNITS:
        digit, count = divmod(count, unit)
        if digit:
            text += _DIGITS[digit] + name
        elif text and count and not text.endswith(_DIGITS[0]):
            text += _DIGITS[0]
    text += _DIGITS[count] if count else ""
    return (text.rstrip(_DIGITS[0]) or text).removeprefix("一") if text.startswith("一十") else text


def _roman(count: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        times, count = divmod(count, size)
        text += letters * times
    return text


def _letters(count: int) -> str:
    return chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def _circled(count: int) -> str:
    return chr(0x245F + count) if count <= _CIRCLED else str(count)


_KINDS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(_CHINESE, _chinese),
    "chineseLegalSimplified": lambda count: _chinese(count).translate(_LEGAL),
    "ideographLegalTraditional": lambda count: _chinese(count).translate(_LEGAL),
    "ideographTraditional": lambda count: _STEMS[(count - 1) % len(_STEMS)],
    "upperLetter": _letters,
    "lowerLetter": lambda count: _letters(count).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda count: _roman(count).lower(),
    "decimalZero": lambda count: f"{count:02}",
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
}


def _level(element: Element) -> _Level:
    start = _integer(value(element, "start") or "1")
    text = value(element, "lvlText")[:_LONGEST]
    return _Level(start, value(element, "numFmt") or "decimal", text)


def _integer(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < len("100000") else 0
