"""Ruled tables: lines that cross, and the text in their cells."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from distribution.compiler.content import Table
from distribution.compiler.formats.pdf.open_tables import Found, open_tables
from distribution.compiler.formats.pdf.page import Box, Glyph, Page
from distribution.compiler.formats.pdf.rows import Row, cell_text
from distribution.compiler.lines import tidied

_TOUCH = 3.0
"""Points: lines this near to each other meet."""
_FEWEST_LINES = 3
_FRAME = 0.9
"""Of the page: a grid this large frames the page itself."""
_TALLEST_CELL = 0.5
"""Of the page: taller ones are columns of text with a line between them."""
_TALLEST_ROW = 60.0
"""Points: a table of one row, the rest of one that the page has cut."""
_MOST_GROUPS = 1500
"""A drawing has more; to look for tables in it would take too long."""


@dataclass(slots=True)
class _Group:
    rules: list[Box]
    box: Box


def tables_of(page: Page) -> tuple[list[Row], list[Glyph]]:
    """The tables of a page as rows with a block, and the characters outside of them."""
    groups = _groups(page.rules)
    rest = page.glyphs
    found = []
    for group in groups:
        inside = [glyph for glyph in rest if group.box.holds(glyph)]
        table = _grid(group, page, inside)
        if table is not None:
            found.append(Found(table, group.box, inside))
            rest = _without(rest, inside)
    flat = [group.box for group in groups if group.box.height <= _TOUCH]
    for one in open_tables(flat, rest):
        found.append(one)
        rest = _without(rest, one.glyphs)
    return [_row(one) for one in found], rest


def _without(glyphs: Sequence[Glyph], taken: Iterable[Glyph]) -> list[Glyph]:
    numbers = set(map(id, taken))
    return [glyph for glyph in glyphs if id(glyph) not in numbers]


def _row(found: Found) -> Row:
    text = tidied(" ".join(" ".join(row) for row in found.table.rows))
    box, size = found.box, found.glyphs[0].style.size
    return Row(
        text, box.left, box.top, box.right, box.bottom, size, bold=False, block=found.table
    )  # fmt: skip


def _groups(rules: Sequence[Box]) -> list[_Group]:
    """Lines that touch each other, however many steps away."""
    groups: list[_Group] = []
    for rule in rules:
        near = [group for group in groups if _touches(group.box, rule)]
        joined = _Group([rule], rule)
        for group in near:
            joined.rules += group.rules
            joined.box = _around(joined.box, group.box)
            groups.remove(group)
        groups.append(joined)
        if len(groups) > _MOST_GROUPS:
            return []
    return groups


def _touches(one: Box, other: Box) -> bool:
    return (
        one.left - _TOUCH <= other.right
        and other.left - _TOUCH <= one.right
        and one.top - _TOUCH <= other.bottom
        and other.top - _TOUCH <= one.bottom
    )


def _around(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def _positions(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _TOUCH:
            found.append(value)
    return found


def _grid(group: _Group, page: Page, glyphs: Sequence[Glyph]) -> Table | None:
    """The table of lines that cross; None for frames and for columns with a line between them."""
    xs = _positions(rule.left for rule in group.rules if rule.height > rule.width)
    ys = _positions(rule.top for rule in group.rules if rule.width >= rule.height)
    box = group.box
    framed = box.width > _FRAME * page.width and box.height > _FRAME * page.height
    if framed or len(xs) < _FEWEST_LINES or len(ys) < _FEWEST_LINES - 1:
        return None
    if len(ys) < _FEWEST_LINES and box.height > _TALLEST_ROW:
        return None
    if max(bottom - top for top, bottom in itertools.pairwise(ys)) > _TALLEST_CELL * page.height:
        return None
    return _table(xs, ys, group.rules, glyphs)


def _table(
    xs: Sequence[float], ys: Sequence[float], rules: Sequence[Box], glyphs: Sequence[Glyph]
) -> Table | None:
    rows = []
    for top, bottom in itertools.pairwise(ys):
        cells, start = [], 0
        for column in range(1, len(xs)):
            if column < len(xs) - 1 and not _is_ruled(xs[column], top, bottom, rules):
                continue
            box = Box(xs[start], top, xs[column], bottom)
            cells.append(cell_text([glyph for glyph in glyphs if box.holds(glyph)]))
            cells += [""] * (column - start - 1)
            start = column
        if any(cells):
            rows.append(tuple(cells))
    filled = sum(bool(cell) for row in rows for cell in row)
    return Table(tuple(rows)) if filled >= min(_FEWEST_LINES, len(ys)) else None


def _is_ruled(x: float, top: float, bottom: float, rules: Sequence[Box]) -> bool:
    middle = (top + bottom) / 2
    return any(
        abs(rule.left - x) <= _TOUCH and rule.top <= middle <= rule.bottom
        for rule in rules
        if rule.height > rule.width
    )
