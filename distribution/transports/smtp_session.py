"""Mail transactions on one connection: offer an envelope, send the body, read the verdict."""

import asyncio
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from typing import NoReturn

from distribution.delivery import (
    Envelope,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    Point,
    RefusedByRelay,
    Reply,
    last_time,
    reached,
)
from distribution.transports.checks import check_body
from distribution.transports.relay import Relay
from distribution.transports.smtp_greeting import Extensions, greet
from distribution.transports.smtp_wire import CLOSING, BrokenConnection, Wire

Command = tuple[str, bytes, timedelta]
"""A step's name, what to write, how long the reply may take."""

Refusal = tuple[str, Reply]

_SEND_IT = 354
_DONE = 250
_DOT = b".\r\n"
_BODY = "发送正文"


class Session:
    """One connection to the relay: greeted, logged in, one transaction after another."""

    def __init__(self, relay: Relay, wire: Wire, extensions: Extensions) -> None:
        self._relay, self._wire, self._limits = relay, wire, relay.timeouts
        self._offers = extensions
        self._pipelines = "PIPELINING" in extensions
        self._mails = 0
        self._seven_bit = self._utf8 = False
        """Of the transaction under way: the message needs no look; its header may be UTF-8."""
        self._refused = False
        """The relay still holds the envelope of a refused transaction: RSET before the next."""
        self._idle_since = asyncio.get_running_loop().time()

    @classmethod
    async def open(cls, relay: Relay) -> "Session":
        """Connect and log in; raises RelayUnavailable."""
        return cls(relay, *await greet(relay))

    @property
    def offers(self) -> Extensions:
        """What the relay said it can do."""
        return dict(self._offers)

    @property
    def peer(self) -> str:
        """The relay's IP address."""
        return self._wire.end("peername")

    @property
    def certified_until(self) -> datetime | None:
        """When the relay's certificate runs out; None without TLS."""
        return self._wire.certified_until

    @property
    def reusable(self) -> bool:
        """Whether another mail may go over this connection."""
        return self._wire.usable and self._mails < self._relay.mails_per_connection

    @property
    def stale(self) -> bool:
        """Whether it has lain unused for so long that relay or firewall may have dropped it."""
        idle = asyncio.get_running_loop().time() - self._idle_since
        return not self.reusable or idle > self._limits.idle.total_seconds()

    def rest(self) -> None:
        """Begin to lie unused."""
        self._idle_since = asyncio.get_running_loop().time()

    async def offer(self, envelope: Envelope) -> None:
        """Bring a transaction up to the relay's 354.

        Raises BrokenConnection where the connection cannot be used any more; after any other
        error it can. Either way nothing was sent.
        """
        commands = self._commands(envelope)
        try:
            self._wire.require_usable()
            self._mails += 1
            await self._forget_refused()
            if self._pipelines:
                refusal = await self._all_at_once(commands)
            else:
                refusal = await self._one_by_one(commands)
        except BaseException:
            self._wire.abort()
            raise
        if refusal is not None:
            self._raise(*refusal)

    async def send(self, body: bytes) -> Reply:
        """Send the message and return the final reply, which is definite.

        Raises ValueError before anything is written, OutcomeUnknown once something was.
        """
        clear = False
        try:
            data = body if self._seven_bit else stuffed(body, utf8=self._utf8)
            if not self._wire.usable:  # lost, or it spoke before it was its turn
                return Reply(CLOSING, "连接在正文发出之前已不可用")
            reply, all_left = await self._body_and_dot(data)
            clear = all_left and reply.code != CLOSING
        except BrokenConnection as broken:
            where = f"{self._relay.host}:{self._relay.port}"
            message = f"中继 {where} 没有给出最后的答复（{broken}）：这封信是否已被接收尚不清楚。"
            raise OutcomeUnknown(message) from broken
        finally:
            if not clear:
                self._wire.abort()
        return reply

    def abort(self) -> None:
        """Close without the dot: an unfinished message is no message (RFC 5321 4.1.1.4)."""
        self._wire.abort()

    def leave(self) -> None:
        """Say QUIT without waiting for the answer."""
        with suppress(BrokenConnection):
            self._wire.write(b"QUIT\r\n")  # goes to the kernel at once: nothing is queued
        self._wire.abort()

    async def quit(self) -> None:
        """Say QUIT and wait a moment for the answer (RFC 5321 4.1.1.10)."""
        with ExitStack() as undo, suppress(BrokenConnection):
            undo.callback(self._wire.abort)
            await self._ask(b"QUIT\r\n", "QUIT", self._limits.quit)

    # the envelope

    def _commands(self, envelope: Envelope) -> list[Command]:
        utf8, self._utf8, self._seven_bit = "", False, envelope.seven_bit
        if not (envelope.sender.isascii() and envelope.recipient.isascii()):
            if "SMTPUTF8" not in self._offers:
                where = f"{self._relay.host}:{self._relay.port}"
                message = (
                    f"中继 {where} 不支持非 ASCII 邮箱地址（SMTPUTF8）：请向读者要一个 ASCII 地址。"
                )
                raise NonAsciiAddressUnsupported(message)
            utf8, self._utf8 = " SMTPUTF8", True
        return [
            ("MAIL", f"MAIL FROM:<{envelope.sender}>{utf8}\r\n".encode(), self._limits.mail),
            ("RCPT", f"RCPT TO:<{envelope.recipient}>\r\n".encode(), self._limits.rcpt),
            ("DATA", b"DATA\r\n", self._limits.data),
        ]

    async def _forget_refused(self) -> None:
        if self._refused:
            reply = await self._ask(b"RSET\r\n", "RSET", self._limits.mail)
            if reply.code != _DONE:
                raise BrokenConnection("对方不接受 RSET")
            self._refused = False

    async def _one_by_one(self, commands: list[Command]) -> Refusal | None:
        for step, command, limit in commands:
            reply = await self._ask(command, step, limit)
            if not self._agreed(step, reply):
                return step, reply
        return None

    async def _all_at_once(self, commands: list[Command]) -> Refusal | None:
        """The same in one write (RFC 2920): one round trip instead of three."""
        self._wire.write(b"".join(command for _, command, _ in commands))
        refusal: Refusal | None = None
        for step, _, limit in commands:
            try:
                reply = await self._wire.read_reply(limit, step)
                agreed = self._agreed(step, reply)
            except BrokenConnection:
                if refusal is None:
                    raise
                self._wire.abort()  # what was refused stays refused
                return refusal
            if not agreed and refusal is None:
                refusal = step, reply
            elif agreed and step == "DATA" and refusal is not None:
                await self._send_nothing()
        return refusal

    def _agreed(self, step: str, reply: Reply) -> bool:
        """Whether the relay said yes; raises BrokenConnection where it cannot be the answer."""
        if reply.code == CLOSING:
            self._wire.abort()
            if step == "MAIL":  # tired of the connection, not of the message
                raise BrokenConnection(reply.text, reply)
        agreed = reply.code == _SEND_IT if step == "DATA" else 200 <= reply.code < 300  # noqa: PLR2004 - RFC 5321 4.2.1
        if not agreed and reply.code < 400:  # noqa: PLR2004 - RFC 5321 4.2.1
            raise BrokenConnection(f"对方对 {step} 答非所问（{reply.code}）")
        self._refused = self._refused or not agreed
        return agreed

    async def _send_nothing(self) -> None:
        """Answer a 354 that came although there is no recipient: a lone dot (RFC 2920 3.1)."""
        with suppress(BrokenConnection):
            await self._ask(b".\r\n", "DATA", self._limits.data)
            return
        self._wire.abort()

    def _raise(self, step: str, reply: Reply) -> NoReturn:
        if step == "MAIL" and reply.code >= 500:  # noqa: PLR2004 - RFC 5321 4.2.1: for good
            what = f"不接受退信地址（{reply.code} {reply.text}）"
            advice = "请检查发件设置，或联系中继管理员"
            raise self._relay.unavailable(what, advice, permanent=True)
        raise RefusedByRelay(reply)

    # the message

    async def _body_and_dot(self, data: bytes) -> tuple[Reply, bool]:
        """The final reply, and whether the whole message had left before it came."""
        if last_time(Point.HALF_BODY):  # a drill: the relay is to get half of it
            self._wire.write(data[: len(data) // 2])
            await self._wire.flush(self._limits.body, _BODY)
        reached(Point.HALF_BODY)
        self._wire.write(data, _DOT)
        await self._wire.flush(self._limits.body, _BODY)
        all_left = self._wire.left
        reached(Point.AFTER_DOT)
        reply = await self._wire.read_reply(self._limits.dot, "最后的答复")
        if 300 <= reply.code < 400 or (reply.code < 300 and not all_left):  # noqa: PLR2004 - RFC 5321 4.2.1
            raise BrokenConnection(f"对方答非所问（{reply.code}）")
        return reply, all_left

    async def _ask(self, command: bytes, step: str, limit: timedelta) -> Reply:
        self._wire.write(command)
        return await self._wire.read_reply(limit, step)


def stuffed(body: bytes, *, utf8: bool = False) -> bytes:
    r"""The message as it goes over the wire before its dot: dots doubled (RFC 5321 4.5.2).

    >>> stuffed(b".a\r\n..b\r\nc")
    b'..a\r\n...b\r\nc\r\n'
    """
    check_body(body, utf8=utf8)
    data = body.replace(b"\r\n.", b"\r\n..")
    if data.startswith(b"."):
        data = b"." + data
    if data and not data.endswith(b"\r\n"):
        data += b"\r\n"
    return data
