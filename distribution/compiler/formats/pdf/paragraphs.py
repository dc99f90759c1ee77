"""Rows of a column to lines of a document: wrapped rows are one, a new paragraph is another."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from distribution.compiler.formats.pdf.edges import Edges
from distribution.compiler.formats.pdf.rows import Row
from distribution.compiler.front.colophon import labelled
from distribution.compiler.lines import is_han
from distribution.compiler.sentences import IN_AN_ADDRESS

_INDENT = 0.8
"""Of the size: a row that begins this much further to the right begins a paragraph."""
_LARGEST_INDENT = 4.5
_SLACK = 1.5
"""Of the size: so far a wrapped row may end before the margin; layouts are not exact."""
_LARGER = 1.08
_APART = 1.22
"""Of the usual distance of rows: a wider one parts paragraphs."""
_CENTRED = 1.2
_SHORT = 0.8
"""Of the column: an indented row that ends early is no centred one."""
_ENTRY_ENDS = re.compile(r"(?:[·•・‧∙⋅⋯…．.]{2,}|[-—_]{4,}) ?[（(]?[0-9]{1,3}[)）]?$|[·…．.]{6,}$")
_ORNAMENT = re.compile(r"[*＊~=_─━—–-][*＊~=_─━—– -]+")
"""Parts what stands above and below it; dots lead to a page of the contents."""
_CLOSERS = "，。、；：！？”’）》」』】…%,.;:!?)"
_FULL = 0.6
_ROUNDING = 0.2
"""Of the size, as `_FULL`."""
_SENTENCE_ENDS = ("。", "！", "？", "。”", "！”", "？”", "；")
_NEVER_FIRST = tuple("，。、；：！？”’）》」』】…")
_SIGN_ENDS, _SIGN_BEGINS = re.compile(r" [=<>≤≥≈+×÷]$"), re.compile(r"[=<>≤≥≈+×÷] ")
"""A sign that has a blank on one side has one on the other."""
_LATIN = 0.55
"""Of the size: the usual width of a letter or digit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that make one line of the document."""

    rows: tuple[Row, ...]
    text: str
    centred: bool
    named: bool = False
    """Whether it is a title or a section's name of the contents."""
    cells: tuple[str, ...] = ()
    """Of a row whose neighbours are parted into as many pieces."""


def pieces_of(rows: Sequence[Row], edges: Edges, named: Mapping[int, int]) -> Iterator[Piece]:
    """The rows of a column, joined where one wraps into the next; `named` stand alone."""
    pitch = _pitch(rows)
    start = 0
    while start < len(rows):
        count = named.get(start, 0)
        end = start + max(count, 1)
        alone = count > 0 or _is_tabular(rows, start)
        while not alone and end < len(rows) and end not in named:
            if _is_tabular(rows, end) or _begins(rows[end - 1], rows[end], edges, pitch):
                break
            end += 1
        cells = rows[start].torn if _is_tabular(rows, start) else ()
        yield _piece(rows[start:end], edges, named=count > 0, cells=cells)
        start = end


def _is_tabular(rows: Sequence[Row], index: int) -> bool:
    beside = [*rows[max(index - 1, 0) : index], *rows[index + 1 : index + 2]]
    count = len(rows[index].torn)
    return count > 1 and any(len(row.torn) == count for row in beside)


def continues(before: Piece, old: Edges, piece: Piece, new: Edges) -> bool:
    """Whether a paragraph goes on in the next column although a sentence ended above.

    Its last row is full, and the row here is not indented. Where the break cuts a sentence the
    compiler joins the lines itself, for it knows what a break may print twice.
    """
    last, first = before.rows[-1], piece.rows[0]
    if last.block or first.block or before.centred or piece.centred or _ends_entry(last):
        return False
    if before.named or piece.named or piece.cells or before.cells or labelled(first.text):
        return False
    alike = last.bold == first.bold and abs(last.size - first.size) < (_LARGER - 1) * last.size
    full = last.right + _first_word(first) > old.right - _ROUNDING * last.size
    level = first.left < new.left + _FULL * first.size
    return alike and full and level and last.text.endswith(_SENTENCE_ENDS)


def _begins(last: Row, row: Row, edges: Edges, pitch: float) -> bool:
    """Whether `row` begins a new piece behind `last`."""
    ornament = _ORNAMENT.fullmatch(last.text) or _ORNAMENT.fullmatch(row.text)
    if row.block or last.block or ornament or _differ(last, row):
        return True
    if row.text.startswith(_NEVER_FIRST):
        return False
    if _is_centred(row, edges) or _is_centred(last, edges) or _are_centred(last, row):
        return True
    apart = row.top - last.top > _APART * pitch > 0
    if labelled(row.text) or _ends_entry(last) or apart:
        return True
    indent = row.left - edges.left
    if _INDENT * row.size < indent < _LARGEST_INDENT * row.size:
        return True
    return last.right + _first_word(row) < edges.right - _SLACK * row.size


def _differ(last: Row, row: Row) -> bool:
    """In size, or one is bold throughout and its neighbour is not where they meet."""
    if max(last.size, row.size) > _LARGER * min(last.size, row.size):
        return True
    return (last.bold or row.bold) and last.bold_ends[1] != row.bold_ends[0]


def _ends_entry(row: Row) -> bool:
    """A line of the contents ends with its page, however full it is."""
    if _ENTRY_ENDS.search(row.text):
        return True
    return len(row.torn) > 1 and row.torn[-1].isdecimal() and len(row.torn[-1]) <= len("999")


def _first_word(row: Row) -> float:
    """The room that the beginning of this row would have needed on the row before."""
    text = row.text
    if is_han(text[0]) or not text[0].isascii():
        length = 1
        while length < len(text) and text[length] in _CLOSERS:
            length += 1
        return length * row.size
    length = 0
    while length < len(text) and text[length].isascii() and not text[length].isspace():
        length += 1
    return length * _LATIN * row.size


def _pitch(rows: Sequence[Row]) -> float:
    """The usual distance of neighbouring rows."""
    steps = [
        below.top - above.top
        for above, below in itertools.pairwise(rows)
        if not (above.block or below.block) and 0 < below.top - above.top < 3 * above.height
    ]
    return sorted(steps)[len(steps) // 4] * 1.05 if steps else 0.0


def _is_centred(row: Row, edges: Edges) -> bool:
    before, behind = row.left - edges.left, edges.right - row.right
    width = edges.right - edges.left
    near = abs(before - behind) < max(row.size, 0.05 * width)
    short = row.right - row.left < _SHORT * width
    return near and short and min(before, behind) > _CENTRED * row.size


def _are_centred(last: Row, row: Row) -> bool:
    """About each other, wherever the edges are."""
    aside = abs(last.left + last.right - row.left - row.right) / 2
    return aside < _ROUNDING * row.size and abs(last.left - row.left) > _INDENT * row.size


def _piece(run: Sequence[Row], edges: Edges, *, named: bool, cells: tuple[str, ...]) -> Piece:
    text = run[0].text
    for row in run[1:]:
        text = _continued(text, row)
    centred = all(_is_centred(row, edges) for row in run)
    return Piece(tuple(run), text, centred, named, cells)


def _continued(text: str, row: Row) -> str:
    """A wrapped row behind the text; Chinese layouts part no words, so a hyphen stays."""
    last, first = text[-1:], row.text[:1]
    latin = last.isascii() and first.isascii() and first.isalnum()
    words = latin and (last.isalnum() or last in ",;") and not (last + first).isdecimal()
    signs = _SIGN_ENDS.search(text) or _SIGN_BEGINS.match(row.text)
    blank = row.spaced or signs or (words and not IN_AN_ADDRESS.search(text))
    return text + (" " if blank else "") + row.text
