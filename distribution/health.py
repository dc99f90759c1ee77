"""Health: whether this process can do its work, for whoever watches over it.

A ledger that can be read may yet be one that takes nothing: a full disk, a server that was made a
standby. So something is written, and committed, whenever somebody asks.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from distribution import delivery, schema
from distribution.app import App
from distribution.db import DatabaseUnusable

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=3)
"""How long the ledger may take to answer."""
FRESH = timedelta(seconds=1)
"""How long an answer is good for: who asks often does not make us write often."""
LATELY = timedelta(seconds=10)
"""A commit of the sender's that failed within this time counts, until one succeeds."""
_WELL = ("ok", "halted")


@dataclass(frozen=True, slots=True)
class Health:
    """What is right and wrong, in words for programmes."""

    database: str
    """ok, unreachable, empty, unwritable (a probe failed), failing (the sender's commits do).

    outdated: the schema is another programme's, so this one sends nothing.
    """
    sender: str
    """ok, or stuck: it is at work and does not move; trouble: the relay is away.

    halted: by the emergency switch; that is somebody's will, and no illness.
    """
    unrecorded: int
    """Results of mails that the ledger has not taken yet."""
    schema: str | None

    @property
    def well(self) -> bool:
        """Whether all is as it should be."""
        return self.database == "ok" and self.sender in _WELL and not self.unrecorded


@dataclass(slots=True)
class Examiner:
    """Looks after one process; one look at a time, however many ask."""

    app: App
    _one: threading.Lock = field(default_factory=threading.Lock)
    _seen: tuple[str, str | None] = ("unreachable", None)
    _seen_at: float = float("-inf")

    def examine(self) -> Health:
        """How the process is; blocks for `PATIENCE` at most where the database is silent."""
        database, revision = self._look()
        sender = self.app.sender
        if database == "ok" and delivery.counts.ledger_fails(LATELY):
            database = "failing"
        return Health(database, sender.standing, len(sender.unrecorded), revision)

    def _look(self) -> tuple[str, str | None]:
        """What a probe says, or said just now; one that hangs is left to itself."""
        if self._one.acquire(blocking=False):
            threading.Thread(target=self._probe, name="health", daemon=True).start()
        if not self._one.acquire(timeout=PATIENCE.total_seconds()):
            log.info("unwell: the database does not answer")
            return "unreachable", None
        self._one.release()
        return self._seen

    def _probe(self) -> None:
        """Write, and see; runs in a thread of its own, which lets the next one look."""
        try:
            if time.monotonic() - self._seen_at > FRESH.total_seconds():
                self._seen = self._written()
                self._seen_at = time.monotonic()
        finally:
            self._one.release()

    def _written(self) -> tuple[str, str | None]:
        revision: str | None = None
        try:
            with self.app.reading() as session:
                revision = schema.revision_of(session.connection())
            if revision is None:
                return "empty", None
            if revision != schema.HEAD:
                return "outdated", revision
            with self.app.transaction() as session:
                delivery.beat(session, os.uname().nodename, os.getpid())
        except DatabaseUnusable as error:
            log.info("unwell: %s", error)
            return ("unreachable" if revision is None else "unwritable"), revision
        except Exception:  # an entry point: a defect makes unwell, and is told with its traceback
            log.exception("the probe of the ledger failed")
            return "failing", revision
        return "ok", revision
