"""Characters to rows: what stands side by side on one baseline."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from distribution.compiler.content import Picture, Table
from distribution.compiler.formats.pdf.page import Glyph
from distribution.compiler.formats.pdf.scripts import SMALLER, with_scripts
from distribution.compiler.lines import is_han, tidied

_SAME_BASELINE = 0.35
"""Of the size: so far baselines of one row differ where an index is set lower."""
_INDEX, _BESIDE = 0.55, 0.4
"""The same for an index, which stands right beside what it belongs to."""
_SMALLEST_INDEX = 0.4
"""Of the size: what is larger than so is a watermark, not the text it lies under."""
_TORN = 1.3
"""Of the size: a wider gap parts two pieces of a row (a tab, a gutter between columns)."""
_BLANK = 0.16
"""Of the size: a gap this much wider than the row's usual one is a blank."""
_SIGNS = "％℃≤≥≈≠×÷±−○●□■◇◆△▲☆★"
"""Written with a blank beside them, as ASCII is."""
_TWICE = 0.15
"""Of the size: the same character this near is printed twice, to look bold."""
_LIGATURE = 1.5
"""Of the size: what is wider is two characters in one, such as a dash."""


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
    """All its Chinese characters: digits are often taken from another font."""
    torn: tuple[str, ...] = ()
    """Its pieces, where wide gaps part it."""
    white: float = 0.0
    """The width of these gaps."""
    block: Table | Picture | None = None
    spaced: bool = False
    """Whether a printed blank stands before it."""
    bold_ends: tuple[bool, bool] = (False, False)
    """Whether it begins and ends in bold print."""

    @property
    def height(self) -> float:
        return self.bottom - self.top


def segments_of(glyphs: Iterable[Glyph]) -> list[Row]:
    """The pieces that no wide gap parts, by the order in which the file writes them.

    Not by their heights: rows of neighbouring columns may stand a hair's breadth apart.
    """
    segments: list[Row] = []
    for stretch in _stretches(_without_doubles(glyphs)):
        widest = _usual_gap(stretch) + _TORN * max(glyph.style.size for glyph in stretch)
        run = [stretch[0]]
        for glyph in stretch[1:]:
            if glyph.left - run[-1].right > widest:
                segments.append(_row(run))
                run = []
            run.append(glyph)
        segments.append(_row(run))
    return segments


def _stretches(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """What the file writes on one baseline, from left to right.

    Some files write the characters of a second font behind those of the first; and marks that are
    pushed together stand by the edges of their boxes, not by their ink.
    """
    stretches: list[list[Glyph]] = []
    for glyph in glyphs:
        stretch = stretches[-1] if stretches else []
        level = bool(stretch) and _on_one_line(stretch[-1], glyph)
        if level and glyph.middle >= stretch[-1].middle:
            stretch.append(glyph)
        elif level and glyph.middle > stretch[0].middle:
            insort(stretch, glyph, key=lambda one: one.middle)
        else:
            stretches.append([glyph])
    return stretches


def merged(segments: Sequence[Row]) -> list[Row]:
    """Segments of one column, those on one baseline put together again, from top to bottom."""
    rows: list[list[Row]] = []
    for segment in sorted(segments, key=lambda one: (one.top + one.bottom) / 2):
        if rows and _level(rows[-1][0], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [_whole(sorted(row, key=lambda one: one.left)) for row in rows]


def cell_text(glyphs: Sequence[Glyph]) -> str:
    """What stands in a cell of a table, its rows behind each other."""
    text = ""
    for row in merged(segments_of(glyphs)):
        latin = text[-1:].isascii() and text[-1:].isalpha() and row.text[:1].isascii()
        text += (" " if latin else "") + row.text
    return tidied(text)


def _whole(row: Sequence[Row]) -> Row:
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda one: len(one.text))
    torn = [row[0].text]
    text, white = row[0].text, 0.0
    for before, one in pairwise(row):
        gap = (one.left - before.right) / max(longest.size, 1)
        if gap > _TORN:
            torn.append("")
            white += one.left - before.right
        blank = one.spaced or gap > (_BLANK if before.text[-1].isascii() else _TORN)
        text += (" " if blank else "") + one.text
        torn[-1] += one.text
    return Row(
        text,
        row[0].left,
        min(one.top for one in row),
        max(one.right for one in row),
        max(one.bottom for one in row),
        longest.size,
        all(one.bold for one in row),
        tuple(torn) if len(torn) > 1 else (),
        white,
        bold_ends=(row[0].bold_ends[0], row[-1].bold_ends[1]),
    )


def _level(one: Row, other: Row) -> bool:
    if one.block or other.block:
        return False
    reach = _SAME_BASELINE * max(one.height, other.height)
    return abs(one.bottom - other.bottom) < reach or abs(one.top - other.top) < reach / 2


def _on_one_line(one: Glyph, other: Glyph) -> bool:
    small, large = sorted((one.style.size, other.style.size))
    index = small < SMALLER * large and abs(other.left - one.right) < _BESIDE * large
    reach = (_INDEX if index else _SAME_BASELINE) * large
    return small > _SMALLEST_INDEX * large and abs(one.base - other.base) < reach


def _without_doubles(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Except neighbours: the two of a ligature (ff, ——) stand at one place."""
    kept: list[Glyph] = []
    near: dict[str, Glyph] = {}
    for glyph in glyphs:
        other = near.get(glyph.text)
        size = glyph.style.size
        wide = glyph.text.isascii() or glyph.right - glyph.left > _LIGATURE * size
        ligature = kept and other is kept[-1] and wide
        reach = _TWICE * size
        if (
            other is not None
            and not ligature
            and abs(other.left - glyph.left) < reach
            and abs(other.base - glyph.base) < reach
        ):
            continue
        near[glyph.text] = glyph
        kept.append(glyph)
    return kept


def _row(glyphs: Sequence[Glyph]) -> Row:
    usual = _usual_gap(glyphs)
    han = [glyph for glyph in glyphs if is_han(glyph.text[0])] or glyphs
    texts = with_scripts(glyphs)
    text = texts[0]
    for (before, glyph), one in zip(pairwise(glyphs), texts[1:], strict=True):
        text += (" " if _is_blank(before, glyph, usual) else "") + one
    return Row(
        text,
        glyphs[0].left,
        median(glyph.top for glyph in glyphs),
        glyphs[-1].right,
        median(glyph.bottom for glyph in glyphs),
        median(glyph.style.size for glyph in glyphs),
        all(glyph.style.bold for glyph in han),
        spaced=glyphs[0].spaced,
        bold_ends=(han[0].style.bold, han[-1].style.bold),
    )


def _usual_gap(glyphs: Sequence[Glyph]) -> float:
    """Between the Chinese characters and marks of a row; justified text is spread.

    Not the median: in a row of names every other gap may be a blank.
    """
    gaps = [
        glyph.left - before.right
        for before, glyph in pairwise(glyphs)
        if not (before.text.isascii() or glyph.text.isascii())
    ]
    return max(0.0, sorted(gaps)[len(gaps) // 4]) if gaps else 0.0


def _is_blank(before: Glyph, glyph: Glyph, usual: float) -> bool:
    """A printed blank, or a gap that only a blank makes."""
    if glyph.spaced:
        return True
    words = _is_word(before) and _is_word(glyph)
    return words and glyph.left - before.right - usual > _BLANK * glyph.style.size


def _is_word(glyph: Glyph) -> bool:
    return glyph.text[0].isalnum() or glyph.text.isascii() or glyph.text in _SIGNS
