"""Several SMTP relays as one transport: routed by lane, rested when they err, relieved by others.

A mail goes to another relay only where nothing of it has been sent: what fails after the body
was begun is in doubt, and stays with the relay that may have it.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from distribution.delivery import (
    Envelope,
    Evidence,
    Handover,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
)
from distribution.transports.checks import check_envelope
from distribution.transports.circuit import Circuit, Width
from distribution.transports.places import Places
from distribution.transports.relay import Relay
from distribution.transports.smtp import SmtpRelay
from distribution.transports.smtp_wire import CLOSING


@dataclass(slots=True)
class Standing:
    """What this process knows about a relay, for as long as it lives."""

    relay: Relay
    identity: str = field(init=False)
    circuit: Circuit = field(init=False)
    width: Width = field(init=False)
    next_at: float = field(default=0.0, init=False)
    """When the next mail may begin where there is a rate."""

    def __post_init__(self) -> None:
        self.identity = self.relay.identity
        self.circuit, self.width = Circuit(self.relay.name), Width(self.relay.connections)


class Relays:
    """Used by one event loop; what it learns about the relays outlives it."""

    def __init__(self, standings: Sequence[Standing]) -> None:
        self._lines = [_Line(standing) for standing in standings]

    async def begin(self, envelope: Envelope) -> "RelayHandover":
        """As `SmtpRelay.begin`, at the first relay for its lane that does not rest.

        RelayUnavailable where all of them do: it tells how long, and whether other lanes go on.
        """
        check_envelope(envelope)
        lines, troubles = self._serving(envelope.lane), []
        for line in lines:
            try:
                return await line.begin(envelope)
            except RelayUnavailable as trouble:
                troubles.append(trouble)
        now = time.monotonic()
        wait = min(line.wait(now) for line in lines)
        raise RelayUnavailable(
            "；".join(str(trouble).removesuffix("。") for trouble in troubles) + "。",
            permanent=all(trouble.permanent for trouble in troubles),
            wait=timedelta(seconds=wait),
            others_go_on=any(line.wait(now) == 0 for line in self._lines if line not in lines),
        )

    def open_lanes(self) -> frozenset[str] | None:
        """The lanes that can be served now; None where there is no such limit, or no hope."""
        now = time.monotonic()
        able = [line.relay.lanes for line in self._lines if line.wait(now) == 0]
        return frozenset().union(*able) if able and all(able) else None

    async def evidence(self, message_id: str) -> Evidence:  # noqa: ARG002 - SMTP has no question for it
        """Tell nothing: SMTP cannot ask what became of a message; its log may know."""
        return Evidence.UNKNOWN

    async def close(self) -> None:
        """Say QUIT on all idle connections."""
        await asyncio.gather(*(line.transport.close() for line in self._lines))

    def _serving(self, lane: str) -> list["_Line"]:
        """Those that name the lane, then those that take all, each in the order of the file."""
        named = [line for line in self._lines if lane in line.relay.lanes]
        return named + [line for line in self._lines if not line.relay.lanes]


class _Line:
    """One relay as this event loop uses it."""

    def __init__(self, standing: Standing) -> None:
        self.relay, self.standing = standing.relay, standing
        self.transport = SmtpRelay(standing.relay)
        self._circuit, self._width = standing.circuit, standing.width
        self._places = Places(self._room)
        self._before = 0
        """Mails still under way from before the relay failed."""

    def wait(self, now: float) -> float:
        """Seconds until it may be tried."""
        return self._circuit.wait(now)

    async def begin(self, envelope: Envelope) -> "RelayHandover":
        """Bring one transaction up to the 354; raises RelayUnavailable at once while it rests.

        Where a connection is refused while others stand, the relay wants fewer of them: the mail
        waits for one that is free.
        """
        while True:
            await self._places.take()
            kept = False
            try:
                handover = await self._try(envelope)
                kept = handover is not None
            finally:
                if not kept:
                    self._places.free()
            if handover is not None:
                return RelayHandover(handover, self)

    async def _try(self, envelope: Envelope) -> Handover | None:
        """Offer a mail; None where the relay wants fewer connections."""
        usual, told = self._admit(), False
        try:
            handover = await self._offer(envelope)
            told = True
        except RelayUnavailable as trouble:
            if trouble.permanent or usual is None or self._places.taken == 1:
                self._failed(trouble)
                raise
            self._width.narrow(self._places.taken - 1, time.monotonic())
            return None
        except RefusedByRelay as refusal:
            self.answered(refusal.reply)
            raise
        finally:
            if not told:
                self._circuit.given_up()
        return handover

    def answered(self, reply: Reply | None) -> None:
        """What a mail was told: a definite reply, or nothing before the connection was lost."""
        if reply is not None and reply.code != CLOSING:
            if self._circuit.trouble is not None:
                self._width.restore()
            self._circuit.worked()
        elif self._circuit.stumbled():
            said = f"（{reply.code} {reply.text}）" if reply else ""
            what = f"一再中断连接{said}"
            self._failed(self.relay.unavailable(what, "稍后会再试", permanent=False))

    def ended(self, reply: Reply | None, *, known: bool) -> None:
        """A hand-over is over, and if `known` not by our own doing: let the next one in."""
        self._before = max(0, self._before - 1)
        if known:
            self.answered(reply)
        self._circuit.given_up()
        self._places.free()

    def _admit(self) -> bool | None:
        """As `Circuit.admit`; raises RelayUnavailable instead of saying no."""
        usual, trouble = self._circuit.admit(time.monotonic()), self._circuit.trouble
        if usual is False and trouble is not None:
            raise RelayUnavailable(str(trouble), permanent=trouble.permanent)
        return usual

    async def _offer(self, envelope: Envelope) -> Handover:
        if self.relay.rate:
            now = time.monotonic()
            turn = max(now, self.standing.next_at)
            self.standing.next_at = turn + 1 / self.relay.rate
            await asyncio.sleep(turn - now)
        return await self.transport.begin(envelope)

    def _failed(self, trouble: RelayUnavailable) -> None:
        self._before = self._places.taken - 1
        chance = random.random()  # noqa: S311 - spreads load, guards nothing
        self._circuit.failed(trouble, time.monotonic(), chance)

    def _room(self) -> int:
        """While it rests or is probed, one at a time besides those that have not ended."""
        return self._before + 1 if self._circuit.trouble else self._width.at(time.monotonic())


class RelayHandover:
    """A message that one of the relays waits for."""

    def __init__(self, handover: Handover, line: _Line) -> None:
        self.relay = line.standing.identity
        self._handover, self._line = handover, line
        self._ended = False

    async def finish(self, body: bytes) -> Reply:
        """As `SmtpHandover.finish`."""
        try:
            reply = await self._handover.finish(body)
        except OutcomeUnknown:
            self._end(None, known=True)
            raise
        except BaseException:
            self._end(None, known=False)
            raise
        self._end(reply, known=True)
        return reply

    async def abandon(self) -> None:
        """As `SmtpHandover.abandon`."""
        try:
            await self._handover.abandon()
        finally:
            self._end(None, known=False)

    def _end(self, reply: Reply | None, *, known: bool) -> None:
        if not self._ended:
            self._ended = True
            self._line.ended(reply, known=known)
