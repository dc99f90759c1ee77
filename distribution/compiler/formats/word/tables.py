"""Tables of Word: their cells in a grid, and whether they are tables at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from distribution.compiler.formats.word.package import Element, W
from distribution.compiler.formats.word.styles import value

_LONG = 200
"""Characters in one cell: more is running text that a table only places on the page."""
_MOST_COLUMNS = 200
_FEWEST_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; without an element where a merged one reaches into the grid."""

    element: Element | None


def cells_of(table: Element) -> list[list[Cell]]:
    """The grid: every row as long as the longest."""
    grid: list[list[Cell]] = []
    for row in table.iterfind(f".//{W}tr"):
        if _table_of(row) is not table:
            continue
        cells: list[Cell] = []
        for cell in row.iter(f"{W}tc"):
            if _row_of(cell) is not row:
                continue
            properties = cell.find(f"{W}tcPr")
            merged, span = False, 1
            if properties is not None:
                merge = properties.find(f"{W}vMerge")
                merged = merge is not None and merge.get(f"{W}val", "continue") == "continue"
                given = value(properties, "gridSpan")
                span = min(int(given), _MOST_COLUMNS) if given.isdecimal() else 1
            cells.append(Cell(None if merged else cell))
            cells += [Cell(None)] * (span - 1)
        grid.append(cells[:_MOST_COLUMNS])
    width = max(map(len, grid), default=0)
    return [[*row, *[Cell(None)] * (width - len(row))] for row in grid]


def is_layout(grid: Sequence[Sequence[Cell]]) -> bool:
    """Whether it only places running text on the page: one cell, or cells full of text."""
    filled = [cell.element for row in grid for cell in row if cell.element is not None]
    return len(filled) == 1 or any(len("".join(cell.itertext())) > _LONG for cell in filled)


def holds_contents(rows: Sequence[Sequence[str]]) -> bool:
    """Whether it is a table of contents: titles, and pages in the last column."""
    pages = [row[-1] for row in rows if row and row[-1]]
    return (
        len(pages) >= _FEWEST_ENTRIES
        and all(page.isdecimal() and len(page) <= len("999") for page in pages)
        and all(len(list(filter(None, row[:-1]))) <= 1 for row in rows)
    )


def _table_of(element: Element) -> Element | None:
    return next(element.iterancestors(f"{W}tbl"), None)


def _row_of(element: Element) -> Element | None:
    return next(element.iterancestors(f"{W}tr"), None)
