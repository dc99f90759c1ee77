"""Ears for the bells of this process: what is rung can be counted, because nobody answers it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker

from workers.broker import Line


@contextmanager
def ears(*queues: str) -> Iterator[None]:
    """As if a worker of this process heard these queues, and were too busy to answer."""
    broker = dramatiq.get_broker()
    line = next(found for found in broker.middleware if isinstance(found, Line))
    worker = dramatiq.Worker(broker, queues=set(queues))  # never started
    line.before_worker_boot(broker, worker)
    try:
        yield
    finally:
        line.before_worker_shutdown(broker, worker)


def messages(*queues: str) -> list[dict[str, Any]]:
    """What waits in these queues, as it was written, the oldest first."""
    broker = dramatiq.get_broker()
    assert isinstance(broker, StubBroker)
    return [json.loads(raw) for queue in queues for raw in broker.queues[queue].queue]


def bells(*queues: str) -> list[tuple[str, list[Any]]]:
    """Whom these messages call, and what they tell him."""
    return [(message["actor_name"], message["args"]) for message in messages(*queues)]


def silence_tickers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no ticker find anything, so that only a bell can make a worker work."""
    monkeypatch.setattr("workers.ticker.watch", lambda _queue: lambda: None)
