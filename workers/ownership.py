"""Who sends where the queue lies in the processes themselves: the one that claimed it."""

import logging
from threading import Event, Thread
from types import TracebackType
from typing import Self

from distribution import delivery
from distribution.app import App
from distribution.delivery import Owner, Status
from distribution.errors import DistributionError
from workers.broker import ring
from workers.failures import logged
from workers.sending import send_due

log = logging.getLogger(__name__)

BEAT = 3.0
"""Seconds between two heartbeats as the queue's owner, or two looks whether he still lives."""


class Claim:
    """This process's claim to send; lets its sender work only while nobody else owns the queue.

    Where Redis rings for many processes nothing is `contested`: all of them send.
    """

    def __init__(self, app: App, *, contested: bool) -> None:
        self.mine = False
        """Whether this process sends."""
        self.other: Owner | None = None
        """The process that does, if it is not this one."""
        self._app, self._contested = app, contested
        self._leaving, self._left = Event(), Event()
        self._thread = Thread(target=self._keep, name="claim", daemon=True)

    def __enter__(self) -> Self:
        self._beat()
        if self._contested:
            self._thread.start()
        return self

    def trouble(self, _status: Status) -> DistributionError | None:
        """What keeps this process from sending; None while another one does."""
        return self._app.sender.trouble if self.mine else None

    @property
    def met(self) -> DistributionError | None:
        """What this process has just met on its way to the relay, and tries again."""
        return self._app.sender.met if self.mine else None

    def leave(self) -> None:
        """Finish the mails in hand; the queue stays ours until the end of the block."""
        self._leaving.set()
        self._app.sender.stop()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self.leave()
        self._left.set()
        if self._contested:
            self._thread.join()
            with logged("leaving the queue"):
                self._resign()

    def _keep(self) -> None:
        while not self._left.wait(BEAT):
            with logged("claiming the queue"):
                self._beat()

    def _beat(self) -> None:
        """Own the queue, or know who does."""
        other = None
        if self._contested:
            with self._app.transaction() as session:
                other = delivery.claim(session, self._app.sender.worker)
        if other is not None and other != self.other:
            log.info("process %d on %s owns the queue", other.pid, other.host)
        before, self.mine, self.other = self.mine, other is None, other
        if self._leaving.is_set():
            return
        if not self.mine:
            self._app.sender.stop()
        elif not before:
            self._app.sender.go_on()
            ring(send_due)

    def _resign(self) -> None:
        with self._app.transaction() as session:
            delivery.resign(session, self._app.sender.worker)
