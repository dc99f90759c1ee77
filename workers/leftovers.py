"""What lies in the inbox unjudged: its bell was lost, or its judging failed."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import dramatiq

from distribution import clock, events
from distribution.words import Signal
from workers.bells import ring
from workers.current import get_app
from workers.patience import Patience

AT_ONCE = 500
"""Inbox ids one message carries at most."""
PER_TICK = 5_000
"""Rows looked at in one tick."""

Judge = Callable[[list[int]], None]


@dataclass(slots=True)
class Leftovers:
    """Rings for inbox rows older than `age`, with more and more patience for the same rows."""

    signals: Collection[Signal]
    age: timedelta
    actor: dramatiq.Actor[[list[int]], None]
    judge: Judge
    """What the actor does; done here where nobody hears the bell."""
    patience: Patience = field(default_factory=Patience)

    def look(self) -> None:
        """Ring once for what is found."""
        with get_app().reading() as session:
            found = events.unjudged(session, self.signals, clock.now() - self.age, PER_TICK)
        for chunk in chunks(self.patience.ready(found, time.monotonic())):
            if not ring(self.actor, chunk):
                self.judge(chunk)


def chunks(inbox_ids: Sequence[int]) -> Iterator[list[int]]:
    """As many as one message may carry, in their order."""
    for start in range(0, len(inbox_ids), AT_ONCE):
        yield list(inbox_ids[start : start + AT_ONCE])
