"""Who sends a run that is being watched, and when there is no use in watching any longer."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from distribution.app import App
from distribution.delivery import Owner, Status
from distribution.errors import DistributionError
from distribution.words import DeliveryState
from workers.broker import BrokerAway
from workers.claiming import Claim

UNHEARD, UNANSWERED = timedelta(seconds=10), timedelta(seconds=60)
"""How long workers may do nothing: after a bell that could not ring, and after one that did."""


class NobodySends(DistributionError):
    """Raised where a run is due and no worker takes it on."""


class Crew(Protocol):
    """Those who send a run while it is watched."""

    @property
    def other(self) -> Owner | None:
        """The process that owns the queue, if it is not this one."""

    def trouble(self, status: Status) -> DistributionError | None:
        """Why there is no use in watching any longer."""


@dataclass(slots=True)
class Here:
    """This process, or whoever claimed the queue before it."""

    app: App
    claim: Claim

    @property
    def other(self) -> Owner | None:
        """Who claimed it before."""
        return self.claim.other

    def trouble(self, _status: Status) -> DistributionError | None:
        """What keeps this process from sending."""
        return self.app.sender.trouble if self.claim.mine else None


@dataclass(slots=True)
class OnRedis:
    """Worker processes somewhere, called by a bell."""

    heard: bool
    """Whether the bell could be rung."""
    other: Owner | None = None
    _states: dict[DeliveryState, int] = field(default_factory=dict)
    _since: float = field(default_factory=time.monotonic)

    def trouble(self, status: Status) -> DistributionError | None:
        """Whether what is due has lain idle for too long."""
        under_way = status.count(DeliveryState.LEASED) or status.count(DeliveryState.HANDED)
        if status.states != self._states or under_way or not status.waiting.due_now:
            self._states, self._since = status.states, time.monotonic()
        idle = timedelta(seconds=time.monotonic() - self._since)
        if not self.heard and idle >= UNHEARD:
            return BrokerAway(
                "Redis 无法连接，也没有进程在投递：投递仍在账上，工作进程恢复后会自动继续"
            )
        if idle >= UNANSWERED:
            return NobodySends(
                f"{UNANSWERED.seconds} 秒内没有进展：请确认 distribution worker 在运行、中继可用；"
                "投递仍在账上，恢复后会自动继续"
            )
        return None
