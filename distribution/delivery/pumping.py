"""The pump: one event loop's work, many connections fed by leases, until nothing is due."""

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from distribution.db import DatabaseUnusable, Transaction
from distribution.delivery import ledger
from distribution.delivery.handing import Hand, Recording
from distribution.delivery.leasing import Rotation
from distribution.delivery.ledger import Doubt, Leased, Result, Terms
from distribution.delivery.ledger_writer import LedgerWriter
from distribution.delivery.points import Point, reached
from distribution.delivery.press import Press
from distribution.delivery.transport import RelayUnavailable, Transport
from distribution.errors import DistributionError
from distribution.links import Addresses
from distribution.replies import Rule
from distribution.statements import DirectLine, Line


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard the sender works."""

    connections: int
    batch_size: int
    terms: Terms
    heeded: bool = True
    """Whether lanes have a pace: nobody minds how fast mails come into a folder."""


@dataclass(slots=True)
class Pumped:
    """What a call of `pump` did."""

    tried: int = 0
    accepted: int = 0
    more: bool = False
    """Rows were still due when the time was over."""
    trouble: DistributionError | None = None
    """Why it stopped before the time: the relay or the database is away."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What a pump works with."""

    transaction: Transaction
    transport: Transport
    press: Press
    addresses: Addresses
    pace: Pace
    worker: str
    stopping: Callable[[], bool]
    unrecorded: list[Result] = field(default_factory=list)
    """Results that earlier pumps could not record."""
    rules: tuple[Rule, ...] = ()
    """The admin's own, for what the relay says."""
    recording: Callable[[], AbstractContextManager[Line]] | None = None
    """Opens a line for one who writes all the time; None: he has what everybody has."""
    halted: Callable[[], bool] = lambda: False
    """Whether the emergency switch is on: asked before each mail, and before each hand-over."""
    recognise: Callable[[], None] = lambda: None
    """Raises SuspectLedger where the ledger has lost something, see `recognising`."""


class Pump:
    """Works once, inside one event loop."""

    def __init__(self, outfit: Outfit, at_most: timedelta) -> None:
        self.outfit = outfit
        self.pace = outfit.pace
        self.writer = LedgerWriter(outfit.transaction, self.pace.terms, outfit.worker)
        self.leasing = outfit.transaction
        self.hand = Hand(
            outfit.press,
            outfit.transport,
            self.writer,
            outfit.unrecorded,
            outfit.rules,
            outfit.halted,
        )
        self.until = time.monotonic() + at_most.total_seconds()
        self.recover_at = 0.0
        self.rotation = Rotation(heeded=self.pace.heeded)
        self.outcome = Pumped()
        self.broken = False
        self.ready: deque[Leased] = deque()
        self.ahead: asyncio.Task[list[Leased] | None] | None = None  # a lease before its time
        self.under_way: dict[int, str] = {}  # delivery: token
        self.feeding = asyncio.Lock()
        self.quiet = asyncio.Event()  # set while nothing is under way
        self.quiet.set()
        self.suspicious = False  # what is under way must stay alone

    async def run(self) -> Pumped:
        """Send until nothing is due, the time is over, or trouble comes."""
        try:
            async with self._recording(), _in_background(self.writer.run(), self._renew()):
                await self._record_left()
                await self._settle_doubts()
                try:
                    await _all(self._connection() for _ in range(self.pace.connections))
                finally:
                    await self._release_ready()
                await self._settle_doubts()
                if self.outcome.tried:  # a copy made meanwhile is behind this step, too
                    await asyncio.to_thread(self.outfit.recognise)
        except DatabaseUnusable as error:
            self.outcome.trouble = error
        finally:
            await self.outfit.transport.close()
        self.outcome.accepted = self.hand.accepted
        return self.outcome

    @contextlib.asynccontextmanager
    async def _recording(self) -> AsyncIterator[None]:
        """Let those who write all the time keep a connection each meanwhile."""
        if self.outfit.recording is None:
            yield
            return
        with self.outfit.recording() as line, self.outfit.recording() as self.leasing:
            self.writer.transaction = line
            self.writer.line = line if isinstance(line, DirectLine) else None
            yield

    @property
    def over(self) -> bool:
        """Whether no further mail is to be begun."""
        troubled = self.broken or self.outcome.trouble is not None
        stopping = self.outfit.stopping() or self.outfit.halted()
        return troubled or time.monotonic() >= self.until or stopping

    async def _connection(self) -> None:
        """Send one mail after the other; ends when nothing is due."""
        try:
            await self._deliver_all()
        except (DatabaseUnusable, RelayUnavailable) as error:
            self.outcome.trouble = error
        except BaseException:
            self.broken = True  # the others finish the mail in hand, then it is raised
            raise

    async def _deliver_all(self) -> None:
        last: Recording | None = None
        try:
            while (row := await self._next()) is not None:
                before = last
                try:
                    self.outcome.tried += 1
                    last = await self.hand.deliver(row, before)
                except RelayUnavailable as away:
                    if not away.others_go_on:
                        raise
                finally:
                    if last is None or last is before:
                        self._done(row)
                    else:
                        last.begun.add_done_callback(partial(self._done, row))
        finally:
            await self.hand.end(last)

    async def _next(self) -> Leased | None:
        """The next row that is ours, leasing more when there is none; None at the end."""
        async with self.feeding:
            if self.suspicious:
                await self.quiet.wait()
            self.writer.refuse_in_trouble()
            while not self.ready and not self.over:
                if not await self._fill():
                    return None
            if self.ready and self.ready[0].suspect:
                await self.quiet.wait()
            if self.over:
                self.outcome.more = True
                return None
            row = self.ready.popleft()
            self.under_way[row.delivery_id] = row.token
            self.suspicious = row.suspect
            self.quiet.clear()
            self._look_ahead()
            return row

    def _look_ahead(self) -> None:
        """Begin to lease the next batch while the end of this one is still there.

        Not beside a suspect: what is leased when a worker dies comes under suspicion, too.
        """
        few = 0 < len(self.ready) <= min(self.pace.connections, self.pace.batch_size // 2)
        suspicion = self.suspicious or (few and self.ready[-1].suspect)
        if few and self.ahead is None and not suspicion and not self.over:
            self.ahead = asyncio.create_task(asyncio.to_thread(self._lease))

    async def _fill(self) -> bool:
        """Lease more, or wait for a lane whose pace soon lets it go on; False where none does."""
        if await self._take_ahead():
            return True
        leased = await asyncio.to_thread(self._lease)
        if leased is not None:
            self.ready.extend(leased)
            return True
        pause = self.rotation.pause
        if pause is not None:
            await asyncio.sleep(pause.total_seconds())
        return pause is not None

    async def _take_ahead(self) -> bool:
        """Have what was leased ahead, if that was begun and found anything."""
        ahead, self.ahead = self.ahead, None
        self.ready.extend((ahead and await ahead) or ())
        return bool(self.ready)

    def _done(self, row: Leased, _recorded: object = None) -> None:
        del self.under_way[row.delivery_id]
        if not self.under_way:
            self.suspicious = False
            self.quiet.set()

    def _lease(self) -> list[Leased] | None:
        """Lease a batch and have at hand what its mails are made of; None when nothing is due."""
        token = self.outfit.worker + secrets.token_hex(8)
        recovers = time.monotonic() >= self.recover_at
        if recovers:
            self.outfit.recognise()
        with self.leasing() as session:
            if recovers:
                ledger.recover(session)
                self.recover_at = time.monotonic() + self.pace.terms.lease.total_seconds() / 4
            self.rotation.keep_to(self.outfit.transport.open_lanes())
            leased = ledger.lease(
                session, self.pace.batch_size, token, self.pace.terms, self.rotation
            )
            if leased is not None:
                self.outfit.press.load(
                    session,
                    {row.run_id for row in leased},
                    {row.selection_id for row in leased},
                )
        if leased:
            reached(Point.LEASED)
        return leased

    async def _release_ready(self) -> None:
        """Give back what was leased and not begun."""
        with contextlib.suppress(DatabaseUnusable):
            await self._take_ahead()
        rows, self.ready = [(row.delivery_id, row.token) for row in self.ready], deque()
        await _all(self.writer.release(*row, timedelta(0)) for row in rows)

    async def _record_left(self) -> None:
        """Record what earlier pumps knew and the database would not take."""
        left, self.outfit.unrecorded[:] = list(self.outfit.unrecorded), []
        await _all(self.hand.record(result) for result in left)

    async def _settle_doubts(self) -> None:
        """Settle what is in doubt where the transport can prove what became of it."""
        last_id = 0
        while doubts := await asyncio.to_thread(self._doubts, last_id):
            for doubt in doubts:
                message_id = self.outfit.press.message_id(doubt.delivery_id, doubt.run_id)
                result = ledger.proven(doubt, await self.outfit.transport.evidence(message_id))
                if result is not None:
                    await self.writer.settle(result)
            last_id = doubts[-1].delivery_id

    def _doubts(self, after: int) -> list[Doubt]:
        with self.outfit.transaction() as session:
            ledger.recover(session)
            doubts = ledger.doubts(session, after, self.pace.batch_size)
            self.outfit.press.load(session, {doubt.run_id for doubt in doubts}, set())
            return doubts

    async def _renew(self) -> None:
        """Keep what is leased and not yet on the wire, however slow the relay is."""
        while True:
            await asyncio.sleep(self.pace.terms.lease.total_seconds() / 3)
            tokens = {row.token for row in self.ready} | set(self.under_way.values())
            with contextlib.suppress(DatabaseUnusable):  # the guard at the hand-over will tell
                await asyncio.to_thread(self._extend, sorted(tokens))

    def _extend(self, tokens: list[str]) -> None:
        with self.outfit.transaction() as session:
            ledger.renew(session, tokens, self.pace.terms)


async def _all(work: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all of it side by side, to the end; then raise what went wrong first."""
    for end in await asyncio.gather(*work, return_exceptions=True):
        if end is not None:
            raise end


@contextlib.asynccontextmanager
async def _in_background(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run endless work beside the block."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
