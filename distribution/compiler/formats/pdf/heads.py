"""Running heads and page numbers: rows at the edge of pages that repeat from page to page."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from distribution.compiler.doubts import Furniture
from distribution.compiler.formats.pdf.glyphs import Page
from distribution.compiler.formats.pdf.rows import Row

_EDGE_ROWS = 3
"""Of each page, from the top and from the bottom."""
_BAND = 0.16
"""Of the page's height: heads stand no further from the edge."""
_NEAR = 4.0
"""Points: so far the same head may wander from page to page."""
_FEWEST = 3
_SHARE = 0.3
_DECORATION = "-–—−·•.~|()[]（）第页共/ "
_DIGITS = re.compile(r"[0-9０-９一二三四五六七八九十〇]+")


def heads_of(pages: Sequence[Page], rows_of: Sequence[Sequence[Row]]) -> list[dict[int, Furniture]]:
    """For each page: which of its rows, by index, are furniture, and of what kind."""
    edges = [_edge(page, rows) for page, rows in zip(pages, rows_of, strict=True)]
    seen: dict[str, dict[int, float]] = defaultdict(dict)
    for number, (page, rows, indices) in enumerate(zip(pages, rows_of, edges, strict=True)):
        for index in indices:
            seen[_form(rows[index].text)][number] = _height(page, rows[index])
    repeated = {form: places for form, places in seen.items() if _repeats(places, len(pages))}
    heights = [height for places in repeated.values() for height in places.values()]
    found = []
    for page, rows, indices in zip(pages, rows_of, edges, strict=True):
        heads: dict[int, Furniture] = {}
        for index in indices:
            form, height = _form(rows[index].text), _height(page, rows[index])
            same = form in repeated and _near(height, repeated[form].values())
            if same or _shares_the_line(height, heights, len(pages)):
                heads[index] = _kind(form)
        found.append(heads)
    return found


def _edge(page: Page, rows: Sequence[Row]) -> list[int]:
    top = [index for index in range(min(_EDGE_ROWS, len(rows))) if not rows[index].block]
    bottom = list(range(max(0, len(rows) - _EDGE_ROWS), len(rows)))
    return [
        index
        for index in sorted({*top, *bottom})
        if not rows[index].block
        and (
            rows[index].bottom < _BAND * page.height or rows[index].top > (1 - _BAND) * page.height
        )
    ]


def _form(text: str) -> str:
    return _DIGITS.sub("#", "".join(text.split()))


def _height(page: Page, row: Row) -> float:
    """From the nearer edge: sheets may differ in size."""
    middle = (row.top + row.bottom) / 2
    return middle if middle < page.height / 2 else middle - page.height


def _repeats(places: dict[int, float], pages: int) -> bool:
    heights = sorted(places.values())
    alike = sum(abs(height - heights[len(heights) // 2]) < _NEAR for height in heights)
    return alike >= max(min(_FEWEST, pages), _SHARE * pages) and alike > 1


def _near(height: float, others: Iterable[float]) -> bool:
    return any(abs(height - other) < _NEAR for other in others)


def _shares_the_line(height: float, heights: Sequence[float], pages: int) -> bool:
    """Most pages have their head just there, so a section's name beside it is one too."""
    return sum(abs(height - other) < _NEAR for other in heights) * 2 > pages


def _kind(form: str) -> Furniture:
    return Furniture.RUNNING_HEAD if form.strip(_DECORATION).strip("#") else Furniture.PAGE_NUMBER
