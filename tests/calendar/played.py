"""A scheduler in a process of its own whose year passes in seconds, and which may be killed.

The calendar's clock is moved: that of the host, the one nobody sets, and what the calendar sees of
the database's. The ledger's own clock is not: claims, leases and expiry run by it, as they do.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy.orm import Session

from distribution import clock
from distribution.app import App, open_app
from distribution.calendar import Watch, clockwork, ticking
from distribution.calendar.store import marks, slots
from workers import scheduling

LEASE = timedelta(seconds=0.4)
"""After which a scheduler that was killed is relieved."""


@dataclass
class Time:
    """How far the calendar's time is ahead: a file that all processes read, and one moves."""

    file: Path
    ahead: timedelta = timedelta(0)
    """As it was last read: a clock beside the wall's must not move in between."""

    @property
    def now(self) -> datetime:
        self.ahead = timedelta(seconds=float(self.file.read_text(encoding="ascii")))
        return _now() + self.ahead

    def move_to(self, moment: datetime) -> None:
        draft = self.file.with_suffix(".new")
        draft.write_text(repr((moment - _now()).total_seconds()), encoding="ascii")
        draft.replace(self.file)


_now = clock.now
_present = marks.present


def move(when: Time) -> None:
    """Let this process see the moved time, wherever the calendar looks at a clock."""

    def present(session: Session) -> datetime:
        return _present(session) + when.ahead

    clock.now = lambda: when.now
    ticking.present = present
    slots.LEASE = LEASE
    scheduling.EVERY = 0.05


@contextmanager
def mortal(steps: int, strike: Callable[[], None]) -> Iterator[None]:
    """Beside the block, this process is struck before its so-many-eth transaction.

    As everything a tick does is one transaction or another, that is between any two steps.
    """
    begin, left = App.transaction, steps

    @contextmanager
    def counted(self: App) -> Iterator[Session]:
        nonlocal left
        left -= 1
        if left == 0:
            strike()
        with begin(self) as session:
            yield session

    App.transaction = counted  # type: ignore[method-assign]
    try:
        yield
    finally:
        App.transaction = begin  # type: ignore[method-assign]


def scheduler(environ: dict[str, str], file: str, steps: int = 0) -> None:
    """A scheduler until it is killed: from outside, or in its so-many-eth transaction when due."""
    when = Time(Path(file))
    move(when)
    app = open_app(environ)
    watch = Watch(lambda: clockwork.elapsed() + when.ahead.total_seconds())
    running = scheduling.Scheduler(app, Event(), watch)
    if not steps:
        running.keep()
    while not due(when):
        running.look()
        time.sleep(0.01)
    with mortal(steps, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        running.keep()


def due(when: Time) -> bool:
    """Whether the director has moved the time to the hour of a slot."""
    return when.now.astimezone(clock.SHANGHAI).hour == 9
