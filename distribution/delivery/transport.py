"""The door to the next hop: what a transport must do, and the values that pass through it.

A message is handed over in two steps so that the ledger can record the intent between them:
`begin` brings the relay to the point where only the message itself is missing (its `354`),
`finish` sends the message and returns the final reply. Whatever is lost inside `finish` is in
doubt; whatever is lost before it has certainly not been sent (RFC 5321 4.1.1.4, RFC 1047).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Protocol

from distribution.errors import DistributionError


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a message is from and for, on the wire; exactly one recipient."""

    sender: str
    """The return path."""
    recipient: str
    message_id: str
    """With its angle brackets; the same on every attempt."""
    lane: str = ""
    """Which way it goes where there are several, see `replies.lane_of`."""
    seven_bit: bool = False
    """Its message is known to be 7-bit lines that end in CRLF and begin with no dot."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a relay answered, for example 550 "5.1.1 no such user"."""

    code: int
    text: str
    """Cleaned of control characters, lines joined by a blank, at most 500 characters."""

    @property
    def positive(self) -> bool:
        """Whether the relay agreed (2xx, or 3xx for DATA)."""
        return 200 <= self.code < 400  # noqa: PLR2004 - RFC 5321 4.2.1


class Evidence(Enum):
    """What a transport can prove about an earlier hand-over."""

    ACCEPTED = "accepted"
    ABSENT = "absent"
    """Certainly not accepted, and it can no longer happen: it may be sent again."""
    UNKNOWN = "unknown"


class TransportError(DistributionError):
    """The base of what can go wrong on the way to the next hop."""

    exit_code = 1  # the run is released and goes on once the relay is back


class RelayUnavailable(TransportError):
    """Raised by `begin` when the relay deals with nobody now; says nothing about a recipient.

    Connecting, greeting, TLS or log-in failed, or the sender was refused for good. No delivery
    should count it as an attempt. `permanent` tells whether waiting can help, `wait` how long it
    is at least, and `others_go_on` whether mails of other lanes fare better.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        wait: timedelta = timedelta(0),
        others_go_on: bool = False,
    ) -> None:
        self.permanent, self.wait, self.others_go_on = permanent, wait, others_go_on
        super().__init__(message)


class RefusedByRelay(TransportError):
    """Raised by `begin` when the relay refuses this message or recipient: certainly not sent.

    `reply` is the relay's answer; a connection lost before the message went is reply 421.
    """

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(f"{reply.code} {reply.text}")


class NonAsciiAddressUnsupported(TransportError):
    """Raised by `begin` for a non-ASCII mailbox where the relay offers no SMTPUTF8 (RFC 6531)."""


class OutcomeUnknown(TransportError):
    """Raised by `finish` when the final reply did not arrive: the message may have been taken."""


class Handover(Protocol):
    """A message the relay waits for."""

    relay: str
    """Which relay that is, for `deliveries.relay`: whose log may know what became of it."""

    async def finish(self, body: bytes) -> Reply:
        """Send the message and return the relay's final reply, positive or not.

        `body` is the whole RFC 5322 message with CRLF line ends, not yet dot-stuffed. Raises
        OutcomeUnknown where the message was begun and no definite reply came back.
        """
        ...

    async def abandon(self) -> None:
        """Leave without sending the message: the relay must not have taken anything."""
        ...


class Transport(Protocol):
    """A way to the next hop; used by one event loop, by many tasks at a time."""

    async def begin(self, envelope: Envelope) -> Handover:
        """Bring one transaction up to the message itself.

        Raises RelayUnavailable, RefusedByRelay or NonAsciiAddressUnsupported.
        """
        ...

    def open_lanes(self) -> frozenset[str] | None:
        """The only lanes that can be served now; None where all can, or where none can."""
        ...

    async def evidence(self, message_id: str) -> Evidence:
        """Tell what became of an earlier hand-over of this message."""
        ...

    async def close(self) -> None:
        """Say goodbye on all idle connections."""
        ...
