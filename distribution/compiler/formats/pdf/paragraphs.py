"""Rows of a column to lines of a document: wrapped rows are one, a new paragraph is another."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from distribution.compiler.formats.pdf.rows import Row
from distribution.compiler.lines import is_han

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
_CLOSERS = "，。、；：！？”’）》」』】…%,.;:!?)"
_RARE = 50
"""An edge that fewer than one row in so many has is nobody's."""
_FULL = 0.6
_SENTENCE_ENDS = ("。", "！", "？", "。”", "！”", "？”", "；")
_NEVER_FIRST = tuple("，。、；：！？”’）》」』】…")
_LATIN = 0.55
"""Of the size: the usual width of a letter or digit."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the text of a column begins and ends."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that make one line of the document."""

    rows: tuple[Row, ...]
    text: str
    centred: bool


def edges_of(columns: Sequence[Sequence[Row]]) -> list[Edges]:
    """The edges of each column, learnt from all of them: one of three rows shows little."""
    own = [
        Edges(
            min((one.left for one in rows if not one.block), default=0.0),
            max((one.right for one in rows if not one.block), default=0.0),
        )
        for rows in columns
    ]
    weighed = [one for one, rows in zip(own, columns, strict=True) for _ in rows]
    lefts = _common(round(one.left) for one in weighed)
    rights = _common(round(one.right) for one in weighed)
    return [
        Edges(_snapped(one.left, lefts, -1, rows), _snapped(one.right, rights, 1, rows))
        for one, rows in zip(own, columns, strict=True)
    ]


def _common(edges: Iterable[int]) -> list[int]:
    counts = Counter(edges)
    fewest = max(1, counts.total() // _RARE)
    return [edge for edge, count in counts.items() if count >= fewest]


def _snapped(edge: float, common: Sequence[int], way: int, rows: Sequence[Row]) -> float:
    """The nearest common edge further out, if it is near enough to be this column's."""
    size = median(one.size for one in rows)
    reach = (_LARGEST_INDENT if way < 0 else 3 * _LARGEST_INDENT) * size
    out = [one for one in common if -1 <= way * (one - edge) <= reach]
    nearest = min(out, key=lambda one: abs(one - edge), default=edge)
    return float(nearest) if len(rows) < len("three") or abs(nearest - edge) <= 1 else edge


def pieces_of(rows: Sequence[Row], edges: Edges) -> Iterator[Piece]:
    """The rows of a column, joined where one wraps into the next."""
    pitch = _pitch(rows)
    run: list[Row] = []
    for row in rows:
        if run and _begins(run, row, edges, pitch):
            yield _piece(run, edges)
            run = []
        run.append(row)
    if run:
        yield _piece(run, edges)


def continues(before: Piece, old: Edges, piece: Piece, new: Edges) -> bool:
    """Whether a paragraph goes on in the next column although a sentence ended above.

    Its last row is full, and the row here is not indented. Where the break cuts a sentence the
    compiler joins the lines itself, for it knows what a break may print twice.
    """
    last, first = before.rows[-1], piece.rows[0]
    if last.block or first.block or before.centred or piece.centred or _ends_entry(last):
        return False
    alike = last.bold == first.bold and abs(last.size - first.size) < (_LARGER - 1) * last.size
    full = last.right > old.right - _FULL * last.size
    level = first.left < new.left + _FULL * first.size
    return alike and full and level and last.text.endswith(_SENTENCE_ENDS)


def _begins(run: Sequence[Row], row: Row, edges: Edges, pitch: float) -> bool:
    """Whether `row` begins a new piece behind `run`."""
    last = run[-1]
    larger = max(last.size, row.size) > _LARGER * min(last.size, row.size)
    if row.block or last.block or last.bold != row.bold or larger:
        return True
    if row.text.startswith(_NEVER_FIRST):
        return False
    if _is_centred(row, edges) or _is_centred(last, edges):
        return True
    if _ends_entry(last) or row.top - last.top > _APART * pitch > 0:
        return True
    indent = row.left - edges.left
    if _INDENT * row.size < indent < _LARGEST_INDENT * row.size:
        return True
    return last.right + _first_word(row) < edges.right - _SLACK * row.size


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


def _piece(run: Sequence[Row], edges: Edges) -> Piece:
    text = run[0].text
    for row in run[1:]:
        text = _continued(text, row.text)
    return Piece(tuple(run), text, all(_is_centred(row, edges) for row in run))


def _continued(text: str, following: str) -> str:
    """A wrapped row behind the one above; Chinese layouts part no words, so a hyphen stays."""
    letters = text[-1:].isascii() and following[:1].isascii() and following[:1].isalpha()
    if letters and (text[-1:].isalpha() or text[-1:] in ",;"):
        return f"{text} {following}"
    return text + following
