"""The `tracking` queue: one actor that judges the opens and clicks that have come in."""

import logging
from collections.abc import Callable
from datetime import timedelta

import dramatiq

from distribution import clock, events
from distribution.db import DatabaseUnusable, insisting
from distribution.errors import DistributionError
from workers.broker import ring
from workers.current import get_app
from workers.failures import logged
from workers.unjudged import Unjudged

log = logging.getLogger(__name__)

LATE = timedelta(seconds=3)
"""A request that lies unjudged for so long has lost its bell."""


@dramatiq.actor(queue_name="tracking")
def judge_requests(inbox_ids: list[int]) -> None:
    """Make reading events of requests in the inbox."""
    with logged("judging requests"):
        judge(inbox_ids)


def judge(inbox_ids: list[int]) -> None:
    """Judge them together; where one of them makes that fail, each by itself."""
    try:
        insisting(lambda: _judge(inbox_ids))
    except DistributionError:
        raise
    except Exception:
        if len(inbox_ids) == 1:
            raise
        log.exception("%d requests cannot be judged together", len(inbox_ids))
        for inbox_id in inbox_ids:
            with logged("judging a request", but=DatabaseUnusable):
                _judge([inbox_id])


def _judge(inbox_ids: list[int]) -> None:
    app = get_app()
    with app.transaction() as session:
        events.judge_requests(session, inbox_ids, app.keyring.network_name)


def ring_for(inbox_ids: list[int]) -> None:
    """Ring for requests that have just been stored; the ticker sees to those nobody hears of."""
    ring(judge_requests, inbox_ids)


def watch() -> Callable[[], None]:
    """What the ticker does for this queue."""
    unjudged = Unjudged(events.REQUESTS, LATE, judge_requests, judge)

    def look() -> None:
        unjudged.look()
        _forget()

    return look


def _forget() -> None:
    """How the acts of readers who are not to be known came, is known no longer than it must."""
    app, at = get_app(), clock.now()
    with app.reading() as session:
        if not events.holds_nameless(session, at):
            return
    with app.transaction() as session:
        events.forget_nameless(session, at)
