"""One mail on its way to the relay: composed, offered, its intent recorded, sent, settled."""

import asyncio
import hashlib
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from distribution import replies
from distribution.db import DatabaseUnusable
from distribution.delivery.backoff import next_wait
from distribution.delivery.counting import Count, counts
from distribution.delivery.ledger import Leased, Result
from distribution.delivery.ledger_writer import LedgerWriter
from distribution.delivery.points import Point, reached
from distribution.delivery.press import UNMAKEABLE, Press
from distribution.delivery.transport import (
    Handover,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
    Transport,
)
from distribution.words import Cause, DeliveryState

log = logging.getLogger(__name__)

FENCE = timedelta(seconds=20)
"""A worker that was frozen this long after its intent does not send any more."""

RELAY_REST = timedelta(seconds=5)
"""How long rows given back to a relay in trouble wait at least."""


@dataclass(slots=True)
class Recording:
    """The result of a mail, on its way into the ledger."""

    result: Result
    lane: str
    begun: "asyncio.Future[bool]"
    ended: bool = False


@dataclass(slots=True)
class Hand:
    """Delivers leased rows; used by all connections of one pump."""

    press: Press
    transport: Transport
    writer: LedgerWriter
    unrecorded: list[Result]
    """Results the database would not take; true all the same, and offered to it later."""
    rules: tuple[replies.Rule, ...] = ()
    """The admin's own."""
    halted: Callable[[], bool] = lambda: False
    """Whether the emergency switch is on."""
    accepted: int = field(default=0, init=False)

    async def deliver(self, row: Leased, before: Recording | None = None) -> Recording | None:
        """Send one mail; gives what is still to be recorded, of it or of the one `before`.

        The ledger takes a result while the relay takes the next envelope; but it has it before
        it is asked for the next intent, so each connection has one mail in doubt at most. Raises
        RelayUnavailable or DatabaseUnusable where the next mail would fare no better.
        """
        try:
            envelope, body = self.press.mail(
                row.delivery_id, row.run_id, row.selection_id, row.recipient, row.lane
            )
        except UNMAKEABLE as error:
            # One mail that cannot be made must not keep the others from going out.
            log.exception(
                "delivery %d cannot be composed", row.delivery_id, extra=_named(row.delivery_id)
            )
            await self._settle(row, DeliveryState.HELD, Cause.POISON, str(error))
            return before
        reached(Point.BEFORE_MAIL)
        try:
            handover = await self.transport.begin(envelope)
        except RelayUnavailable as away:
            await self.writer.release(row.delivery_id, row.token, max(RELAY_REST, away.wait))
            raise
        except RefusedByRelay as refusal:
            await self._settle_refused(row, refusal.reply)
        except NonAsciiAddressUnsupported:
            await self._settle(row, DeliveryState.FAILED, Cause.EAI)
        else:
            return await self._hand_over(row, handover, body, before)
        return before

    async def record(self, result: Result, lane: str = "") -> None:
        """Settle a row; what the database will not take is kept for later."""
        await self.end(Recording(result, lane, self.writer.begin(result)))

    async def end(self, recording: Recording | None) -> None:
        """Wait until it is recorded, if it is not yet; as `record`."""
        if recording is None or recording.ended:
            return
        recording.ended, result, lane = True, recording.result, recording.lane
        try:
            ours = await self.writer.settle(result, recording.begun)
        except DatabaseUnusable:
            self.unrecorded.append(result)
            raise
        if ours:
            meaning = result.judgement.meaning if result.judgement else None
            counts.settled(result.state, lane, meaning or result.cause)
            return
        counts.add(Count.LEASE_LOST)
        if result.state is DeliveryState.ACCEPTED:
            # Another worker may have been given it: the books cannot show this copy.
            row_id = result.delivery_id
            words = "delivery %d was accepted, but was not ours any more"
            log.error(words, row_id, extra=_named(row_id))

    async def _hand_over(
        self, row: Leased, handover: Handover, body: bytes, before: Recording | None
    ) -> Recording | None:
        reached(Point.BEFORE_INTENT)
        if self.halted():
            await handover.abandon()
            await self.writer.release(row.delivery_id, row.token, timedelta(0))
            return before
        asked = time.monotonic()
        try:
            seal = hashlib.sha256(body).hexdigest()
            await self.end(before)
            allowed = await self.writer.hand_over(row.delivery_id, row.token, seal, handover.relay)
        except DatabaseUnusable:
            await handover.abandon()  # never send what cannot be recorded
            # The intent may stand all the same: say that nothing was sent.
            await self._settle(row, DeliveryState.DEFERRED, reply="the ledger was away")
            raise
        if not allowed:
            counts.add(Count.FENCE_REFUSED)
            await handover.abandon()
            return None
        if time.monotonic() - asked > FENCE.total_seconds():
            counts.add(Count.FENCE_REFUSED)
            await handover.abandon()
            await self._settle(row, DeliveryState.DEFERRED, reply="the worker stood still")
            return None
        reached(Point.AFTER_INTENT)
        return await self._finish(row, handover, body)

    async def _finish(self, row: Leased, handover: Handover, body: bytes) -> Recording | None:
        try:
            reply = await handover.finish(body)
        except OutcomeUnknown as error:
            await self._settle(row, DeliveryState.IN_DOUBT, reply=str(error))
            return None
        reached(Point.AFTER_REPLY)
        if not reply.positive:
            await self._settle_refused(row, reply, body_came=True)
            return None
        self.accepted += 1
        words = f"{reply.code} {reply.text}"
        result = Result(row.delivery_id, row.token, DeliveryState.ACCEPTED, None, words)
        return Recording(result, row.lane, self.writer.begin(result))

    async def _settle_refused(self, row: Leased, reply: Reply, *, body_came: bool = False) -> None:
        """Who took the recipient and refuses the message says nothing of the address."""
        judgement = replies.judge(reply.code, reply.text, row.lane, own=self.rules)
        if body_came:
            judgement = replace(judgement, dead=False)
        words = f"{reply.code} {reply.text}"
        ended = (row.delivery_id, row.token)
        if judgement.cause is not None:
            failed = DeliveryState.FAILED
            result = Result(*ended, failed, judgement.cause, words, judgement=judgement)
            await self.record(result, row.lane)
            return
        chance = random.random()  # noqa: S311 - spreads load, guards nothing
        wait = next_wait(row.attempts, judgement.wait, chance)
        deferred = DeliveryState.DEFERRED
        await self.record(Result(*ended, deferred, None, words, wait, judgement), row.lane)

    async def _settle(
        self,
        row: Leased,
        state: DeliveryState,
        cause: Cause | None = None,
        reply: str = "",
    ) -> None:
        await self.record(Result(row.delivery_id, row.token, state, cause, reply), row.lane)


def _named(delivery_id: int) -> dict[str, int]:
    """What a record of the log says in a field of its own."""
    return {"delivery": delivery_id}
