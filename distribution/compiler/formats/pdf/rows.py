"""Characters to rows: what stands side by side on one baseline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from distribution.compiler.content import Picture, Table
from distribution.compiler.formats.pdf.glyphs import Glyph
from distribution.compiler.lines import is_han

_SAME_BASELINE = 0.35
"""Of the size: so far baselines of one row differ where an index is set lower."""
_TORN = 1.3
"""Of the size: a wider gap parts two pieces of a row (a tab, a gutter between columns)."""
_BACK = -0.6
_BLANK = 0.16
"""Of the size: a gap this much wider than the row's usual one is a blank."""
_TWICE = 0.15
"""Of the size: the same character this near is printed twice, to look bold."""


@dataclass(frozen=True, slots=True)
class Row:
    """A piece of text on one baseline."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    torn: tuple[str, ...] = ()
    """Its pieces, where wide gaps part it."""
    block: Table | Picture | None = None
    spaced: bool = False
    """Whether a printed blank stands before it."""

    @property
    def height(self) -> float:
        return self.bottom - self.top


def segments_of(glyphs: Iterable[Glyph]) -> list[Row]:
    """The pieces that no wide gap parts, by the order in which the file writes them.

    Not by their heights: rows of neighbouring columns may stand a hair's breadth apart.
    """
    segments: list[Row] = []
    run: list[Glyph] = []
    for glyph in _without_doubles(glyphs):
        if run and not _continues(run[-1], glyph):
            segments.append(_row(run))
            run = []
        run.append(glyph)
    if run:
        segments.append(_row(run))
    return segments


def merged(segments: Sequence[Row]) -> list[Row]:
    """Segments of one column, those on one baseline put together again, from top to bottom."""
    rows: list[list[Row]] = []
    for segment in sorted(segments, key=lambda one: (one.top + one.bottom) / 2):
        if rows and _level(rows[-1][0], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [_whole(sorted(row, key=lambda one: one.left)) for row in rows]


def _whole(row: Sequence[Row]) -> Row:
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda one: len(one.text))
    torn = [row[0].text]
    text = row[0].text
    for before, one in pairwise(row):
        gap = (one.left - before.right) / max(longest.size, 1)
        if gap > _TORN:
            torn.append("")
        blank = one.spaced or gap > (_TORN if is_han(before.text[-1]) else _BLANK)
        text += (" " if blank else "") + one.text
        torn[-1] += one.text
    return Row(
        text,
        row[0].left,
        min(one.top for one in row),
        max(one.right for one in row),
        max(one.bottom for one in row),
        longest.size,
        sum(len(one.text) for one in row if one.bold) * 2 > sum(len(one.text) for one in row),
        tuple(torn) if len(torn) > 1 else (),
    )


def _level(one: Row, other: Row) -> bool:
    if one.block or other.block:
        return False
    reach = _SAME_BASELINE * max(one.height, other.height)
    return abs(one.bottom - other.bottom) < reach or abs(one.top - other.top) < reach / 2


def _continues(before: Glyph, glyph: Glyph) -> bool:
    size = max(before.style.size, glyph.style.size)
    gap = glyph.left - before.right
    level = abs(glyph.base - before.base) < _SAME_BASELINE * size
    return level and _BACK * size < gap < _TORN * size


def _without_doubles(glyphs: Iterable[Glyph]) -> list[Glyph]:
    kept: list[Glyph] = []
    near: dict[str, Glyph] = {}
    for glyph in glyphs:
        other = near.get(glyph.text)
        reach = _TWICE * glyph.style.size
        if other is not None and (
            abs(other.left - glyph.left) < reach and abs(other.base - glyph.base) < reach
        ):
            continue
        near[glyph.text] = glyph
        kept.append(glyph)
    return kept


def _row(glyphs: Sequence[Glyph]) -> Row:
    usual = _usual_gap(glyphs)
    text = glyphs[0].text
    for before, glyph in pairwise(glyphs):
        text += (" " if _is_blank(before, glyph, usual) else "") + glyph.text
    return Row(
        text,
        glyphs[0].left,
        median(glyph.top for glyph in glyphs),
        glyphs[-1].right,
        median(glyph.bottom for glyph in glyphs),
        median(glyph.style.size for glyph in glyphs),
        sum(glyph.style.bold for glyph in glyphs) * 2 > len(glyphs),
        spaced=glyphs[0].spaced,
    )


def _usual_gap(glyphs: Sequence[Glyph]) -> float:
    """Between the Chinese characters of a row; justified text is spread."""
    gaps = [
        glyph.left - before.right
        for before, glyph in pairwise(glyphs)
        if is_han(before.text[0]) and is_han(glyph.text[0])
    ]
    return max(0.0, median(gaps)) if gaps else 0.0


def _is_blank(before: Glyph, glyph: Glyph, usual: float) -> bool:
    """A printed blank, or a gap that only a blank makes."""
    if glyph.spaced:
        return True
    words = _is_word(before) and _is_word(glyph)
    return words and glyph.left - before.right - usual > _BLANK * glyph.style.size


def _is_word(glyph: Glyph) -> bool:
    return glyph.text[0].isalnum() or glyph.text in "%％℃"
