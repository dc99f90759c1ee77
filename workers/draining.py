"""A run drained by the command that started it, where no other process owns the queue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from distribution import clock, delivery
from distribution.app import App
from distribution.delivery import Owner, Status
from distribution.errors import DistributionError
from distribution.words import DeliveryState, RunState
from workers.bells import ring
from workers.crews import Crew, Here, OnRedis
from workers.running import SENDING, working
from workers.sending import send_due

LOOK = 0.3
"""Seconds between two looks at a run."""
NEAR = timedelta(seconds=30)
"""What is due within this time is waited for."""


@dataclass(frozen=True, slots=True)
class Drained:
    """Why draining ended."""

    status: Status
    trouble: DistributionError | None = None
    stopped: bool = False
    """By the person; what is left waits in the ledger."""
    mismatches: tuple[str, ...] = ()
    """Why a run that is through could not be finished."""


Watcher = Callable[[Status, Owner | None], None]
"""Is told now and then how the run stands, and who else owns the queue if anybody does."""


def drain(app: App, run_id: int, stop: Event, watch: Watcher) -> Drained:
    """Send a run through the queue until nothing of it can be sent now; blocks.

    Where another process owns the queue the run is only watched; an owner that dies is relieved.
    On Redis it is always the workers who send.
    """
    if app.settings.redis_url.get_secret_value():
        return _follow(app, run_id, stop, watch, OnRedis(ring(send_due)))
    with working(app, {SENDING}, threads=1) as claim:
        return _follow(app, run_id, stop, watch, Here(app, claim))


def _follow(app: App, run_id: int, stop: Event, watch: Watcher, crew: Crew) -> Drained:
    """Look at the run until it is over."""
    while True:
        with app.reading() as session:
            status = delivery.status(session, run_id)
        watch(status, crew.other)
        if _through(status):
            finished = _finish(app, run_id)
            if finished is not None:
                return finished
        elif _at_rest(status):
            return Drained(status)
        trouble = crew.trouble(status)
        if trouble is not None:
            return Drained(status, trouble=trouble)
        if stop.wait(LOOK):
            return Drained(status, stopped=True)


def _through(status: Status) -> bool:
    """Whether a running run has nothing left to send, now or later."""
    return status.run.state is RunState.SENDING and not status.open


def _finish(app: App, run_id: int) -> Drained | None:
    """Finish a run that is through; None while another process or thread is just doing it."""
    with app.transaction() as session:
        checked = delivery.finish_drained(session, clock.now())
        session.flush()
        status = delivery.status(session, run_id)
    if _through(status) and run_id not in checked:
        return None
    return Drained(status, mismatches=tuple(checked.get(run_id, ())))


def _at_rest(status: Status) -> bool:
    """Whether nothing of the run can be sent within the next moments."""
    if status.run.state is not RunState.SENDING:
        return status.count(DeliveryState.HANDED) == 0
    waiting = status.waiting
    if waiting.due_now or status.count(DeliveryState.LEASED) or status.count(DeliveryState.HANDED):
        return False
    return waiting.next_in is not None and waiting.next_in > NEAR
