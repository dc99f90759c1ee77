"""A relay that does as it is told, with an accept log of its own: the oracle of the tests."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from distribution.delivery import (
    Envelope,
    Evidence,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
)

ACCEPT = Reply(250, "2.0.0 queued")


class Mishap(Enum):
    """What may happen to a mail besides a reply."""

    LOST = auto()
    """The relay takes it, its 250 never arrives."""
    DROPPED = auto()
    """The connection breaks before the relay took it; the sender cannot know."""
    UNAVAILABLE = auto()
    WRONG_SETTINGS = auto()
    NON_ASCII = auto()
    DEFECT = auto()
    """An exception nobody expects."""


@dataclass(frozen=True)
class Refuse:
    """A reply given to RCPT, before the intent."""

    reply: Reply


Script = Mapping[str, list[Reply | Refuse | Mishap]]
"""For each recipient what happens to one attempt after the other; then all is accepted."""


@dataclass
class FakeTransport:
    """Outcomes by recipient; `tells` makes evidence speak, `together` holds mails back."""

    script: Script = field(default_factory=dict)
    tells: bool = False
    together: threading.Barrier | None = None
    """The relay answers only when so many mails lie before it."""
    at_begin: Callable[[Envelope], None] = lambda _envelope: None
    at_finish: Callable[[Envelope], None] = lambda _envelope: None
    accepted: list[Envelope] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)
    closed: int = 0
    most_at_once: int = 0
    _at_once: int = 0

    @property
    def recipients(self) -> Counter[str]:
        """How often each mailbox's mail was taken."""
        return Counter(envelope.recipient for envelope in self.accepted)

    def due(self, recipient: str) -> Reply | Refuse | Mishap:
        waiting = self.script.get(recipient)
        return waiting.pop(0) if waiting else ACCEPT

    async def begin(self, envelope: Envelope) -> "FakeHandover":
        self.offered.append(envelope.recipient)
        self.at_begin(envelope)
        happens = self.due(envelope.recipient)
        match happens:
            case Refuse(reply):
                raise RefusedByRelay(reply)
            case Mishap.UNAVAILABLE:
                raise RelayUnavailable("中继不应答", permanent=False)
            case Mishap.WRONG_SETTINGS:
                raise RelayUnavailable("中继不认识我们", permanent=True)
            case Mishap.NON_ASCII:
                raise NonAsciiAddressUnsupported("中继不支持国际化地址")
            case Mishap.DEFECT:
                raise ZeroDivisionError("a defect")
            case _:
                return FakeHandover(self, envelope, happens)

    def open_lanes(self) -> frozenset[str] | None:
        return None

    async def evidence(self, message_id: str) -> Evidence:
        if not self.tells:
            return Evidence.UNKNOWN
        known = {envelope.message_id for envelope in self.accepted}
        return Evidence.ACCEPTED if message_id in known else Evidence.ABSENT

    async def close(self) -> None:
        self.closed += 1


@dataclass
class FakeHandover:
    """A mail the relay waits for."""

    transport: FakeTransport
    envelope: Envelope
    happens: Reply | Mishap
    relay: str = "relay"

    async def finish(self, body: bytes) -> Reply:
        transport = self.transport
        transport._at_once += 1
        transport.most_at_once = max(transport.most_at_once, transport._at_once)
        try:
            if transport.together is not None:
                await asyncio.to_thread(transport.together.wait, 10)
            return self._answer(body)
        finally:
            transport._at_once -= 1

    def _answer(self, body: bytes) -> Reply:
        self.transport.at_finish(self.envelope)
        if self.happens is Mishap.DROPPED:
            raise OutcomeUnknown("连接断开")
        if self.happens is Mishap.LOST or (
            isinstance(self.happens, Reply) and self.happens.positive
        ):
            self.transport.accepted.append(self.envelope)
            self.transport.bodies.append(body)
        if isinstance(self.happens, Reply):
            return self.happens
        raise OutcomeUnknown("没有收到答复")

    async def abandon(self) -> None:
        self.transport.abandoned.append(self.envelope.recipient)
