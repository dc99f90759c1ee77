"""An SMTP relay as a transport: a few connections, kept and shared by many tasks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from distribution.delivery import (
    Envelope,
    Evidence,
    NonAsciiAddressUnsupported,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
)
from distribution.transports.checks import check_envelope
from distribution.transports.relay import Relay
from distribution.transports.smtp_session import Session
from distribution.transports.smtp_wire import BrokenConnection


class SmtpRelay:
    """Hands messages to one relay (RFC 5321), one recipient per transaction.

    Used by one event loop. At most `relay.connections` hand-overs are under way; further `begin`
    wait in the order they came. Every hand-over must be ended by `finish` or `abandon`.
    """

    def __init__(self, relay: Relay) -> None:
        self._relay, self._identity = relay, relay.identity
        self._permits = asyncio.Semaphore(relay.connections)
        self._idle: list[Session] = []
        """Each counts against no permit: one is only opened by a holder who found none here."""
        self._closed = False

    async def begin(self, envelope: Envelope) -> "SmtpHandover":
        """Bring one transaction up to the relay's 354."""
        check_envelope(envelope)
        await self._permits.acquire()
        try:
            session = await self._offer(envelope)
        except BaseException:
            self._permits.release()
            raise
        return SmtpHandover(session, self._give_back, self._identity)

    def open_lanes(self) -> None:
        """All of them."""

    async def evidence(self, message_id: str) -> Evidence:  # noqa: ARG002 - SMTP has no question for it
        """Tell nothing: SMTP cannot ask what became of a message."""
        return Evidence.UNKNOWN

    async def close(self) -> None:
        """Say QUIT on all idle connections; those still in use leave when they are done."""
        self._closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(session.quit() for session in idle))

    async def _offer(self, envelope: Envelope) -> Session:
        resting = self._rested()
        if resting is not None:
            # the relay may have closed it meanwhile; nothing was sent, so once more on a new one
            with suppress(BrokenConnection):
                return await self._offer_on(resting, envelope)
        session = await Session.open(self._relay)
        try:
            return await self._offer_on(session, envelope)
        except BrokenConnection as broken:
            raise RefusedByRelay(broken.reply) from broken

    async def _offer_on(self, session: Session, envelope: Envelope) -> Session:
        try:
            await session.offer(envelope)
        except (RefusedByRelay, RelayUnavailable, NonAsciiAddressUnsupported):
            self._keep(session)
            raise
        return session

    def _rested(self) -> Session | None:
        """The idle connection used last, if there is a good one."""
        while self._idle:
            session = self._idle.pop()
            if not session.stale:
                return session
            session.leave()
        return None

    def _give_back(self, session: Session) -> None:
        self._keep(session)
        self._permits.release()

    def _keep(self, session: Session) -> None:
        if session.reusable and not self._closed:
            session.rest()
            self._idle.append(session)
        else:
            session.leave()


class SmtpHandover:
    """A message the relay said 354 to."""

    def __init__(self, session: Session, give_back: Callable[[Session], None], relay: str) -> None:
        self._session, self._give_back, self.relay = session, give_back, relay
        self._ended = False

    async def finish(self, body: bytes) -> Reply:
        """Send the message; a second call is a defect and sends nothing."""
        if self._ended:
            raise RuntimeError("this hand-over has ended: begin another")
        self._ended = True
        try:
            return await self._session.send(body)
        finally:
            self._give_back(self._session)

    async def abandon(self) -> None:
        """Close the connection without the dot; does nothing once the hand-over has ended."""
        if not self._ended:
            self._ended = True
            self._session.abort()
            self._give_back(self._session)
