"""The sender: what a process sends with, and how it remembers trouble."""

import asyncio
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from distribution.db import Transaction
from distribution.delivery.ledger import Result
from distribution.delivery.press import Press
from distribution.delivery.pumping import Outfit, Pace, Pump, Pumped
from distribution.delivery.transport import RelayUnavailable, Transport
from distribution.errors import DistributionError
from distribution.links import Addresses
from distribution.replies import Rule

TROUBLES = 3
"""A relay that fails this often in a row is worth telling the person who waits."""


@dataclass(slots=True)
class Sender:
    """Sends what is due of all running runs; one per process."""

    transaction: Transaction
    open_transport: Callable[[], Transport]
    press: Press
    addresses: Addresses
    pace: Pace
    rules: tuple[Rule, ...] = ()
    """The admin's own, for what the relay says."""
    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    """Leads all lease tokens of this process."""
    troubles: int = 0
    """Pumps in a row that ended in trouble without having sent anything."""
    trouble: DistributionError | None = None
    """What ended the last `TROUBLES` pumps, or a single one if waiting cannot help."""
    unrecorded: list[Result] = field(default_factory=list)
    """Results the database would not take yet."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def pump(self, at_most: timedelta) -> Pumped:
        """Send until nothing is due or the time is over; blocks.

        A second call in the same process returns at once: the first one sends its rows too.
        """
        if not self._alone.acquire(blocking=False):
            return Pumped()
        try:
            pumped = asyncio.run(self._pump(at_most))
        finally:
            self._alone.release()
        self._remember(pumped)
        return pumped

    def stop(self) -> None:
        """Make a running `pump` finish the mails in hand and return; from any thread."""
        self._stop.set()

    def go_on(self) -> None:
        """Let `pump` work again after `stop`, with the troubles of before forgotten."""
        self._stop.clear()
        self.troubles, self.trouble = 0, None

    async def _pump(self, at_most: timedelta) -> Pumped:
        outfit = Outfit(
            transaction=self.transaction,
            transport=self.open_transport(),  # made inside its event loop
            press=self.press,
            addresses=self.addresses,
            pace=self.pace,
            worker=self.worker,
            stopping=self._stop.is_set,
            unrecorded=self.unrecorded,
            rules=self.rules,
        )
        return await Pump(outfit, at_most).run()

    def _remember(self, pumped: Pumped) -> None:
        if pumped.trouble is None:
            self.troubles, self.trouble = 0, None
            return
        self.troubles = self.troubles + 1 if pumped.accepted == 0 else 1
        hopeless = isinstance(pumped.trouble, RelayUnavailable) and pumped.trouble.permanent
        self.trouble = pumped.trouble if hopeless or self.troubles >= TROUBLES else None

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()
