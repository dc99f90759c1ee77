"""The ticker: rings whenever rows lie idle, and does the work itself where no bell can ring."""

import random
from collections.abc import Callable
from threading import Event, Thread

import dramatiq

from workers.current import opened_app
from workers.failures import logged

DOMAINS, ROBOTS = "domains", "robots"
"""No queues, but threads of their own beside that of sending: DNS and robots may be slow."""


class Ticker(dramatiq.Middleware):
    """Threads in every worker process, one a queue, that look for idle rows every few seconds."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._ticking: dict[dramatiq.Worker, Ticking] = {}

    def after_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Begin to tick."""
        watches = {queue: watch(queue) for queue in sorted(queues_of(broker, worker))}
        if "sending" in watches:
            watches |= {beside: watch(beside) for beside in (DOMAINS, ROBOTS)}
        self._ticking[worker] = Ticking(self._seconds, watches)

    def before_worker_shutdown(self, _broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Finish the mails in hand, whoever sends them, and stop ticking."""
        ticking = self._ticking.pop(worker)
        ticking.stop()
        app = opened_app()
        if app is not None:
            app.sender.stop()
        ticking.join()


class Ticking:
    """A worker's ticking threads."""

    def __init__(self, seconds: int, watches: dict[str, Callable[[], None]]) -> None:
        self._seconds = seconds
        self._stop = Event()
        self._threads = [
            Thread(target=self._tick, args=(queue, look), name=f"ticker-{queue}", daemon=True)
            for queue, look in watches.items()
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Tick no more."""
        self._stop.set()

    def join(self) -> None:
        """Wait for what the threads have in hand."""
        for thread in self._threads:
            thread.join()

    def _tick(self, queue: str, look: Callable[[], None]) -> None:
        # Spread, so that many workers do not ask the database in the same moment.
        while not self._stop.wait(self._seconds * random.uniform(0.8, 1.2)):  # noqa: S311
            with logged(f"ticker of {queue}"):
                look()


def watch(queue: str) -> Callable[[], None]:
    """What is to be done for a queue at each tick."""
    # They need the broker, which needs the ticker.
    from workers import bounces, exchanges, sending, telling, tracking

    begin: dict[str, Callable[[], Callable[[], None]]] = {
        sending.send_due.queue_name: sending.watch,
        tracking.judge_requests.queue_name: tracking.watch,
        bounces.collect.queue_name: bounces.watch,
        DOMAINS: exchanges.watch,
        ROBOTS: telling.watch,
    }
    return begin[queue]()


def queues_of(broker: dramatiq.Broker, worker: dramatiq.Worker) -> set[str]:
    """The queues a worker works on."""
    return set(worker.consumer_whitelist or broker.get_declared_queues())
