"""The ticker: rings whenever due rows lie idle, so that no lost message loses a mail."""

import logging
import random
from threading import Event, Thread

import dramatiq

from distribution import delivery
from distribution.errors import DistributionError
from workers.current import get_app

log = logging.getLogger(__name__)


class Ticker(dramatiq.Middleware):
    """A thread in every worker process that looks for due rows every few seconds."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._stop = Event()
        self._thread: Thread | None = None

    def after_worker_boot(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        """Begin to tick."""
        self._stop.clear()
        self._thread = Thread(target=self._tick, name="ticker", daemon=True)
        self._thread.start()

    def before_worker_shutdown(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        """Stop ticking."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _tick(self) -> None:
        # Spread, so that many workers do not ask the database in the same moment.
        while not self._stop.wait(self._seconds * random.uniform(0.8, 1.2)):  # noqa: S311
            try:
                ring_if_due()
            except DistributionError as error:
                log.warning("ticker: %s", error)


def ring_if_due() -> None:
    """Ring the bell where a running run has work that is due."""
    from workers.sending import send_due

    with get_app().reading() as session:
        due = delivery.anything_to_do(session)
    if due:
        send_due.send()
