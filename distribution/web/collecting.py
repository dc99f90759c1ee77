"""Gathers what comes in: clicks are stored before they are answered, opens a second later."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from distribution.db import DatabaseUnusable
from distribution.events import Received, Request

log = logging.getLogger(__name__)

BATCH = 500
"""Requests stored in one transaction, and inbox ids in one ring of the bell."""
OPENS_AT_ONCE = 2_000
"""The same of opens, which nobody waits for."""
MOST_OPENS = 100_000
"""Kept in memory while the database is away."""
PAUSE_SECONDS = 1.0
COMMIT_SECONDS = 8.0
"""How long a commit of clicks may take."""
MOST_RINGS = 10_000
"""Inbox ids waiting to be announced; those beyond are found without a bell."""
_PATIENCE_SECONDS = 5.0

Store = Callable[[Sequence[Request]], Sequence[Received | None]]
"""Stores requests in one transaction, blocking; None for what leads nowhere."""

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


async def _in_a_thread(call: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
    """Call what blocks; unlike asyncio's own threads, no end of a process waits for this one."""
    return await run_sync(call, argument, limiter=CapacityLimiter(1), abandon_on_cancel=True)


class Announcer:
    """Announces stored requests without letting anybody wait for it."""

    def __init__(self, ring: Callable[[list[int]], None]) -> None:
        self._ring = ring
        self._waiting: list[int] = []
        self._ringing: asyncio.Task[None] | None = None

    def announce(self, stored: Sequence[Received | None]) -> None:
        """Ring for these soon."""
        self.announce_ids([received.inbox_id for received in stored if received is not None])

    def announce_ids(self, inbox_ids: Sequence[int]) -> None:
        """The same for whatever else lies in the inbox."""
        self._waiting += inbox_ids
        del self._waiting[MOST_RINGS:]
        if self._waiting and (self._ringing is None or self._ringing.done()):
            self._ringing = asyncio.create_task(self._ring_for_all())

    async def _ring_for_all(self) -> None:
        while self._waiting:
            ids = self._waiting[:BATCH]
            del self._waiting[:BATCH]
            await _in_a_thread(self._ring, ids)

    async def silence(self) -> None:
        """Let the last ring end; whoever was not announced is found without a bell."""
        if self._ringing is not None:
            await asyncio.wait({self._ringing}, timeout=_PATIENCE_SECONDS)


class GroupCommit:
    """Stores each request before it is answered; what comes during a commit shares the next."""

    def __init__(self, store: Store, announcer: Announcer) -> None:
        self._store, self._announcer = store, announcer
        self._waiting: deque[tuple[Request, asyncio.Future[Received | None]]] = deque()
        self._committing: asyncio.Task[None] | None = None

    async def add(self, request: Request) -> Received | None:
        """What was stored, as soon as it is safe; raises what storing raised.

        A reader who goes away takes nobody's commit with him, and before it begins is not in it.
        """
        answer: asyncio.Future[Received | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all())
        return await answer

    async def _commit_all(self) -> None:
        while self._waiting:
            first = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            batch = [(request, answer) for request, answer in first if not answer.done()]
            if batch:
                await self._commit(batch)

    async def _commit(
        self, batch: Sequence[tuple[Request, "asyncio.Future[Received | None]"]]
    ) -> None:
        try:
            stored = await self._stored([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        self._announcer.announce(stored)
        for (_, answer), received in zip(batch, stored, strict=True):
            if not answer.done():
                answer.set_result(received)

    async def _stored(self, requests: Sequence[Request]) -> Sequence[Received | None]:
        """One connection that hangs must not hold up those who come after: its thread is left."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                return await _in_a_thread(self._store, requests)
        except TimeoutError:
            raise DatabaseUnusable("数据库没有应答：点击没有记下") from None


class Opens:
    """Keeps opens in memory and stores them together: nobody waits for a pixel."""

    def __init__(self, store: Store, announcer: Announcer) -> None:
        self._store, self._announcer = store, announcer
        self._waiting: list[Request] = []
        self._dropped = 0
        self._wake = asyncio.Event()
        self._stopping = False

    def add(self, request: Request) -> None:
        """Keep one, unless too many wait already."""
        if len(self._waiting) >= MOST_OPENS:
            self._dropped += 1
            return
        self._waiting.append(request)
        if len(self._waiting) == OPENS_AT_ONCE:
            self._wake.set()

    async def store_until_stopped(self) -> None:
        """Store what has come, every second or when there is enough; at the end, the rest."""
        ended = False
        try:
            while not ended:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), PAUSE_SECONDS)
                self._wake.clear()
                ended = self._stopping
                await self._store_all()
        finally:  # also where the database has not answered, and nobody waits any longer
            lost = len(self._waiting) + self._dropped
            if lost:
                log.warning("%d opens are lost: the database was away to the end", lost)

    def stop(self) -> None:
        """Store the rest now, and end."""
        self._stopping = True
        self._wake.set()

    async def _store_all(self) -> None:
        if self._dropped:
            log.warning("%d opens were dropped: too many waited", self._dropped)
            self._dropped = 0
        while self._waiting:
            batch = self._waiting[:OPENS_AT_ONCE]
            try:
                ids = await _in_a_thread(self._store, batch)
            except DatabaseUnusable as error:
                log.warning("%d opens wait: %s", len(self._waiting), error)
                return
            except Exception:  # the entry point of this task: one defect must not end it
                log.exception("%d opens cannot be stored", len(batch))
                ids = []
            del self._waiting[: len(batch)]
            self._announcer.announce(ids)
