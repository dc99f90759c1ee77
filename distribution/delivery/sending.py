"""The sender: one event loop, many connections, fed by leases, until nothing is due."""

import asyncio
import contextlib
import logging
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta

from distribution import replies
from distribution.db import DatabaseUnusable, Transaction
from distribution.delivery import ledger
from distribution.delivery.backoff import next_wait
from distribution.delivery.ledger import Leased, Result, Terms
from distribution.delivery.ledger_writer import LedgerWriter
from distribution.delivery.press import Press
from distribution.delivery.store import rows
from distribution.delivery.transport import (
    Evidence,
    Handover,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
    Transport,
)
from distribution.errors import DistributionError
from distribution.links import Addresses
from distribution.words import Cause, DeliveryState

log = logging.getLogger(__name__)

FENCE = timedelta(seconds=20)
"""A worker that was frozen this long after its intent does not send any more."""

TROUBLES = 3
"""A relay that fails this often in a row is worth telling the person who waits."""

RELAY_REST = timedelta(seconds=5)
"""How long rows given back to a relay in trouble wait at least."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard the sender works."""

    connections: int
    batch_size: int
    terms: Terms


@dataclass(slots=True)
class Pumped:
    """What a call of `pump` did."""

    tried: int = 0
    accepted: int = 0
    more: bool = False
    """Rows were still due when the time was over."""
    trouble: DistributionError | None = None
    """Why it stopped before the time: the relay or the database is away."""


@dataclass(slots=True)
class Sender:
    """Sends what is due of all running runs; one per process."""

    transaction: Transaction
    open_transport: Callable[[], Transport]
    press: Press
    addresses: Addresses
    pace: Pace
    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    """Leads all lease tokens of this process."""
    troubles: int = 0
    """Pumps in a row that ended in trouble without having sent anything."""
    trouble: DistributionError | None = None
    """What ended the last `TROUBLES` pumps, or a single one if waiting cannot help."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def pump(self, at_most: timedelta) -> Pumped:
        """Send until nothing is due or the time is over; blocks.

        A second call in the same process returns at once: the first one sends its rows too.
        """
        if not self._alone.acquire(blocking=False):
            return Pumped()
        try:
            pumped = asyncio.run(_pump(self, at_most))
        finally:
            self._alone.release()
        self._remember(pumped)
        return pumped

    def stop(self) -> None:
        """Make a running `pump` finish the mails in hand and return; from any thread."""
        self._stop.set()

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


async def _pump(sender: Sender, at_most: timedelta) -> Pumped:
    return await _Pump(sender, at_most).run()  # made inside its event loop


class _Pump:
    """One call of `Sender.pump`."""

    def __init__(self, sender: Sender, at_most: timedelta) -> None:
        self.sender = sender
        self.pace = sender.pace
        self.transport = sender.open_transport()
        self.writer = LedgerWriter(sender.transaction, sender.pace.terms, sender.worker)
        self.until = time.monotonic() + at_most.total_seconds()
        self.recover_at = 0.0
        self.outcome = Pumped()
        self.ready: deque[Leased] = deque()
        self.under_way: dict[int, str] = {}  # delivery: token
        self.feeding = asyncio.Lock()

    async def run(self) -> Pumped:
        try:
            async with _in_background(self.writer.run(), self._renew()):
                await self._settle_doubts()
                async with asyncio.TaskGroup() as connections:
                    for _ in range(self.pace.connections):
                        connections.create_task(self._connection())
                for row in self.ready:
                    await self.writer.release(row.delivery_id, row.token, timedelta(0))
                await self._settle_doubts()
        except DatabaseUnusable as error:
            self.outcome.trouble = error
        finally:
            await self.transport.close()
        return self.outcome

    @property
    def over(self) -> bool:
        late = time.monotonic() >= self.until
        return late or self.sender.stopping or self.outcome.trouble is not None

    async def _connection(self) -> None:
        """Send one mail after the other; ends when nothing is due."""
        try:
            while (row := await self._next()) is not None:
                self.under_way[row.delivery_id] = row.token
                self.outcome.tried += 1
                await self._deliver(row)
                del self.under_way[row.delivery_id]
        except DatabaseUnusable as error:
            self.outcome.trouble = error

    async def _next(self) -> Leased | None:
        """The next row that is ours, leasing more when there is none; None at the end."""
        async with self.feeding:
            while not self.ready and not self.over:
                leased = await asyncio.to_thread(self._lease)
                if leased is None:
                    return None
                self.ready.extend(leased)
            if self.over:
                self.outcome.more = True
                return None
            return self.ready.popleft()

    def _lease(self) -> list[Leased] | None:
        """Lease a batch and have at hand what its mails are made of; None when nothing is due."""
        token = self.sender.worker + secrets.token_hex(8)
        with self.sender.transaction() as session:
            if time.monotonic() >= self.recover_at:
                ledger.recover(session)
                self.recover_at = time.monotonic() + self.pace.terms.lease.total_seconds() / 4
            leased = ledger.lease(session, self.pace.batch_size, token, self.pace.terms)
            if leased is not None:
                self.sender.press.load(
                    session,
                    {row.run_id for row in leased},
                    {row.selection_id for row in leased},
                )
            return leased

    async def _deliver(self, row: Leased) -> None:
        try:
            envelope, body = self.sender.press.mail(
                row.delivery_id, row.run_id, row.selection_id, row.recipient
            )
        except (DistributionError, ValueError, LookupError, TypeError) as error:
            # One mail that cannot be made must not keep the others from going out.
            log.exception("delivery %d cannot be composed", row.delivery_id)
            await self._settle(row, DeliveryState.HELD, Cause.POISON, str(error))
            return
        try:
            handover = await self.transport.begin(envelope)
        except RelayUnavailable as error:
            self.outcome.trouble = error
            await self.writer.release(row.delivery_id, row.token, RELAY_REST)
        except RefusedByRelay as refusal:
            await self._settle_refused(row, refusal.reply)
        except NonAsciiAddressUnsupported:
            await self._settle(row, DeliveryState.FAILED, Cause.EAI)
        else:
            await self._hand_over(row, handover, body)

    async def _hand_over(self, row: Leased, handover: Handover, body: bytes) -> None:
        asked = time.monotonic()
        try:
            allowed = await self.writer.hand_over(row.delivery_id, row.token)
        except DatabaseUnusable:
            await handover.abandon()  # never send what cannot be recorded
            raise
        if not allowed:
            await handover.abandon()
            return
        if time.monotonic() - asked > FENCE.total_seconds():
            await handover.abandon()
            await self._settle(row, DeliveryState.DEFERRED, reply="the worker stood still")
            return
        try:
            reply = await handover.finish(body)
        except OutcomeUnknown as error:
            await self._settle(row, DeliveryState.IN_DOUBT, reply=str(error))
            return
        if reply.positive:
            self.outcome.accepted += 1
            await self._settle(row, DeliveryState.ACCEPTED, reply=f"{reply.code} {reply.text}")
        else:
            await self._settle_refused(row, reply)

    async def _settle_refused(self, row: Leased, reply: Reply) -> None:
        judgement = replies.judge(reply.code, reply.text, row.lane)
        words = f"{reply.code} {reply.text}"
        if judgement.cause is not None:
            await self._settle(row, DeliveryState.FAILED, judgement.cause, words)
            return
        chance = random.random()  # noqa: S311 - spreads load, guards nothing
        wait = next_wait(row.attempts, judgement.wait, chance)
        await self._settle(row, DeliveryState.DEFERRED, reply=words, wait=wait)

    async def _settle(
        self,
        row: Leased,
        state: DeliveryState,
        cause: Cause | None = None,
        reply: str = "",
        wait: timedelta = timedelta(0),
    ) -> None:
        await self.writer.settle(Result(row.delivery_id, row.token, state, cause, reply, wait))

    async def _settle_doubts(self) -> None:
        """Settle what is in doubt where the transport can prove what became of it."""
        last_id = 0
        while doubts := await asyncio.to_thread(self._doubts, last_id):
            for delivery_id, token in doubts:
                evidence = await self.transport.evidence(
                    self.sender.addresses.message_id(delivery_id)
                )
                state = _PROVEN.get(evidence)
                if state is not None:
                    await self.writer.settle(
                        Result(delivery_id, token, state, reply=f"evidence: {evidence.value}")
                    )
                last_id = delivery_id

    def _doubts(self, after: int) -> list[tuple[int, str]]:
        with self.sender.transaction() as session:
            ledger.recover(session)
            found = rows.doubts(session, after, self.pace.batch_size)
            return [(row[0], row[1] or "") for row in found]

    async def _renew(self) -> None:
        """Keep what is leased and not yet on the wire, however slow the relay is."""
        while True:
            await asyncio.sleep(self.pace.terms.lease.total_seconds() / 3)
            tokens = {row.token for row in self.ready} | set(self.under_way.values())
            with contextlib.suppress(DatabaseUnusable):  # the guard at the hand-over will tell
                await asyncio.to_thread(self._extend, sorted(tokens))

    def _extend(self, tokens: list[str]) -> None:
        with self.sender.transaction() as session:
            ledger.renew(session, tokens, self.pace.terms)


_PROVEN = {
    Evidence.ACCEPTED: DeliveryState.ACCEPTED,
    Evidence.ABSENT: DeliveryState.PLANNED,
}


@contextlib.asynccontextmanager
async def _in_background(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run endless work beside the block; a failure of it ends the block."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
