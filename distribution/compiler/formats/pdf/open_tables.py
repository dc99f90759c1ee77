"""Tables ruled by level lines only: one above, one below, one under their head."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from distribution.compiler.content import Table
from distribution.compiler.formats.pdf.columns import gutter_of
from distribution.compiler.formats.pdf.page import Box, Glyph
from distribution.compiler.formats.pdf.rows import cell_text, merged, segments_of

_ABOUT = 6.0
"""Points: lines that begin and end this near to each other belong to one table."""
_SHORTEST = 60.0
"""Points: shorter lines underline something."""
_PARTED = 0.6
"""Of the rows between two lines: so many are parted into cells."""
_FEWEST_ROWS = 2
_GAP = 0.35
"""Of the size: the white between two columns."""
_CLOSER = 0.75
"""Of the widest white between rows: less stands between the lines of one cell."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table, where it stands, and its characters."""

    table: Table
    box: Box
    glyphs: list[Glyph]


def open_tables(lines: Iterable[Box], glyphs: Sequence[Glyph]) -> list[Found]:
    """The tables between `lines`, which cross nothing."""
    alike: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.top):
        if line.width >= _SHORTEST:
            alike[round(line.left / _ABOUT), round(line.right / _ABOUT)].append(line)
    found = []
    for several in alike.values():
        bands: list[tuple[Box, list[Glyph]]] = []
        for above, below in itertools.pairwise(several):
            box = Box(above.left, above.top, below.right, below.bottom)
            inside = [glyph for glyph in glyphs if box.holds(glyph)]
            if _is_parted(inside):
                bands.append((box, inside))
                continue
            found += _found(bands)
            bands = []
        found += _found(bands)
    return found


def _is_parted(glyphs: Sequence[Glyph]) -> bool:
    segments = segments_of(glyphs)
    rows = merged(segments)
    parted = sum(len(row.torn) > 1 for row in rows)
    return bool(rows) and parted >= _PARTED * len(rows) and gutter_of(segments) is None


def _found(bands: Sequence[tuple[Box, list[Glyph]]]) -> list[Found]:
    glyphs = [glyph for _, inside in bands for glyph in inside]
    rows = [_rows(inside) for _, inside in bands]
    if sum(map(len, rows)) < _FEWEST_ROWS:
        return []
    columns = _columns(bands[-1][1] if len(rows[-1]) >= _FEWEST_ROWS else glyphs)
    if len(columns) <= 1:
        return []
    cells = [row for several in rows for row in _whole([_cells(row, columns) for row in several])]
    box = replace(bands[0][0], bottom=bands[-1][0].bottom)
    return [Found(Table(tuple(cells)), box, glyphs)]


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Parted by the widest white between them: inside a cell, lines stand closer together."""
    ordered = sorted(glyphs, key=lambda glyph: glyph.top)
    bottoms = itertools.accumulate((glyph.bottom for glyph in ordered), max)
    gaps = [
        (below.top - bottom, below.top) for bottom, below in zip(bottoms, ordered[1:], strict=False)
    ]
    least = max(_CLOSER * max((gap for gap, _ in gaps), default=0.0), 0.0)
    tops = [float("-inf"), *(top for gap, top in gaps if gap > least), float("inf")]
    return [
        [glyph for glyph in glyphs if above <= glyph.top < below]
        for above, below in itertools.pairwise(tops)
    ]


def _columns(glyphs: Sequence[Glyph]) -> list[float]:
    """Where the columns begin: behind white that runs through all rows."""
    starts: list[float] = []
    edge = float("-inf")
    for glyph in sorted(glyphs, key=lambda glyph: glyph.left):
        if glyph.left - edge > _GAP * glyph.style.size:
            starts.append((glyph.left + edge) / 2 if starts else edge)
        edge = max(edge, glyph.right)
    return starts


def _cells(row: Sequence[Glyph], columns: Sequence[float]) -> tuple[str, ...]:
    edges = [*columns, float("inf")]
    return tuple(
        cell_text([glyph for glyph in row if left <= (glyph.left + glyph.right) / 2 < right])
        for left, right in itertools.pairwise(edges)
    )


def _whole(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """A row with hardly a cell continues the one above."""
    whole: list[tuple[str, ...]] = []
    for row in rows:
        if whole and sum(map(bool, row)) * 2 <= len(row) and not row[0]:
            row = tuple("".join(pair) for pair in zip(whole.pop(), row, strict=True))  # noqa: PLW2901 - it grows
        whole.append(row)
    return whole
