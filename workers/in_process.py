"""A worker in threads of this process: for commands that send, and for small offices."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import dramatiq

from distribution import mailboxes, webhooks
from distribution.app import App
from distribution.config import Settings
from workers import bounces, sending, tracking
from workers.broker import ring
from workers.current import set_app
from workers.ownership import Claim

SENDING = sending.send_due.queue_name
TRACKING = tracking.judge_requests.queue_name
BOUNCES = bounces.collect.queue_name
ALL_QUEUES = (SENDING, TRACKING, BOUNCES)

THREADS = 4
"""One sends, over many connections; the others judge what comes back."""
QUICK_MS = 200
"""How long an idle thread waits for a bell in this process; Redis is asked less often."""


def queues_on_redis(settings: Settings) -> tuple[str, ...]:
    """The queues of one host among many: what comes back is judged where its sources are set."""
    comes_back = mailboxes.configured(settings) or webhooks.configured(settings)
    return ALL_QUEUES if comes_back else (SENDING, TRACKING)


@contextmanager
def working(
    app: App, queues: Collection[str] = ALL_QUEUES, *, threads: int = THREADS
) -> Iterator[Claim]:
    """Work on these queues beside the block; leaving finishes what is in hand.

    Where another process owns the queue, this one's sender waits until that one is gone; the
    claim tells who it is.
    """
    embedded = not app.settings.redis_url.get_secret_value()
    set_app(app)
    with Claim(app, contested=embedded and SENDING in queues) as claim:
        worker = dramatiq.Worker(
            dramatiq.get_broker(),
            queues=set(queues),
            worker_threads=threads,
            worker_timeout=QUICK_MS if embedded else dramatiq.worker.WORKER_TIMEOUT,
        )
        worker.start()
        ring(sending.send_due)
        try:
            yield claim
        finally:
            claim.leave()
            worker.stop(timeout=round(1000 * app.patience.total_seconds()))
            _forget(worker)


def _forget(worker: dramatiq.Worker) -> None:
    """Take back what a worker adds to its broker, which outlives it here."""
    broker = dramatiq.get_broker()
    broker.middleware[:] = [
        found for found in broker.middleware if getattr(found, "worker", None) is not worker
    ]
