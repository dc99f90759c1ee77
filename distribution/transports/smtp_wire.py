"""One SMTP connection as bytes: commands out, replies in, and a total deadline for each step.

A plain asyncio.Protocol rather than streams: it knows at any moment what has arrived unasked
(needed before TLS, before the body and before a connection is used again) and notices at once
when the relay hangs up on an idle connection.
"""

import asyncio
import math
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import cast

from distribution.delivery import Reply

_LONGEST_REPLY = 8 * 1024
_MOST_LINES = 100
_MOST_UNREAD = 4 * _LONGEST_REPLY
_LONGEST_TEXT = 500
_REPLY_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?")
_LINE_END = b"\n"
"""CRLF by the book; a few relays end lines with a bare LF, and in replies that does no harm."""

_REMEMBERED = 64
"""Most replies are the same for every mail."""
_NEVER = math.inf

CLOSING = 421
"""RFC 5321 3.8: the relay is going to close this connection, whatever was asked."""


class BrokenConnection(Exception):
    """The connection can no longer be used: lost, too slow, closing, or not speaking SMTP.

    `reply` is what to report where that happened before the message went: always a 421, the
    relay's own where it said so.
    """

    def __init__(self, reason: str, reply: Reply | None = None) -> None:
        self.reply = reply or Reply(CLOSING, reason)
        super().__init__(reason)


class Intrusion(BrokenConnection):
    """Someone between us and the relay is putting words into its mouth."""


@asynccontextmanager
async def within(limit: timedelta, step: str) -> AsyncIterator[None]:
    """Bound everything inside by one total deadline."""
    try:
        async with asyncio.timeout(limit.total_seconds()):
            yield
    except TimeoutError as error:
        raise BrokenConnection(overdue(step, limit)) from error


def overdue(step: str, limit: timedelta) -> str:
    """In a sentence."""
    return f"{step}超过 {limit.total_seconds():g} 秒没有完成"


def take_lines(buffer: bytearray) -> tuple[int, list[bytes]] | None:
    r"""Cut the first whole reply off the buffer, as code and lines; None where more must come.

    Raises BrokenConnection for what is no reply (RFC 5321 4.2) or an unreasonably long one.

    >>> take_lines(bytearray(b"250-one\r\n250 two\r\n"))
    (250, [b'one', b'two'])
    >>> take_lines(bytearray(b"250-one\r\n250")) is None
    True
    """
    end, code = 0, 0
    texts: list[bytes] = []
    while (line_end := buffer.find(_LINE_END, end, _LONGEST_REPLY)) >= 0:
        of_line, more, text = _parse(bytes(buffer[end:line_end]))
        if code and of_line != code:
            raise BrokenConnection("对方的回答不符合 SMTP")
        code, end = of_line, line_end + 1
        texts.append(text)
        if not more:
            del buffer[:end]
            return code, texts
        if len(texts) >= _MOST_LINES:
            break
    if len(texts) >= _MOST_LINES or len(buffer) >= _LONGEST_REPLY:
        raise BrokenConnection("对方的回答过长")
    return None


@lru_cache(_REMEMBERED)
def _parse(line: bytes) -> tuple[int, bool, bytes]:
    """Code, whether more lines follow, and text of a line of a reply."""
    match = _REPLY_LINE.fullmatch(line.rstrip(b"\r"))
    if match is None:
        raise BrokenConnection("对方的回答不符合 SMTP")
    return int(match[1]), match[2] == b"-", match[3] or b""


@lru_cache(_REMEMBERED)
def clean(raw: bytes) -> str:
    r"""Make a reply's text fit for a table and a log: one line, no control characters, bounded.

    >>> clean("550 用户不存在\x1b[31m\r\n".encode("gb18030"))
    '550 用户不存在 [31m'
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:  # older Chinese relays answer in GBK
        text = raw.decode("gb18030", errors="replace")
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:_LONGEST_TEXT]


class Wire(asyncio.Protocol):
    """The two ends of a connection: what came and was not read, what is still to leave."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._unread = bytearray()
        self._lost = ""
        self._full = False
        self._waiter: asyncio.Future[None] | None = None
        self._step, self._limit, self._until = "", timedelta(0), _NEVER
        self._looks_at = _NEVER
        self._look: asyncio.TimerHandle | None = None

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        # "written" shall mean handed to the kernel, else the body's deadline measures nothing
        self._transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if len(self._unread) > _MOST_UNREAD:
            self._fail("对方发来大量多余的数据")
            self.abort()
        self._wake()

    def eof_received(self) -> None:
        self._fail("对方断开了连接")

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("连接中断" if exc else "对方断开了连接")

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    # what the session calls

    @property
    def usable(self) -> bool:
        """Whether the connection stands and nothing has arrived that nobody asked for."""
        return not self._lost and not self._unread

    def require_usable(self) -> None:
        """Raise BrokenConnection unless it is."""
        if not self.usable:
            raise BrokenConnection("对方断开了连接，或说了多余的话")

    @property
    def left(self) -> bool:
        """Whether everything written has been handed to the kernel."""
        return not self._full

    @property
    def encrypted(self) -> bool:
        return self._open().get_extra_info("ssl_object") is not None

    @property
    def certified_until(self) -> datetime | None:
        """When the other side's certificate runs out; None without TLS."""
        tls: ssl.SSLObject | None = self._open().get_extra_info("ssl_object")
        certificate = tls.getpeercert() if tls is not None else None
        if not certificate:
            return None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)

    def end(self, which: str) -> str:
        """The IP address of our "sockname" or the relay's "peername"."""
        return str(self._open().get_extra_info(which)[0])

    def write(self, *data: bytes) -> None:
        if self._lost:
            raise BrokenConnection(self._lost)
        self._open().writelines(data)

    async def flush(self, limit: timedelta, step: str) -> None:
        """Wait until all has left, or until the relay speaks: then waiting on may be in vain."""
        if self._full and not self._unread:
            self._give(limit, step)
            while self._full and not self._unread:
                await self._news()
            self._until = _NEVER

    async def read_reply(self, limit: timedelta, step: str) -> Reply:
        """Read one reply, which may take so long in all; raises BrokenConnection."""
        code, lines = await self.read_lines(limit, step)
        return Reply(code, clean(b" ".join(lines)))

    async def read_lines(self, limit: timedelta, step: str) -> tuple[int, list[bytes]]:
        """Read one reply line by line, where the lines have a meaning (EHLO)."""
        reply = take_lines(self._unread)
        if reply is None:
            self._give(limit, step)
            while (reply := take_lines(self._unread)) is None:
                await self._news()
            self._until = _NEVER
        return reply

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Change to TLS; raises OSError, of which ssl.SSLError is one, and BrokenConnection.

        Nothing read before may count after (RFC 3207 4.2). Bytes behind the 220 were put there
        by someone who cannot see into TLS and wants them taken for the relay's (CVE-2011-0411).
        """
        if self._unread:
            raise Intrusion("在加密之前插进了多余的数据，可能有人篡改")
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(
            self._open(), self, context, server_hostname=host, ssl_shutdown_timeout=1
        )
        if transport is None:  # the connection was lost during the handshake
            raise BrokenConnection("对方断开了连接")
        self.connection_made(transport)

    def abort(self) -> None:
        """Close now; what has not left will not leave."""
        self._fail("连接已关闭")
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if self._transport is not None:
            self._transport.abort()

    # deadlines

    def _give(self, limit: timedelta, step: str) -> None:
        """Bound all the waiting for one step.

        Not by a timer for each step of each mail: one that stands is left alone, and looks again
        when it goes off too early.
        """
        self._step, self._limit = step, limit
        self._until = asyncio.get_running_loop().time() + limit.total_seconds()
        if self._until < self._looks_at:
            if self._look is not None:
                self._look.cancel()
            self._look_at(self._until)

    def _look_at(self, when: float) -> None:
        loop = asyncio.get_running_loop()
        self._looks_at, self._look = when, loop.call_at(when, self._look_now)

    def _look_now(self) -> None:
        self._looks_at, self._look = _NEVER, None
        if self._lost or self._until == _NEVER:
            return
        if asyncio.get_running_loop().time() < self._until:
            self._look_at(self._until)
            return
        self._fail(overdue(self._step, self._limit))

    def _open(self) -> asyncio.Transport:
        assert self._transport is not None  # noqa: S101 - set before anyone else holds the wire
        return self._transport

    def _fail(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _news(self) -> None:
        if self._lost:
            raise BrokenConnection(self._lost)
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
