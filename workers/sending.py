"""The `sending` queue: one actor that sends what is due."""

import logging
from datetime import timedelta

import dramatiq

from distribution import clock, delivery
from workers.current import get_app

log = logging.getLogger(__name__)

STINT = timedelta(seconds=50)
"""How long one message keeps the sender busy: well below any broker's patience."""


@dramatiq.actor(queue_name="sending")
def send_due() -> None:
    """Send what is due, finish the runs that are through, and ask for more time if needed."""
    app = get_app()
    pumped = app.sender.pump(STINT)
    if pumped.trouble is not None:
        log.info("sending stopped: %s", pumped.trouble)  # a command that waits says it itself
        return  # the ticker rings again
    with app.transaction() as session:
        for run_id, mismatches in delivery.finish_drained(session, clock.now()).items():
            for mismatch in mismatches:
                log.error("run %d stays open: %s", run_id, mismatch)
    if pumped.more and not app.sender.stopping:
        send_due.send()
