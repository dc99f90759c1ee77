"""A circuit breaker: a relay that errs is left alone for a while, then tried with one mail.

Kept by the process for as long as it lives, and told the time; safe to use from several threads.
"""

import logging
from dataclasses import dataclass, field
from threading import Lock

from distribution.delivery import RelayUnavailable

log = logging.getLogger(__name__)

FIRST_REST = 5.0
LONGEST_REST = 300.0
"""Seconds; doubled after each failure in a row."""
SPREAD = 0.2
PROBE_PATIENCE = 900.0
"""Seconds after which a probe nobody has told the end of is taken for lost."""
STUMBLES = 3
"""So many mails in a row that the relay hung up on are a failure of the relay."""


@dataclass(slots=True)
class Circuit:
    """Whether one relay may be used; times are those of a monotonic clock, in seconds."""

    name: str
    trouble: RelayUnavailable | None = None
    """Why it rests; None while all is well."""
    _failures: int = 0
    _stumbles: int = 0
    _resting_until: float = 0.0
    _probe_until: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def wait(self, now: float) -> float:
        """Seconds until it is worth asking again; 0 when a mail may go now."""
        if self.trouble is None:
            return 0.0
        if self._probe_until > now:
            return FIRST_REST
        return max(0.0, self._resting_until - now)

    def admit(self, now: float) -> bool | None:
        """Whether a mail may go: True as usual, None as the one that probes, False not now."""
        with self._lock:
            if self.trouble is None:
                return True
            if self.wait(now) > 0:
                return False
            self._probe_until = now + PROBE_PATIENCE
            return None

    def failed(self, trouble: RelayUnavailable, now: float, chance: float) -> None:
        """Rest; what fails while it rests already, was begun before and says nothing new.

        `chance` in [0, 1) spreads the probes of many processes over 20 % to either side.
        """
        with self._lock:
            if self.trouble is not None and not self._probe_until:
                return
            news = self.trouble is None
            usual = min(FIRST_REST * 2**self._failures, LONGEST_REST)
            rest = LONGEST_REST if trouble.permanent else usual
            self._resting_until = now + rest * (1 - SPREAD + 2 * SPREAD * chance)
            self._failures, self._probe_until, self._stumbles = self._failures + 1, 0.0, 0
            self.trouble = trouble
        if news:
            log.warning("relay %s rests: %s", self.name, trouble)

    def stumbled(self) -> bool:
        """Note a mail it hung up on; whether that makes it a failure."""
        with self._lock:
            self._stumbles += 1
            return self._stumbles >= STUMBLES or self._probe_until > 0

    def worked(self) -> None:
        """It has given a definite answer to a mail, whatever it was."""
        if self.trouble is None and not self._stumbles:
            return
        with self._lock:
            news = self.trouble is not None
            self.trouble, self._failures, self._stumbles = None, 0, 0
            self._resting_until = self._probe_until = 0.0
        if news:
            log.info("relay %s works again", self.name)

    def given_up(self) -> None:
        """A mail has ended; if it was a probe that told nothing, the next one probes."""
        self._probe_until = 0.0


WIDEN_AFTER = 60.0
"""Seconds until one connection more is tried where the relay wanted fewer."""


@dataclass(slots=True)
class Width:
    """How many connections a relay puts up with; times as above."""

    most: int
    _now: int = field(init=False)
    _widen_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._now = self.most

    def at(self, now: float) -> int:
        """How many there may be."""
        if self._now < self.most and now >= self._widen_at:
            self._now, self._widen_at = self._now + 1, now + WIDEN_AFTER
        return self._now

    def narrow(self, to: int, now: float) -> None:
        """Use so many for a while: one more was refused while these went on."""
        self._now, self._widen_at = max(1, min(to, self._now)), now + WIDEN_AFTER

    def restore(self) -> None:
        """Use all of them again: the relay has come back."""
        self._now = self.most
