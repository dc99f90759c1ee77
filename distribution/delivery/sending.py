"""The sender: what a process sends with, and how it remembers trouble."""

import asyncio
import gc
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

from distribution.db import Transaction
from distribution.delivery.halting import is_halted
from distribution.delivery.ledger import Result
from distribution.delivery.press import Press
from distribution.delivery.pumping import Outfit, Pace, Pump, Pumped
from distribution.delivery.recognising import SuspectLedger, recognise
from distribution.delivery.transport import RelayUnavailable, Transport
from distribution.errors import DistributionError
from distribution.links import Addresses
from distribution.replies import Rule
from distribution.schema import OtherSchema
from distribution.statements import Line

_new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
with suppress(ImportError):  # there is none for Windows
    import uvloop

    _new_loop = uvloop.new_event_loop

LOOK = 0.1
"""Seconds for which the emergency switch is believed to be as it was."""
BEAT = 1.0
"""Seconds between two signs of life of a sender at work."""
STUCK = timedelta(seconds=4)
"""A sender at work that has given no sign for so long stands still."""
TROUBLES = 3
"""A relay that fails this often in a row is worth telling the person who waits."""


@cache
def _collect_seldom() -> None:
    """Mails leave no circles behind: looking for some after every few hundred objects is idle."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


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
    recording: Callable[[], AbstractContextManager[Line]] | None = None
    """Opens a line for one who writes all the time; None: he has what everybody has."""
    switch: Path | None = None
    """The file that stops all sending while it is there."""
    mark: Path | None = None
    """The file by which this host recognises its ledger; None: it does not."""
    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    """Leads all lease tokens of this process."""
    troubles: int = 0
    """Pumps in a row that ended in trouble without having sent anything."""
    trouble: DistributionError | None = None
    """What ended the last `TROUBLES` pumps, or a single one if waiting cannot help."""
    met: DistributionError | None = None
    """What ended the last pump, though waiting may help."""
    unrecorded: list[Result] = field(default_factory=list)
    """Results the database would not take yet."""
    _halted: bool = False
    _look_at: float = 0.0
    """When the switch is looked for again."""
    _sign_at: float | None = None
    """The last sign of life; None while it is not at work."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def pump(self, at_most: timedelta) -> Pumped:
        """Send until nothing is due or the time is over; blocks.

        A second call in the same process returns at once: the first one sends its rows too.
        """
        if not self._alone.acquire(blocking=False):
            return Pumped()
        _collect_seldom()
        try:
            with asyncio.Runner(loop_factory=_new_loop) as runner:
                pumped = runner.run(self._pump(at_most))
        finally:
            self._sign_at = None
            self._alone.release()
        self._remember(pumped)
        return pumped

    def recognise(self) -> None:
        """Raise SuspectLedger where the ledger is not as far as this host knows it to have been."""
        if self.mark is not None:
            recognise(self.transaction, self.mark)

    def stop(self) -> None:
        """Make a running `pump` finish the mails in hand and return; from any thread."""
        self._stop.set()

    def go_on(self) -> None:
        """Let `pump` work again after `stop`, with the troubles of before forgotten."""
        self._stop.clear()
        self.troubles, self.trouble, self.met = 0, None, None

    async def _pump(self, at_most: timedelta) -> Pumped:
        outfit = Outfit(
            transaction=self.transaction,
            transport=self.open_transport(),  # made inside its event loop
            press=self.press,
            addresses=self.addresses,
            pace=self.pace,
            worker=self.worker,
            stopping=self._stop.is_set,
            recording=self.recording,
            halted=lambda: self.halted,
            recognise=self.recognise,
            unrecorded=self.unrecorded,
            rules=self.rules,
        )
        alive = asyncio.create_task(self._give_signs())
        try:
            return await Pump(outfit, at_most).run()
        finally:
            alive.cancel()

    async def _give_signs(self) -> None:
        """Show that the event loop turns."""
        while True:
            self._sign_at = time.monotonic()
            await asyncio.sleep(BEAT)

    def _remember(self, pumped: Pumped) -> None:
        self.met = pumped.trouble
        if pumped.trouble is None:
            self.troubles, self.trouble = 0, None
            return
        self.troubles = self.troubles + 1 if pumped.accepted == 0 else 1
        away = pumped.trouble
        hopeless = isinstance(away, OtherSchema | SuspectLedger) or (
            isinstance(away, RelayUnavailable) and away.permanent
        )
        self.trouble = pumped.trouble if hopeless or self.troubles >= TROUBLES else None

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    @property
    def halted(self) -> bool:
        """Whether the emergency switch is on, or was a moment ago."""
        now = time.monotonic()
        if self.switch is not None and now >= self._look_at:
            self._look_at, self._halted = now + LOOK, is_halted(self.switch)
        return self._halted

    @property
    def standing(self) -> str:
        """ok; stuck, where it is at work and does not move; trouble, where that keeps it away.

        halted, where somebody has switched it off.
        """
        sign_at = self._sign_at
        if sign_at is not None and time.monotonic() - sign_at > STUCK.total_seconds():
            return "stuck"
        if self.halted:
            return "halted"
        return "ok" if self.trouble is None else "trouble"
