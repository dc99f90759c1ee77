"""Bells: how a process is told that there is work. A bell may be lost; the rows are not."""

import logging
import time
from collections import Counter
from threading import Lock
from typing import Any, ParamSpec

import dramatiq
from dramatiq.brokers.stub import StubBroker

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds for which a broker that was away is not asked again."""

_Words = ParamSpec("_Words")


class Line(dramatiq.Middleware):
    """What this process knows about its broker: who hears, and whether it is away."""

    def __init__(self) -> None:
        self._heard: Counter[str] = Counter()
        self._lock = Lock()
        self._away = False
        self._asked_again_at = 0.0

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Hear what this worker hears."""
        self._heard.update(queues_of(broker, worker))

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Hear it no more."""
        self._heard.subtract(queues_of(broker, worker))

    def hears(self, queue: str) -> bool:
        """Whether a worker of this process answers the bells of a queue."""
        return self._heard[queue] > 0

    def silent(self) -> bool:
        """Whether the broker was away just now, so that asking would only cost time."""
        return self._away and time.monotonic() < self._asked_again_at

    def lost(self, why: str) -> None:
        """Say once that the broker is away."""
        with self._lock:
            before, self._away = self._away, True
            self._asked_again_at = time.monotonic() + PAUSE
        if not before:
            log.warning("no bells until Redis is back (%s); the tickers do the work", why)

    def found(self) -> None:
        """Say once that the broker is back."""
        with self._lock:
            before, self._away = self._away, False
        if before:
            log.info("Redis is back")


def ring(actor: dramatiq.Actor[_Words, Any], *args: _Words.args, **kwargs: _Words.kwargs) -> bool:
    """Ring for an actor, with ids at most; whether somebody may hear it. Never raises.

    False where Redis is away, or where the queue lies in this process and nobody works on it
    here: such a message would lie in memory for ever.
    """
    broker = actor.broker
    line = next(found for found in broker.middleware if isinstance(found, Line))
    if isinstance(broker, StubBroker) and not line.hears(actor.queue_name):
        return False
    if line.silent():
        return False
    try:
        actor.send(*args, **kwargs)
    except dramatiq.BrokerConnectionError:
        return False
    return True


def queues_of(broker: dramatiq.Broker, worker: dramatiq.Worker) -> set[str]:
    """The queues a worker works on."""
    return set(worker.consumer_whitelist or broker.get_declared_queues())
