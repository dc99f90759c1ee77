"""The order of reading: a page is cut where nothing crosses, into columns and bands."""

import itertools
from collections.abc import Sequence
from statistics import median

from distribution.compiler.formats.pdf.rows import Row

_GUTTER = 0.7
"""Of the text's size: narrower gaps are no gutters."""
_FEWEST_ROWS = 2
"""On each side of a gutter."""
_MIDDLE = 0.2
"""Of the width: a gutter lies this far from either edge at least."""
_NARROW = 0.62
"""Of the width: text of a column is narrower, so a gutter does not run through it."""
_CROSSING = 0.12
"""Of the characters: titles set over both columns."""
_DEEPEST = 4


def in_order(
    segments: Sequence[Row], usual: float | None = None, depth: int = 0
) -> list[list[Row]]:
    """The columns one after the other, each a list of segments.

    `usual` is where other pages have their gutter: a page that ends with one line in its second
    column does not show it.
    """
    if not segments or depth > _DEEPEST:
        return [list(segments)] if segments else []
    gutter = gutter_of(segments)
    if gutter is None and usual is not None and _is_free(segments, usual):
        gutter, usual = usual, None
    if gutter is None:
        return [list(segments)]
    columns: list[list[Row]] = []
    wide = False  # whether the column before is one of full width, which the next may continue
    for crossing, band in _bands(segments, gutter):
        if crossing and wide:
            columns[-1] += band
        elif crossing:
            columns.append(band)
        else:
            for side in _sides(band, gutter):
                columns += in_order(side, None, depth + 1)
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
    width = right - left
    best: tuple[float, float] | None = None
    for start, end, crossed in _gaps(segments, left + _MIDDLE * width, right - _MIDDLE * width):
        if end - start < _GUTTER * size:
            continue
        middle = (start + end) / 2
        if not _has_columns(segments, middle):
            continue
        worth = crossed - (end - start) / max(width, 1)
        if best is None or worth < best[0]:
            best = (worth, middle)
    return best[1] if best else None


def _gaps(segments: Sequence[Row], first: float, last: float) -> list[tuple[float, float, int]]:
    """(start, end, rows that cross) of the stretches between the edges of all segments."""
    edges = sorted({edge for one in segments for edge in (one.left, one.right)} | {first, last})
    edges = [edge for edge in edges if first <= edge <= last]
    widest = _NARROW * (last - first) / (1 - 2 * _MIDDLE)
    narrow = [one for one in segments if one.right - one.left < widest]
    most = _CROSSING * sum(len(one.text) for one in segments)
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
    """Rows of text on both sides, side by side; page numbers at the margin are no column."""
    free = [one for one in segments if not one.left < gutter < one.right]
    left, right = _sides(free, gutter)
    if min(len(left), len(right)) < _FEWEST_ROWS:
        return False
    if any(_mostly_numbers(side) for side in (left, right)):
        return False
    top = max(min(one.top for one in side) for side in (left, right))
    bottom = min(max(one.bottom for one in side) for side in (left, right))
    return bottom - top > _FEWEST_ROWS * median(one.height for one in free)


def _mostly_numbers(rows: Sequence[Row]) -> bool:
    numbers = sum(one.text.strip("·.…-()（） ").isdecimal() for one in rows)
    return numbers * 2 >= len(rows)


def _is_free(segments: Sequence[Row], gutter: float) -> bool:
    """Whether text stands on both sides and hardly any across."""
    across = sum(len(one.text) for one in segments if one.left < gutter < one.right)
    sides = _sides([one for one in segments if not one.left < gutter < one.right], gutter)
    return all(sides) and across <= _CROSSING * sum(len(one.text) for one in segments)
