"""What lies in the inbox unjudged: its bell was lost, or its judging failed."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import dramatiq

from distribution import clock, events
from distribution.words import Signal
from workers.broker import ring
from workers.current import get_app

AT_ONCE = 500
"""Inbox ids one message carries at most."""
PER_TICK = 5_000
"""Rows looked at in one tick."""

FIRST = 30.0
"""Seconds until something is tried again for the first time."""
LONGEST = 3600.0
"""Seconds between two tries at most."""


@dataclass(slots=True)
class Backoff:
    """Remembers what was tried, and when it may be tried again."""

    _waits: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Row: not before this moment, and how long it waited for it."""

    def ready(self, rows: Iterable[int], now: float) -> list[int]:
        """Of the rows still undone, those whose time has come; they are taken for tried now.

        >>> backoff = Backoff()
        >>> backoff.ready([1, 2], now=0), backoff.ready([2, 3], now=5)
        ([1, 2], [3])
        >>> backoff.ready([2], now=30), backoff.ready([2], now=60), backoff.ready([2], now=90)
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


Judge = Callable[[list[int]], None]


@dataclass(slots=True)
class Unjudged:
    """Rings for inbox rows older than `age`, with more and more patience for the same rows."""

    signals: Collection[Signal]
    age: timedelta
    actor: dramatiq.Actor[[list[int]], None]
    judge: Judge
    """What the actor does; done here where nobody hears the bell."""
    backoff: Backoff = field(default_factory=Backoff)

    def look(self) -> None:
        """Ring once for what is found."""
        with get_app().reading() as session:
            found = events.unjudged(session, self.signals, clock.now() - self.age, PER_TICK)
        ready = self.backoff.ready(found, time.monotonic())
        for start in range(0, len(ready), AT_ONCE):
            chunk = ready[start : start + AT_ONCE]
            if not ring(self.actor, chunk):
                self.judge(chunk)
