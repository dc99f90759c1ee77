"""Running heads and page numbers: what stands on a page and belongs to no article."""

import re
from collections.abc import Iterable

from distribution.compiler.doubts import Furniture
from distribution.compiler.front.numerals import NUMERAL
from distribution.compiler.lines import Line, compact, key

_PAGE = re.compile(r"(?:第|page)?([0-9]{1,3})页?(?:[,/]?共?[0-9]{1,3}页?)?", re.IGNORECASE)
_ISSUE = re.compile(rf"(?:[12][0-9]{{3}}年?)?第{NUMERAL}(?:[-–—~、,/至]{NUMERAL})*期|增刊|合刊")
_TOTAL = re.compile(rf"总期?第?{NUMERAL}期")
_MONTH = re.compile(r"[12][0-9]{3}年(?:[0-9]{1,2}月)?")
_DECORATION = "-–—−·•.~|()[]<>《》_=*"
_LONGEST_HEAD = 60
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
