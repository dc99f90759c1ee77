"""Looks at the tripwires while this process sends: at the beginning, every moment, at the end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from distribution import clock, delivery
from distribution.app import App
from distribution.delivery import Count, counts
from workers.failures import logged

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=2)
"""How often a run is looked at while it is sent, by whichever process comes to it."""


@contextmanager
def guarded(app: App) -> Iterator[None]:
    """Look beside the block; a run that trips a wire is paused, and the block leases none of it."""
    look(app)
    ended = Event()
    thread = Thread(target=_keep_looking, args=(app, ended), name="tripwires", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        look(app, timedelta(0))


def look(app: App, every: timedelta = EVERY) -> None:
    """Look at the running runs that nobody has looked at for so long."""
    with logged("looking at the tripwires"):
        with app.reading() as session:
            due = delivery.guard_due(session, every)
        if not due:
            return
        with app.transaction() as session:
            paused = delivery.guard(session, every, at=clock.now())
        for run_id, trips in paused.items():
            for trip in trips:
                counts.add(Count.TRIPPED, trip.wire)
                log.error("run %d is paused: %s", run_id, trip.why, extra={"run": run_id})


def _keep_looking(app: App, ended: Event) -> None:
    while not ended.wait(EVERY.total_seconds()):
        look(app)
