"""The order of reading: a page is cut where nothing crosses, into columns and bands."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from distribution.compiler.formats.pdf.rows import Row, merged

_GUTTER = 0.7
"""Of the text's size: narrower gaps are no gutters."""
_FEWEST_ROWS = 2
"""On each side of a gutter."""
_MIDDLE = 0.2
"""Of the width: a gutter lies this far from either edge at least."""
_NARROW = 0.62
"""Of the width: text of a column is narrower, so a gutter does not run through it."""
_CROSSING, _MANY = 0.12, 0.5
"""Of the characters: titles set over both columns; the same with a title page above them."""
_WIDE = 0.55
"""Of its side: text fills the rows of a column, the cells of a table do not."""
_LONG = 10.0
"""Of the size: the same for a side that is several columns itself."""
_FEWEST_WIDE = 0.35
"""Of the rows of a side."""
_NUMBERED = 0.3
"""The same."""
_DEEPEST = 4


@dataclass(slots=True)
class Column:
    """Segments of text in one column; gutters or the margins of the page bound it."""

    rows: list[Row]
    left: float
    right: float


def in_order(whole: Column, usual: Sequence[float] = (), depth: int = 0) -> list[Column]:
    """The columns of a page, or of a side of it, one after the other.

    `usual` is where other pages have their gutters: a page that ends with one line in its second
    column does not show it.
    """
    segments = whole.rows
    if not segments or depth > _DEEPEST:
        return [whole] if segments else []
    gutter = gutter_of(segments)
    if gutter is None:
        gutter = next((one for one in usual if _is_free(segments, one)), None)
    if gutter is None:
        return [whole]
    columns: list[Column] = []
    wide = False  # whether the column before is one of full width, which the next may continue
    for crossing, band in _bands(segments, gutter):
        if crossing and wide:
            columns[-1].rows += band
        elif crossing:
            columns.append(Column(band, whole.left, whole.right))
        else:
            left, right = _sides(band, gutter)
            columns += in_order(Column(left, whole.left, gutter), (), depth + 1)
            columns += in_order(Column(right, gutter, whole.right), (), depth + 1)
        wide = crossing
    return columns


def _sides(band: Sequence[Row], gutter: float) -> tuple[list[Row], list[Row]]:
    left = [one for one in band if (one.left + one.right) / 2 < gutter]
    return left, [one for one in band if (one.left + one.right) / 2 >= gutter]


def _bands(segments: Sequence[Row], gutter: float) -> list[tuple[bool, list[Row]]]:
    """From top to bottom: what crosses the gutter, and what stands beside it, in turn."""
    bands: list[tuple[bool, list[Row]]] = []
    for one in sorted(segments, key=lambda row: row.top):
        crossing = one.left < gutter < one.right
        if not bands or bands[-1][0] != crossing:
            bands.append((crossing, []))
        bands[-1][1].append(one)
    return [(wide or not all(_sides(band, gutter)), band) for wide, band in bands]


def gutter_of(segments: Sequence[Row]) -> float | None:
    """The middle of the gap that the fewest rows cross and that has text on both sides."""
    if len(segments) < 2 * _FEWEST_ROWS:
        return None
    left, right = min(one.left for one in segments), max(one.right for one in segments)
    size = median(one.size for one in segments)
    width = max(right - left, 1)
    gaps = [
        (crossed - (end - start) / width, (start + end) / 2)
        for start, end, crossed in _gaps(segments, left + _MIDDLE * width, right - _MIDDLE * width)
        if end - start >= _GUTTER * size
    ]
    return next((middle for _, middle in sorted(gaps) if _has_columns(segments, middle)), None)


def _gaps(segments: Sequence[Row], first: float, last: float) -> list[tuple[float, float, int]]:
    """(start, end, rows that cross) of the stretches between the edges of all segments."""
    edges = sorted({edge for one in segments for edge in (one.left, one.right)} | {first, last})
    edges = [edge for edge in edges if first <= edge <= last]
    widest = _NARROW * (last - first) / (1 - 2 * _MIDDLE)
    narrow = [one for one in segments if one.right - one.left < widest]
    most = _MANY * sum(len(one.text) for one in segments)
    found: list[tuple[float, float, int]] = []
    for start, end in itertools.pairwise(edges):
        middle = (start + end) / 2
        if sum(len(one.text) for one in narrow if one.left < middle < one.right) > most:
            continue
        crossed = sum(one.left < middle < one.right for one in segments)
        if found and found[-1][1] == start and found[-1][2] == crossed:
            found[-1] = (found[-1][0], end, crossed)
        else:
            found.append((start, end, crossed))
    return found


def _has_columns(segments: Sequence[Row], gutter: float) -> bool:
    """Whether somewhere, with nothing across between them, rows of text stand side by side."""
    bands = [_sides(band, gutter) for wide, band in _bands(segments, gutter) if not wide]
    return any(_are_columns(merged(left), merged(right), gutter) for left, right in bands)


def _are_columns(left: Sequence[Row], right: Sequence[Row], gutter: float) -> bool:
    """Neither page numbers at the margin nor the cells of a table."""
    if min(len(left), len(right)) < _FEWEST_ROWS or _begin_with_pages(right):
        return False
    widths = gutter - min(one.left for one in left), max(one.right for one in right) - gutter
    if not (_is_filled(left, widths[0]) and _is_filled(right, widths[1])):
        return False
    top = max(min(one.top for one in side) for side in (left, right))
    bottom = min(max(one.bottom for one in side) for side in (left, right))
    return bottom - top > _FEWEST_ROWS * median(one.height for one in (*left, *right))


def _is_filled(rows: Sequence[Row], width: float) -> bool:
    """Whether its rows are text: long, or as wide as the side is."""
    wide = sum(
        one.right - one.left - (0 if _is_entry(one) else one.white)
        > min(_WIDE * width, _LONG * one.size)
        for one in rows
    )
    return wide >= max(1, _FEWEST_WIDE * len(rows))


def _is_entry(row: Row) -> bool:
    """A title of the contents, and its page at the end of the row."""
    title, *page = row.torn or ("",)
    return len(page) == 1 and page[0].isdecimal() and not title.isdecimal()


def _begin_with_pages(rows: Sequence[Row]) -> bool:
    """Whether many rows begin with a page of the contents."""
    first = [one.torn[0] if one.torn else one.text for one in rows]
    numbers = sum(text.strip("·.…-()（） ").isdecimal() for text in first)
    return numbers > _NUMBERED * len(rows)


def _is_free(segments: Sequence[Row], gutter: float) -> bool:
    """Whether text stands on both sides and hardly any across."""
    across = sum(len(one.text) for one in segments if one.left < gutter < one.right)
    sides = _sides([one for one in segments if not one.left < gutter < one.right], gutter)
    return all(sides) and across <= _CROSSING * sum(len(one.text) for one in segments)
