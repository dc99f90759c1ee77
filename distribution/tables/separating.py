"""What divides the cells of a text: told from its first lines, by how evenly they divide."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SAMPLE = 64 * 1024
"""Characters to judge by."""

_CANDIDATES = ((",", ";", "\t"), ("，", "；"))
"""Tried in this order: Chinese punctuation often stands in a cell."""
_NONE = "\x1f"
"""Stands in no table, so a list of one column is divided nowhere."""
_FEWEST = 2
"""Rows that must be divided, the heading and one more, unless there is but one."""
_OF_ALL, _OF_THE_REST = 3, 2
"""One row of three must be divided, for titles and notes stand above; below them one of two."""


@dataclass(frozen=True, slots=True)
class _Division:
    separator: str
    first_row: int
    """The first row that divides as most do: other separators come later, inside cells."""
    evenness: int
    """Rows alike times the cells that each gains."""


def separator_of(text: str) -> str:
    r"""The separator of a text that starts so; one that occurs nowhere for a single column.

    >>> separator_of("姓名;关注栏目\n张三;政策,标准,人才\n李四;政策,标准,人才\n")
    ';'
    >>> separator_of("a@firm.example\nb@firm.example\n") == "\x1f"
    True
    """
    is_cut = len(text) >= SAMPLE
    for candidates in _CANDIDATES:
        divisions = [
            division
            for separator in candidates
            if separator in text
            and (division := _divide(separator, _widths(text, separator, is_cut=is_cut)))
        ]
        if divisions:
            return min(divisions, key=lambda one: (one.first_row, -one.evenness)).separator
    return _NONE


def _divide(separator: str, widths: Sequence[int]) -> _Division | None:
    """None where so few rows are divided that it happened inside cells."""
    divided = [width for width in widths if width > 1]
    if not divided or len(divided) < min(_FEWEST, len(widths)):
        return None
    width, alike = Counter(divided).most_common(1)[0]
    first = widths.index(width)
    below = [width > 1 for width in widths[first:]]
    if len(divided) * _OF_ALL < len(widths) or sum(below) * _OF_THE_REST < len(below):
        return None
    return _Division(separator, first, alike * (width - 1))


def _widths(text: str, separator: str, *, is_cut: bool) -> list[int]:
    """Cells of each row that is not empty; the last may be cut in two, and is left out then."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    widths = [len(row) for row in rows if any(row)]
    return widths[:-1] if is_cut and len(widths) > 1 else widths
