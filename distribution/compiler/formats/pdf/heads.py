"""Running heads and page numbers: rows at the edge of pages that repeat from page to page."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from distribution.compiler.doubts import Furniture
from distribution.compiler.formats.pdf.page import Page
from distribution.compiler.formats.pdf.rows import Row
from distribution.compiler.lines import key

_EDGE_ROWS = 3
"""Of each page, from the top and from the bottom."""
_BAND = 0.16
"""Of the page's height: heads stand no further from the edge."""
_NEAR = 4.0
"""Points: so far the same head may wander from page to page."""
_FEWEST, _FEWEST_OF_FEW, _FEW = 3, 2, 6
"""Pages that repeat it; of six pages, right and left ones share two of each."""
_SHARE = 0.3
_MOST = 0.6
"""Of the pages: so many have something set apart at one height, whatever it says."""
_SMALLER, _LARGER = 0.93, 1.05
_BESIDE, _APART = 0.4, 1.2
"""Of the size: the white between a head and the text, where it is smaller and where it is not."""
_DECORATION = "-–—−·•.~|()[]（）第页共/ "
_DIGITS = re.compile(r"[0-9０-９一二三四五六七八九十〇]+")


class Heads:
    """What repeats at the edges of these pages: its words, or at least its height."""

    def __init__(
        self, pages: Sequence[Page], rows: Sequence[Sequence[Row]], titles: Collection[str]
    ) -> None:
        """`titles` are the keys of what may open every page at the same height."""
        self._pages, self._rows, self._titles = pages, rows, titles
        self._size = _usual_size(rows)
        self._repeated = self._words()
        self._heights = [one for places in self._repeated.values() for one in places]
        self._apart = [
            _height(page, rows[index])
            for page, rows in zip(pages, rows, strict=True)
            for index in _edge(page, rows)
            if self._is_apart(rows, index)
        ]

    def of_pages(self) -> list[dict[int, Furniture]]:
        """For each page: which of its rows, by index, are furniture, and of what kind."""
        return [
            {
                index: _kind(_form(rows[index].text))
                for index in _edge(page, rows)
                if self._is_head(page, rows, index)
            }
            for page, rows in zip(self._pages, self._rows, strict=True)
        ]

    def _words(self) -> dict[str, list[float]]:
        """The heights of every text that stands on several pages at one height."""
        seen: dict[str, dict[int, float]] = defaultdict(dict)
        count = len(self._pages)
        few = count <= _FEW
        for page, rows in zip(self._pages, self._rows, strict=True):
            for index in _edge(page, rows):
                if not few or self._is_apart(rows, index):
                    seen[_form(rows[index].text)][page.number] = _height(page, rows[index])
        fewest = max(_FEWEST_OF_FEW if few else _FEWEST, _SHARE * count)
        return {
            form: heights
            for form, heights in ((form, sorted(places.values())) for form, places in seen.items())
            if _near(heights[len(heights) // 2], heights) >= fewest
        }

    def _is_head(self, page: Page, rows: Sequence[Row], index: int) -> bool:
        """Where most pages have their head, a section's name beside it is one too."""
        height, count = _height(page, rows[index]), len(self._pages)
        if _near(height, self._repeated.get(_form(rows[index].text), [])):
            return True
        if _near(height, self._heights) * 2 > count:
            return True
        return self._is_apart(rows, index) and _near(height, self._apart) > max(1, _MOST * count)

    def _is_apart(self, rows: Sequence[Row], index: int) -> bool:
        """Smaller than the text, or white between it and the text."""
        row = rows[index]
        if row.size > _LARGER * self._size or key(row.text) in self._titles:
            return False
        least = _BESIDE if row.size < _SMALLER * self._size else _APART
        return _white(rows, index) > least * self._size


def stamps_of(pages: Sequence[Sequence[Row]]) -> set[tuple[str, int, int]]:
    """The places of what most pages print over their text: a watermark that does not lean."""
    seen = Counter(place for rows in pages for place in {place_of(row) for row in rows})
    fewest = max(_FEWEST, len(pages) / 2)
    return {place for place, count in seen.items() if count >= fewest}


def place_of(row: Row) -> tuple[str, int, int]:
    """Its text or image and its corner: equal for what two pages print at the same place."""
    block = row.block
    return (row.text or str(block), round(row.left / _NEAR), round(row.top / _NEAR))


def _edge(page: Page, rows: Sequence[Row]) -> list[int]:
    top = range(min(_EDGE_ROWS, len(rows)))
    bottom = range(max(0, len(rows) - _EDGE_ROWS), len(rows))
    band = _BAND * page.height
    return [
        index
        for index in sorted({*top, *bottom})
        if not rows[index].block
        and (rows[index].bottom < band or rows[index].top > page.height - band)
    ]


def _white(rows: Sequence[Row], index: int) -> float:
    """Between a row and its neighbour further inside."""
    above = rows[index].top - rows[index - 1].bottom if index else 0.0
    below = rows[index + 1].top - rows[index].bottom if index + 1 < len(rows) else 0.0
    return above if index * 2 > len(rows) else below


def _usual_size(pages: Iterable[Sequence[Row]]) -> float:
    sizes: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            sizes[row.size] += len(row.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _form(text: str) -> str:
    return _DIGITS.sub("#", "".join(text.split()))


def _height(page: Page, row: Row) -> float:
    """From the nearer edge: sheets may differ in size."""
    middle = (row.top + row.bottom) / 2
    return middle if middle < page.height / 2 else middle - page.height


def _near(height: float, others: Iterable[float]) -> int:
    return sum(abs(height - other) < _NEAR for other in others)


def _kind(form: str) -> Furniture:
    return Furniture.RUNNING_HEAD if form.strip(_DECORATION).strip("#") else Furniture.PAGE_NUMBER
