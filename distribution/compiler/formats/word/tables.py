"""Tables of Word: their cells in a grid, and whether they are tables at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from distribution.compiler.formats.word.drawings import alternatives
from distribution.compiler.formats.word.package import MC, Element, W
from distribution.compiler.formats.word.styles import value

_LONG, _VERY_LONG = 200, 800
"""Characters in one cell: more is running text that a table only places on the page."""
_FEW_ROWS = 2
_LONGEST_NAME = 40
_MOST_COLUMNS, _MOST_CELLS = 200, 20_000
_CLOSED = {f"{W}{name}" for name in ("del", "moveFrom", "txbxContent", "tbl", "drawing", "pict")}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; without an element where a merged one reaches into the grid."""

    element: Element | None


def cells_of(table: Element) -> list[list[Cell]]:
    """The grid: every row as long as the longest.

    One of more cells than anybody reads stays ragged, and is no table.
    """
    grid = [row for one in _inside(table, f"{W}tr") if (row := _cells_of_row(one))]
    width = max(map(len, grid), default=0)
    if width * len(grid) > _MOST_CELLS:
        return [[cell for cell in row if cell.element is not None] for row in grid]
    return [[*row, *[Cell(None)] * (width - len(row))] for row in grid]


def paragraphs_of(cell: Element) -> Iterator[Element]:
    """The paragraphs of a cell and of the tables inside it; not those of its text boxes."""
    for child in cell:
        if child.tag == f"{W}p":
            yield child
        elif child.tag == f"{MC}AlternateContent":
            filled = (list(paragraphs_of(one)) for one in alternatives(child))
            yield from next(filter(None, filled), [])
        elif child.tag == f"{W}tbl" or child.tag not in _CLOSED:
            yield from paragraphs_of(child)


def is_layout(texts: Sequence[Sequence[str]]) -> bool:
    """Whether it only places text on the page: a frame of one column, or cells full of text."""
    longest = max((len(text) for row in texts for text in row), default=0)
    few_rows = len(texts) <= _FEW_ROWS
    return (
        max(map(len, texts), default=0) == 1
        or sum(bool(text) for row in texts for text in row) == 1
        or longest > (_LONG if few_rows else _VERY_LONG)
    )


def places_pictures(pictures: Sequence[Sequence[bool]], texts: Sequence[Sequence[str]]) -> bool:
    """Whether it holds pictures and at most a short line for each: a gallery."""
    count = sum(map(sum, pictures))
    names = [text for row in texts for text in row if text]
    return 0 < count >= len(names) and all(len(name) <= _LONGEST_NAME for name in names)


def _cells_of_row(row: Element) -> list[Cell]:
    cells = [Cell(None)] * _skipped(row, "gridBefore")
    for cell in _inside(row, f"{W}tc"):
        properties = cell.find(f"{W}tcPr")
        merged, span = False, 1
        if properties is not None:
            merge = properties.find(f"{W}vMerge")
            merged = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            span = max(1, _count(value(properties, "gridSpan")))
        cells.append(Cell(None if merged else cell))
        cells += [Cell(None)] * (span - 1)
    return cells + [Cell(None)] * _skipped(row, "gridAfter")


def _skipped(row: Element, name: str) -> int:
    """Columns that a row leaves out at its beginning or its end."""
    properties = row.find(f"{W}trPr")
    return _count(value(properties, name)) if properties is not None else 0


def _count(text: str) -> int:
    return min(int(text), _MOST_COLUMNS) if text.isdecimal() and len(text) < len("1000") else 0


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also those in content controls."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _CLOSED and child.tag not in (f"{W}tr", f"{W}tc", f"{W}p"):
            yield from _inside(child, tag)
