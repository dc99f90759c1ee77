"""Where the text of a column begins and ends, learnt from all columns."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from distribution.compiler.formats.pdf.columns import Column

_RARE = 50
"""An edge that fewer than one row in so many has is nobody's."""
_ALIKE, _FEWEST, _SHARE = 1.5, 3, 0.25
"""Points, rows, and of the rows: so many end at a column's own edge if it is one."""

_MANY = 8
"""Rows: the longest of fewer need not be full."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Of the text, not of the paper."""

    left: float
    right: float


def edges_of(columns: Sequence[Column]) -> list[Edges]:
    """The edges of each column; a few short rows show little, so they take those of others."""
    own = [
        Edges(
            min((one.left for one in column.rows if not one.block), default=0.0),
            max((one.right for one in column.rows if not one.block), default=0.0),
        )
        for column in columns
    ]
    weighed = [(one, column) for one, column in zip(own, columns, strict=True) for _ in column.rows]
    lefts = _common(round(one.left) for one, _ in weighed)
    rights = _common(
        round(one.right)
        for one, column in weighed
        if len(column.rows) >= _MANY or _agree([row.right for row in column.rows], one.right)
    )
    return [
        Edges(_left(one.left, lefts, column), _right(one.right, rights, column))
        for one, column in zip(own, columns, strict=True)
    ]


def _left(edge: float, common: Sequence[int], column: Column) -> float:
    """The column's own edge where rows agree on it, else the nearest common one further out."""
    nearest = max((one for one in common if column.left <= one <= edge + 1), default=edge)
    agreed = _agree([row.left for row in column.rows], edge)
    return edge if agreed and edge - nearest > 1 else float(nearest)


def _right(edge: float, common: Sequence[int], column: Column) -> float:
    """The same; and where no column shows one, as far as the paper goes: nothing is wrapped."""
    ends = [row.right for row in column.rows]
    if _agree(ends, edge):
        return max((float(one) for one in common if abs(one - edge) <= 1), default=edge)
    hanging = median([row.size for row in column.rows] or [0.0])
    agreed = [end for end in ends if edge - end < hanging and _agree(ends, end)]
    if agreed:  # some marks hang over it
        return max(agreed)
    further = (one for one in common if edge + 1 < one <= column.right)
    return float(min(further, default=max(edge, column.right)))


def _agree(ends: Sequence[float], edge: float) -> bool:
    alike = sum(abs(end - edge) < _ALIKE for end in ends)
    return alike >= max(_FEWEST, _SHARE * len(ends))


def _common(edges: Iterable[int]) -> list[int]:
    counts = Counter(edges)
    fewest = max(1, counts.total() // _RARE)
    return [edge for edge, count in counts.items() if count >= fewest]
