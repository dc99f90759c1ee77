"""Patience with rows that stay undone: each is tried again after twice the time."""

from collections.abc import Iterable
from dataclasses import dataclass, field

FIRST = 30.0
"""Seconds until something is tried again for the first time."""
LONGEST = 3600.0
"""Seconds between two tries at most."""


@dataclass(slots=True)
class Patience:
    """Remembers what was tried, and when it may be tried again."""

    _waits: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Row: not before this moment, and how long it waited for it."""

    def ready(self, rows: Iterable[int], now: float) -> list[int]:
        """Of the rows still undone, those whose time has come; they are taken for tried now.

        >>> patience = Patience()
        >>> patience.ready([1, 2], now=0), patience.ready([2, 3], now=5)
        ([1, 2], [3])
        >>> patience.ready([2], now=30), patience.ready([2], now=60), patience.ready([2], now=90)
        ([2], [], [2])
        """
        undone = list(rows)
        found = [row for row in undone if row not in self._waits or self._waits[row][0] <= now]
        kept = {row: self._waits[row] for row in undone if row in self._waits}  # others are done
        for row in found:
            wait = min(kept[row][1] * 2, LONGEST) if row in kept else FIRST
            kept[row] = (now + wait, wait)
        self._waits = kept
        return found
