"""Running heads and page numbers: what stands on a page and belongs to no article."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from distribution.compiler.article.credits import is_credit, is_subtitle
from distribution.compiler.doubts import Furniture
from distribution.compiler.front.numerals import NUMERAL
from distribution.compiler.lines import Line, compact, key
from distribution.compiler.sentences import begins_item, is_finished

_PAGE = re.compile(r"(?:第|page)?([0-9]{1,3})页?(?:[,/]?共?[0-9]{1,3}页?)?", re.IGNORECASE)
_ISSUE = re.compile(rf"(?:[12][0-9]{{3}}年?)?第{NUMERAL}(?:[-–—~、,/至]{NUMERAL})*期|增刊|合刊")
_TOTAL = re.compile(rf"总期?第?{NUMERAL}期")
_MONTH = re.compile(r"[12][0-9]{3}年(?:[0-9]{1,2}月)?")
_DECORATION = "-–—−·•.~|()[]<>《》_=*"
_ORNAMENT = re.compile(r"[■□◆◇●○◎★☆▲△▼▽◀▶※❖❀❄✦~～*＊#=_—–─━―‐\-·•+ ]{1,200}")
_DIGITS = re.compile("[0-9]+")
_LONGEST_HEAD = 60
_LONGEST_REPEATED = 40
_LONGEST_TITLE = 120
_FEWEST_REPEATS = 3
_FEWEST_INTERRUPTED = 2
"""Sentences that a repeated line must stand in the midst of, to be a head and no subheading."""
_PAGES_BEYOND_THE_CONTENTS = 12


class PageFurniture:
    """Knows what this issue repeats on its pages."""

    def __init__(self, publication: str, sections: Iterable[str], pages: Iterable[int]) -> None:
        self._publication = compact(publication)
        self._sections = sorted((key(section) for section in sections), key=len, reverse=True)
        self._last_page = max(pages, default=0) + _PAGES_BEYOND_THE_CONTENTS

    def kind_of(self, line: Line) -> Furniture | None:
        """Whether the line is a page number or a running head, and nothing else."""
        if line.furniture is not None:
            return line.furniture
        if line.block is None and is_ornament(line.text):
            return Furniture.RUNNING_HEAD
        if line.block is not None or len(line.text) > _LONGEST_HEAD:
            return None
        if self._is_page_number(compact(line.text)):
            return Furniture.PAGE_NUMBER
        return Furniture.RUNNING_HEAD if self._is_running_head(line.text) else None

    def _is_page_number(self, text: str) -> bool:
        match = _PAGE.fullmatch(text.strip(_DECORATION))
        return match is not None and 0 < int(match[1]) <= self._last_page

    def _is_running_head(self, text: str) -> bool:
        """A head names the magazine or the issue; what else it may hold is taken away first."""
        rest = _TOTAL.sub("", compact(text))
        named = self._publication in rest or _ISSUE.search(rest) is not None
        if not named:
            return False
        rest = key(_MONTH.sub("", _ISSUE.sub("", rest.replace(self._publication, ""))))
        for section in self._sections:
            rest = rest.replace(section, "")
        return not rest.strip("0123456789")


def is_ornament(text: str) -> bool:
    """Whether the line only parts what stands above and below it.

    >>> is_ornament("* * *"), is_ornament("----------"), is_ornament("——访李四")
    (True, True, False)
    """
    return _ORNAMENT.fullmatch(text) is not None


def repeated_heads(lines: Sequence[Line], titles: Iterable[str]) -> set[int]:
    """Numbers of the lines that are the same all over the file and stand in open sentences.

    Such a line is a head, whatever it says; `titles` are keys that are none.
    """
    never = set(titles)
    names = [_repeated_name(line) for line in lines]
    counts = Counter(filter(None, names))
    often = {name for name, count in counts.items() if count >= _FEWEST_REPEATS} - never
    interrupted: Counter[str] = Counter()
    open_sentence = False
    for line, name in zip(lines, names, strict=True):
        if name in often:
            interrupted[name] += open_sentence
        else:
            title = len(line.text) <= _LONGEST_TITLE and key(line.text) in never
            closed = line.block is not None or title
            open_sentence = not closed and not is_finished(line.text)
    heads = {name for name in often if interrupted[name] >= _FEWEST_INTERRUPTED}
    return {line.number for line, name in zip(lines, names, strict=True) if name in heads}


def _repeated_name(line: Line) -> str:
    """What a line says but for its digits; nothing for one that cannot be a head."""
    text = line.text
    if line.block is not None or line.cells or len(text) > _LONGEST_REPEATED:
        return ""
    if (
        is_finished(text)
        or begins_item(text)
        or is_credit(text)
        or is_subtitle(text)
        or text.endswith(("，", "；"))
    ):
        return ""
    return _DIGITS.sub("", key(text))
