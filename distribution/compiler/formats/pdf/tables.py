"""Ruled tables: lines that cross, and the text in their cells."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from distribution.compiler.content import Table
from distribution.compiler.formats.pdf.glyphs import Box, Glyph, Page
from distribution.compiler.formats.pdf.rows import Row, merged, segments_of
from distribution.compiler.lines import tidied

_TOUCH = 3.0
"""Points: lines this near to each other meet."""
_FEWEST_LINES = 3
_FRAME = 0.9
"""Of the page: a grid this large frames the page itself."""


@dataclass(slots=True)
class _Group:
    rules: list[Box]
    box: Box


def tables_of(page: Page) -> tuple[list[Row], list[Glyph]]:
    """The tables of a page as rows with a block, and the characters outside of them."""
    rest = page.glyphs
    found = []
    for group in _groups(page.rules):
        xs = _positions(rule.left for rule in group.rules if rule.height > rule.width)
        ys = _positions(rule.top for rule in group.rules if rule.width >= rule.height)
        framed = group.box.width > _FRAME * page.width and group.box.height > _FRAME * page.height
        if len(xs) < _FEWEST_LINES or len(ys) < _FEWEST_LINES or framed:
            continue
        inside = [glyph for glyph in rest if _holds(group.box, glyph)]
        table = _table(xs, ys, group.rules, inside)
        if table is None:
            continue
        taken = set(map(id, inside))
        rest = [glyph for glyph in rest if id(glyph) not in taken]
        text = tidied(" ".join(" ".join(row) for row in table.rows))
        box = group.box
        size = inside[0].style.size
        found.append(
            Row(text, box.left, box.top, box.right, box.bottom, size, bold=False, block=table)
        )
    return found, rest


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


def _holds(box: Box, glyph: Glyph) -> bool:
    across, down = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    return box.left < across < box.right and box.top < down < box.bottom


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
            cells.append(_text([glyph for glyph in glyphs if _holds(box, glyph)]))
            cells += [""] * (column - start - 1)
            start = column
        rows.append(tuple(cells))
    filled = sum(bool(cell) for row in rows for cell in row)
    return Table(tuple(rows)) if filled >= _FEWEST_LINES else None


def _is_ruled(x: float, top: float, bottom: float, rules: Sequence[Box]) -> bool:
    middle = (top + bottom) / 2
    return any(
        abs(rule.left - x) <= _TOUCH and rule.top <= middle <= rule.bottom
        for rule in rules
        if rule.height > rule.width
    )


def _text(glyphs: Sequence[Glyph]) -> str:
    text = ""
    for row in merged(segments_of(glyphs)):
        latin = text[-1:].isascii() and text[-1:].isalpha() and row.text[:1].isascii()
        text += (" " if latin else "") + row.text
    return tidied(text)
