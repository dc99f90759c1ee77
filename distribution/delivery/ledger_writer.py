"""One writer per process commits what all connections wait for: group commit.

A connection's intent must be durable before its message goes out. Instead of one fsync each,
the writer takes whatever has gathered while the last commit was under way and commits it
together: the promise costs latency, not throughput. Each connection still waits for its own
row, so at most one mail per connection is in doubt after a crash.
"""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from queue import SimpleQueue
from threading import Thread

from distribution.db import DatabaseUnusable, Transaction, insisting
from distribution.delivery import ledger
from distribution.delivery.counting import counts
from distribution.delivery.ledger import Result, Terms
from distribution.delivery.points import Point, reached
from distribution.statements import DirectLine
from distribution.words import DeliveryState

log = logging.getLogger(__name__)

RESULT_PATIENCE = timedelta(seconds=60)
"""How long a result is offered to a database that is away; then the mail is in doubt."""


@dataclass(slots=True, eq=False)
class _Entry:
    """What one connection waits for: an intent when there is no result."""

    delivery_id: int
    token: str
    done: "asyncio.Future[bool]"
    result: Result | None = None
    release: timedelta | None = None
    message_sha256: str = ""
    relay: str = ""

    @property
    def is_intent(self) -> bool:
        """Whether a mail goes out once it is recorded."""
        return self.result is None and self.release is None

    @property
    def is_usual(self) -> bool:
        """Whether it is an intent, or a mail that was accepted."""
        if self.result is None:
            return self.release is None
        return self.result.state is DeliveryState.ACCEPTED and self.result.judgement is None


@dataclass(slots=True)
class LedgerWriter:
    """Used by the tasks of one event loop."""

    transaction: Transaction
    terms: Terms
    worker: str
    line: DirectLine | None = None
    """A connection of its own that takes a whole commit in one statement, where there is one."""
    trouble: DatabaseUnusable | None = field(default=None, init=False)
    """Why a commit failed: until a result is recorded no further intent is taken."""
    _gathering: list[_Entry] = field(default_factory=list, init=False)
    """What this turn of the event loop has brought: it goes into the same commit."""
    _waiting: "SimpleQueue[list[_Entry] | None]" = field(default_factory=SimpleQueue, init=False)

    async def hand_over(
        self, delivery_id: int, token: str, message_sha256: str = "", relay: str = ""
    ) -> bool:
        """Record the intent; False where the mail must not be sent. Raises DatabaseUnusable."""
        self.refuse_in_trouble()
        return await self._enter(
            _Entry(delivery_id, token, _future(), message_sha256=message_sha256, relay=relay)
        )

    def begin(self, result: Result) -> "asyncio.Future[bool]":
        """Have a result recorded with the next commit; `settle` is to be awaited all the same."""
        return self._enter(_Entry(result.delivery_id, result.token, _future(), result=result))

    async def settle(self, result: Result, begun: "asyncio.Future[bool] | None" = None) -> bool:
        """Record a result, waiting for the database if it is away; False where it was not ours."""
        give_up = asyncio.get_running_loop().time() + RESULT_PATIENCE.total_seconds()
        pause = 0.2
        while True:
            try:
                return await (begun or self.begin(result))
            except DatabaseUnusable:
                begun = None
                if asyncio.get_running_loop().time() + pause > give_up:
                    raise
                named = {"delivery": result.delivery_id}
                words = "the ledger is away, result of delivery %d waits"
                log.warning(words, result.delivery_id, extra=named)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    async def release(self, delivery_id: int, token: str, wait: timedelta) -> None:
        """Give a leased row back untried."""
        await self._enter(_Entry(delivery_id, token, _future(), release=wait))

    async def run(self) -> None:
        """Commit until cancelled, which must not be done while anybody waits."""
        loop = asyncio.get_running_loop()
        thread = Thread(target=self._work, args=(loop,), name="ledger-writer", daemon=True)
        thread.start()
        try:
            await loop.create_future()
        finally:
            self._waiting.put(None)
            await asyncio.to_thread(thread.join)

    def refuse_in_trouble(self) -> None:
        """Raise DatabaseUnusable where what follows could not be recorded."""
        if self.trouble is not None:
            raise DatabaseUnusable(str(self.trouble)) from self.trouble

    def _enter(self, entry: _Entry) -> "asyncio.Future[bool]":
        if not self._gathering:
            asyncio.get_running_loop().call_soon(self._pass_on)
        self._gathering.append(entry)
        return entry.done

    def _pass_on(self) -> None:
        gathered, self._gathering = self._gathering, []
        self._waiting.put(gathered)

    # in a thread of its own

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Commit whatever has gathered while the last commit was under way."""
        while (first := self._waiting.get()) is not None:
            # An intent nobody waits for any more is none; a result stays true.
            batch = [
                entry
                for entry in (*first, *self._gathered())
                if entry.result or not entry.done.cancelled()
            ]
            refused = [entry for entry in batch if entry.is_intent] if self.trouble else []
            for entry in refused:
                batch.remove(entry)
            if refused:
                loop.call_soon_threadsafe(_answer, refused, self.trouble)
            if batch:
                loop.call_soon_threadsafe(_answer, batch, self._commit(batch))

    def _gathered(self) -> Iterator[_Entry]:
        for _ in range(self._waiting.qsize()):
            gathered = self._waiting.get()
            if gathered is None:  # to be seen again, at the end
                self._waiting.put(None)
            else:
                yield from gathered

    def _commit(self, batch: list[_Entry]) -> set[int] | Exception:
        """The deliveries that were ours, or why nothing was recorded."""
        try:
            good = self._write(batch)
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits; nobody may wait for ever
            if isinstance(error, DatabaseUnusable):
                self.trouble = error
                counts.ledger_failed()
            return error
        # What is only given back shows nothing: a full ledger takes changes, but no result.
        if self.trouble is None or any(entry.result for entry in batch):
            self.trouble = None
            counts.ledger_worked()
        return good

    def _write(self, batch: list[_Entry]) -> set[int]:
        if self.line is not None and all(entry.is_usual for entry in batch):
            return self._write_together(self.line, batch)
        return insisting(lambda: self._write_apart(batch))

    def _write_apart(self, batch: list[_Entry]) -> set[int]:
        results = [entry.result for entry in batch if entry.result is not None]
        releases = [(entry, entry.release) for entry in batch if entry.release is not None]
        intents = [(entry.delivery_id, entry.token) for entry in batch if entry.is_intent]
        with self.transaction() as session:
            good = ledger.offer(session, results, by=self.worker) if results else set()
            for entry, wait in releases:
                ledger.release(session, [(entry.delivery_id, entry.token)], wait)
            if intents:
                hashes = {
                    row.delivery_id: row.message_sha256 for row in batch if row.message_sha256
                }
                relays = {row.delivery_id: row.relay for row in batch if row.relay}
                good |= ledger.hand_over(session, intents, self.terms, hashes, relays)
            if results:
                reached(Point.BEFORE_RESULT)
        if results:
            reached(Point.AFTER_RESULT)
        return good

    def _write_together(self, line: DirectLine, batch: list[_Entry]) -> set[int]:
        """What nearly all commits consist of: mails that were accepted, and intents."""
        accepted = {
            (entry.delivery_id, entry.token): entry.result.reply for entry in batch if entry.result
        }
        intents = [
            (entry.delivery_id, entry.token, entry.message_sha256, entry.relay)
            for entry in batch
            if entry.is_intent
        ]
        if accepted:
            reached(Point.BEFORE_RESULT)
        good = ledger.record_together(line, accepted, intents, self.terms, self.worker)
        if accepted:
            reached(Point.AFTER_RESULT)
        return good


def _answer(batch: list[_Entry], ended: set[int] | Exception | None) -> None:
    """Tell those who wait."""
    for entry in batch:
        if entry.done.done():  # its task was cancelled
            continue
        if isinstance(ended, set):
            entry.done.set_result(entry.delivery_id in ended)
        else:
            entry.done.set_exception(ended or RuntimeError("no answer"))


def _future() -> "asyncio.Future[bool]":
    return asyncio.get_running_loop().create_future()
