"""The `tracking` queue: one actor that judges the opens and clicks that have come in."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import dramatiq

from distribution import clock, events
from distribution.errors import DistributionError
from distribution.words import Signal
from workers.attempts import attempt, attempt_each
from workers.bells import ring
from workers.current import get_app
from workers.leftovers import Leftovers, chunks

log = logging.getLogger(__name__)

LATE = timedelta(seconds=3)
"""A request that lies unjudged for so long has lost its bell."""


@dramatiq.actor(queue_name="tracking")
def judge_requests(inbox_ids: list[int]) -> None:
    """Make reading events of requests in the inbox."""
    attempt("judging requests", partial(judge, inbox_ids))


def judge(inbox_ids: list[int]) -> None:
    """Judge them together; where one of them makes that fail, each by itself."""
    try:
        _judge(inbox_ids)
    except DistributionError:
        raise
    except Exception:
        if len(inbox_ids) == 1:
            raise
        log.exception("%d requests cannot be judged together", len(inbox_ids))
        attempt_each("judging a request", [[inbox_id] for inbox_id in inbox_ids], _judge)


def _judge(inbox_ids: list[int]) -> None:
    with get_app().transaction() as session:
        events.judge_requests(session, inbox_ids, clock.now())


def ring_for(inbox_ids: Sequence[int]) -> None:
    """Ring for requests that have just been stored; the ticker sees to those nobody hears of."""
    for chunk in chunks(inbox_ids):
        ring(judge_requests, chunk)


def watch() -> Callable[[], None]:
    """What the ticker does for this queue."""
    return Leftovers((Signal.OPEN, Signal.CLICK), LATE, judge_requests, judge).look
