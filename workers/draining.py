"""A run drained by the command that started it, where no other process owns the queue."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event
from typing import Protocol

from distribution import clock, delivery
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.delivery import Owner, Status
from distribution.errors import DistributionError
from distribution.words import DeliveryState, RunState
from workers.broker import BrokerAway, ring
from workers.in_process import SENDING, working
from workers.sending import send_due

LOOK = 0.3
"""Seconds between two looks at a run, at least."""
SHARE = 10
"""Looking takes one part in so many of the time: there may be a million rows to count."""
NEAR = timedelta(seconds=30)
"""What is due within this time is waited for."""
AWAY = timedelta(seconds=60)
"""How long the database may be away while a run is watched."""
UNHEARD, UNANSWERED = timedelta(seconds=10), timedelta(seconds=60)
"""How long workers may do nothing: after a bell that could not ring, and after one that did."""


class NobodySends(DistributionError):
    """Raised where a run is due and no worker takes it on."""


class Crew(Protocol):
    """Those who send a run while it is watched."""

    @property
    def other(self) -> Owner | None:
        """The process that owns the queue, if it is not this one."""

    @property
    def met(self) -> DistributionError | None:
        """What keeps them from sending at this moment, though they try again."""

    def trouble(self, status: Status) -> DistributionError | None:
        """Why there is no use in watching any longer."""


@dataclass(frozen=True, slots=True)
class Drained:
    """Why draining ended."""

    status: Status
    trouble: DistributionError | None = None
    stopped: bool = False
    """By the person; what is left waits in the ledger."""
    mismatches: tuple[str, ...] = ()
    """Why a run that is through could not be finished."""


Watcher = Callable[[Status, Owner | None, DistributionError | None], None]
"""Is told now and then how the run stands, who else owns the queue, and what the crew has met."""


def drain(app: App, run_id: int, stop: Event, watch: Watcher) -> Drained:
    """Send a run through the queue until nothing of it can be sent now; blocks.

    Where another process owns the queue the run is only watched; an owner that dies is relieved.
    On Redis it is always the workers who send.
    """
    if app.settings.redis_url.get_secret_value():
        ended = _follow(app, run_id, stop, watch, OnRedis(ring(send_due)))
    else:
        with working(app, {SENDING}, threads=1) as claim:
            ended = _follow(app, run_id, stop, watch, claim)
    status = _status(app, run_id)  # what was in hand has come back meanwhile
    return Drained(status, stopped=True) if ended is None else replace(ended, status=status)


def _follow(app: App, run_id: int, stop: Event, watch: Watcher, crew: Crew) -> Drained | None:
    """Look at the run until it is over; None when the person stops it first."""
    last_seen = time.monotonic()
    while not stop.is_set():
        began = time.monotonic()
        try:
            ended = _look(app, run_id, watch, crew)
            last_seen = time.monotonic()
        except DatabaseUnusable:  # its sender waits for the ledger too
            if time.monotonic() - last_seen > AWAY.total_seconds():
                raise
            ended = None
        if ended is not None:
            return ended
        stop.wait(max(LOOK, SHARE * (time.monotonic() - began)))
    return None


def _look(app: App, run_id: int, watch: Watcher, crew: Crew) -> Drained | None:
    """Look once; None while there is something to wait for."""
    status = _status(app, run_id)
    watch(status, crew.other, crew.met)
    if _through(status):
        finished = _finish(app, run_id)
        if finished is not None:
            return finished
    elif _at_rest(status):
        return Drained(status, trouble=crew.trouble(status))  # a relay that refuses us rests, too
    trouble = crew.trouble(status) or _halt(app)
    return None if trouble is None else Drained(status, trouble=trouble)


def _halt(app: App) -> DistributionError | None:
    """What to say while the emergency switch is on: nothing will go, however long one waits."""
    return delivery.halting.Halted(app.settings.stop_file) if app.sender.halted else None


def _status(app: App, run_id: int) -> Status:
    with app.reading() as session:
        return delivery.status(session, run_id)


def _through(status: Status) -> bool:
    """Whether a running run has nothing left to send, now or later."""
    return status.run.state is RunState.SENDING and not status.open


def _finish(app: App, run_id: int) -> Drained | None:
    """Finish a run that is through; None while another process or thread is just doing it."""
    with app.transaction() as session:
        checked = delivery.finish_drained(session, app.keyring, clock.now())
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
    return waiting.next_in is None or waiting.next_in > NEAR  # none: the rest is stopped


@dataclass(slots=True)
class OnRedis:
    """Worker processes somewhere, called by a bell."""

    heard: bool
    """Whether the bell could be rung."""
    other: Owner | None = None
    met: DistributionError | None = None
    """Their logs tell."""
    _states: dict[DeliveryState, int] = field(default_factory=dict)
    _since: float = field(default_factory=time.monotonic)

    def trouble(self, status: Status) -> DistributionError | None:
        """Whether what is due has lain idle for too long."""
        under_way = status.count(DeliveryState.LEASED) or status.count(DeliveryState.HANDED)
        if status.states != self._states or under_way or not status.waiting.due_now:
            self._states, self._since = status.states, time.monotonic()
        idle = timedelta(seconds=time.monotonic() - self._since)
        if not self.heard and idle >= UNHEARD:
            return BrokerAway(
                "Redis 无法连接，也没有进程在投递：投递仍在账上，工作进程恢复后会自动继续"
            )
        if idle >= UNANSWERED:
            return NobodySends(
                f"{UNANSWERED.seconds} 秒内没有进展：请确认 distribution worker 在运行、中继可用；"
                "投递仍在账上，恢复后会自动继续"
            )
        return None
