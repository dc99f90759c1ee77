"""Listens on a line to the IMAP server, and rings as soon as mail has come (RFC 2177).

Polling goes on all the same: what this thread does not hear comes a little later.
"""

import logging
import time
from threading import Event, Thread

import dramatiq

from distribution import mailboxes
from distribution.mailboxes import Imap, NoIdle, UnusableMailbox
from workers.current import get_app
from workers.failures import logged
from workers.ticker import queues_of

log = logging.getLogger(__name__)

FIRST, LONGEST = 5.0, 600.0
"""Seconds until a lost line is taken up again: at first, and after many times in vain."""
HELD = 60.0
"""Seconds after which a line was worth taking up."""
PARTING = 5.0
"""Seconds for which a worker that is to stop waits for this thread, which holds nothing."""


class Listening(dramatiq.Middleware):
    """A thread beside each worker that serves the queue of returned mail."""

    def __init__(self) -> None:
        self._listeners: dict[dramatiq.Worker, Listener] = {}

    def after_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Begin to listen."""
        if "bounces" in queues_of(broker, worker):
            self._listeners[worker] = Listener()

    def before_worker_shutdown(self, _broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Listen no more."""
        listener = self._listeners.pop(worker, None)
        if listener is not None:
            listener.stop()


class Listener:
    """A thread that holds one connection open, where a server is set."""

    def __init__(self) -> None:
        self._stop = Event()
        self._heard = False  # the last time it was tried
        self._thread = Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it; it is left behind where the network keeps it."""
        self._stop.set()
        self._thread.join(PARTING)

    def _run(self) -> None:
        with logged("listening for mail"):
            imap = mailboxes.imap_of(get_app().settings)
            if imap is not None:
                self._listen(imap)

    def _listen(self, imap: Imap) -> None:
        """Take up the line again and again, with more and more patience where it does not hold."""
        wait = FIRST
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                self._hear(imap)
            except NoIdle as reason:
                log.info("%s", reason)
                return
            except UnusableMailbox as trouble:
                if time.monotonic() - begun < HELD:
                    self._tell(imap, heard=False, why=trouble)
            wait = FIRST if time.monotonic() - begun >= HELD else min(2 * wait, LONGEST)
            self._stop.wait(wait)

    def _hear(self, imap: Imap) -> None:
        for come in imap.arrivals(self._stop):
            self._tell(imap, heard=True)
            if come and not self._stop.is_set():
                _ring()

    def _tell(self, imap: Imap, *, heard: bool, why: UnusableMailbox | None = None) -> None:
        """Log it once when that has changed; why, is told by whoever asks now and then."""
        if heard != self._heard:
            log.info("%s %s", imap.name, "tells when mail comes" if heard else f"is silent: {why}")
        self._heard = heard


def _ring() -> None:
    from workers import bounces  # it needs the broker, which needs this
    from workers.broker import ring

    with logged("collecting mail"):
        if not ring(bounces.collect):
            bounces.fetch()
