"""A colophon that is set below two columns: it stands behind both, and not in the first."""

from collections.abc import Sequence

from distribution.compiler.formats.pdf.columns import Column
from distribution.compiler.formats.pdf.rows import Row
from distribution.compiler.front.colophon import labelled, split_colophon
from distribution.compiler.lines import Line, tidied

_FEWEST = 3
"""Rows: fewer may be how to reach the author of an article."""


def last_with_text(pages: Sequence[Sequence[Row]]) -> int:
    """The index of the last page that holds more than the rest of a colophon."""
    text = (at for at, rows in enumerate(pages) if not all(labelled(row.text) for row in rows))
    return max(text, default=0)


def with_colophon_last(columns: Sequence[Column]) -> list[Column]:
    """The columns of the last page with text, the colophon taken out of one and put behind all."""
    starts = [_start(column.rows) for column in columns]
    if not columns or starts[-1] < len(columns[-1].rows):
        return list(columns)
    for column, start in zip(columns[:-1], starts, strict=False):
        if len(column.rows) - start >= _FEWEST:
            last = Column(column.rows[start:], column.left, column.right)
            column.rows = column.rows[:start]
            return [*(one for one in columns if one.rows), last]
    return list(columns)


def _start(rows: Sequence[Row]) -> int:
    """The index of the row on which a colophon begins; their count where there is none."""
    lines = [
        Line(number, tidied(row.text) or "图", block=row.block) for number, row in enumerate(rows)
    ]
    return len(split_colophon(lines)[0])
