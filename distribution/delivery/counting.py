"""What a process counts as it works: plain numbers, whoever shows them.

They begin with the process. What the ledger knows is not counted here but asked there.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from distribution.words import Cause, DeliveryState

OWN = "own"
"""Stands for all lanes that are a company's own domain: no metric names a company."""


class Count(StrEnum):
    """What is counted, and by what."""

    ACCEPTED = "accepted"  # by provider
    DEFERRED = "deferred"  # by provider
    FAILED = "failed"  # by class: the refusal's meaning, or the cause where it has none
    IN_DOUBT = "in_doubt"  # by provider
    LEASE_LOST = "lease_lost"  # results of mails that were not ours any more
    FENCE_REFUSED = "fence_refused"  # mails stopped at the last moment by lease, run or reader
    LEDGER_ERROR = "ledger_error"  # commits that failed
    BELL_LOST = "bell_lost"  # bells that could not be rung
    TRIPPED = "tripped"  # by wire


_BY_PROVIDER = {
    DeliveryState.ACCEPTED: Count.ACCEPTED,
    DeliveryState.DEFERRED: Count.DEFERRED,
    DeliveryState.IN_DOUBT: Count.IN_DOUBT,
}


@dataclass(slots=True)
class Counts:
    """The numbers of one process; from any thread."""

    _numbers: Counter[tuple[Count, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failed_at: float | None = None

    def add(self, what: Count, of: str = "", by: int = 1) -> None:
        """Count something."""
        with self._lock:
            self._numbers[what, of] += by

    def settled(self, state: DeliveryState, lane: str, reason: StrEnum | None) -> None:
        """Count how a mail ended, for now or for good."""
        if state is DeliveryState.FAILED:
            self.add(Count.FAILED, str(reason or Cause.UNKNOWN))
        elif state in _BY_PROVIDER:
            self.add(_BY_PROVIDER[state], provider_label(lane))

    def numbers(self) -> dict[tuple[Count, str], int]:
        """All that was counted."""
        with self._lock:
            return dict(self._numbers)

    def ledger_failed(self) -> None:
        """A commit of the ledger failed just now."""
        self.add(Count.LEDGER_ERROR)
        self._failed_at = time.monotonic()

    def ledger_worked(self) -> None:
        """A commit of the ledger succeeded."""
        self._failed_at = None

    def ledger_fails(self, lately: timedelta) -> bool:
        """Whether a commit failed within this time, and none has succeeded since."""
        failed_at = self._failed_at
        return failed_at is not None and time.monotonic() - failed_at < lately.total_seconds()


counts = Counts()
"""Those of this process."""


def provider_label(lane: str) -> str:
    """A lane as a metric names it.

    >>> provider_label("qq"), provider_label("fenhe.example")
    ('qq', 'own')
    """
    return OWN if "." in lane else lane or "other"
