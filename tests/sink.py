"""A relay to test against: real SMTP on loopback, an accept log, and misbehaviour on order.

The accept log is the oracle of every test about lost or doubled mail: an entry is written and
flushed before the 250 is said, as a real relay has the message on disk before it agrees.

    with Sink({Step.RCPT: Fault(Act.SAY, "451 4.7.1 later", times=1)}) as sink:
        ...  # send to sink.host, sink.port
    assert [mail.recipient for mail in sink.accepted] == ["reader@example.cn"]
"""

import asyncio
import json
import re
import socket
import ssl
import struct
import threading
from base64 import b64decode
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Self

_MOST_AT_ONCE = 500
_CHUNK = 64 * 1024
_HEADER = re.MULTILINE | re.IGNORECASE


class Step(Enum):
    """Where in the conversation the sink may misbehave: in place of its reply to that step."""

    BANNER = auto()
    EHLO = auto()
    STARTTLS = auto()
    AUTH = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    BODY = auto()
    """In the middle of the message; whatever is said there, the message is not accepted."""
    DOT = auto()
    """The message has come, but is not accepted."""
    ACCEPTED = auto()
    """The message stands in the accept log already."""
    RSET = auto()
    QUIT = auto()


class Act(Enum):
    """How it misbehaves."""

    SAY = auto()
    """Another reply (`text`) than the usual one; at DOT a 2xx still accepts nothing."""
    LEAVE = auto()
    """That reply, then close."""
    CLOSE = auto()
    RESET = auto()
    HANG = auto()
    """Say nothing until the client gives up."""
    SLOW = auto()
    """The usual reply, one byte every `pause` seconds."""
    TWICE = auto()
    LINES = auto()
    """The usual reply in three lines: unusual, but right."""
    GARBAGE = auto()
    LONG_LINE = auto()
    """10 KB in one line, with the usual code."""


@dataclass(frozen=True)
class Fault:
    """One kind of misbehaviour at one step: `spare` times all goes well, then `times` not."""

    act: Act
    text: str = ""
    times: int = 1_000_000
    spare: int = 0
    pause: float = 0.1

    def words(self, usual: str) -> str:
        """What is said in place of the usual reply."""
        code = usual[:3]
        said = {
            Act.SAY: self.text,
            Act.LEAVE: self.text,
            Act.SLOW: usual,
            Act.TWICE: f"{usual}\r\n{usual}",
            Act.LINES: f"{code}-one\r\n{code}-two\r\n{usual}",
            Act.GARBAGE: "\x00\x1b[2J not a reply",
            Act.LONG_LINE: f"{code} {'x' * 10_000}",
        }.get(self.act)
        return "" if said is None else f"{said}\r\n"


@dataclass(frozen=True)
class Accepted:
    """A message the sink has taken responsibility for."""

    message_id: str
    recipient: str
    sender: str
    size: int
    raw: bytes = b""


class Sink:
    """Use as a context manager; runs in a thread with its own event loop.

    `refuse` maps recipients to replies; `users` to passwords (then AUTH is offered); `tls` offers
    STARTTLS; `delay` (seconds) goes before each reply; `log` also keeps the accept log as a file
    of JSON lines; after `mails_per_connection` the next MAIL is answered with 421.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        faults: Mapping[Step, Fault] | None = None,
        *,
        extensions: tuple[str, ...] = ("PIPELINING", "SMTPUTF8"),
        refuse: Mapping[str, str] | None = None,
        users: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        delay: float = 0,
        mails_per_connection: int | None = None,
        log: Path | None = None,
    ) -> None:
        self.faults, self.refuse, self.users = dict(faults or {}), refuse or {}, users or {}
        self.extensions, self.tls, self.delay = extensions, tls, delay
        self.mails_per_connection, self.log = mails_per_connection, log
        self.port = 0
        self.accepted: list[Accepted] = []
        self.commands: list[str] = []
        self.batches: list[str] = []
        """The commands that came together with a later one: pipelined."""
        self.unfinished = 0
        """Messages that were begun and never got their dot."""
        self.connections = self.open_now = self.most_open = 0
        self._seen: Counter[Step] = Counter()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def accept(self, mail: Accepted) -> None:
        """Take responsibility; called before the 250 is said."""
        if self.log is not None:
            entry = {key: value for key, value in asdict(mail).items() if key != "raw"}
            with self.log.open("a", encoding="utf-8") as file:  # closing it flushes
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.accepted.append(mail)

    def due(self, step: Step) -> Fault | None:
        """The misbehaviour on order for this step, this time."""
        fault = self.faults.get(step)
        seen = self._seen[step]
        self._seen[step] += 1
        if fault is None or not fault.spare <= seen < fault.spare + fault.times:
            return None
        return fault

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._welcome, self.host, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        await server.wait_closed()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.open_now >= _MOST_AT_ONCE:
            writer.transport.abort()
            return
        task = asyncio.ensure_future(self._talk(_Talk(self, reader, writer)))
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)

    async def _talk(self, talk: "_Talk") -> None:
        self.connections += 1
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            with suppress(_HungUp, ConnectionError, ssl.SSLError):
                await talk.run()
        finally:
            self.open_now -= 1
            talk.writer.close()


class _HungUp(Exception):
    """The conversation is over."""


class _Talk:
    """One connection's conversation."""

    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.unread = bytearray()
        self.sender: str | None = None
        self.recipient: str | None = None
        self.mails = 0
        self.encrypted = False

    async def run(self) -> None:
        await self.reply(Step.BANNER, "220 sink.test ESMTP")
        answers: dict[str, Callable[[str], Awaitable[None]]] = {
            "EHLO": self.ehlo, "HELO": self.helo, "STARTTLS": self.starttls, "AUTH": self.auth,
            "MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data, "RSET": self.rset,
            "QUIT": self.quit,
        }  # fmt: skip
        while True:
            line = (await self.line()).decode(errors="replace").rstrip("\r\n")
            self.sink.commands.append(line)
            if self.unread:
                self.sink.batches.append(line)
            verb, _, rest = line.partition(" ")
            answer = answers.get(verb.upper())
            await (answer(rest) if answer else self.say("500 5.5.1 what?"))

    async def line(self) -> bytes:
        """The next line with its end; the client's leaving ends the conversation."""
        while (end := self.unread.find(b"\n")) < 0:
            chunk = await self.reader.read(_CHUNK)
            if not chunk:
                raise _HungUp
            self.unread += chunk
        line = bytes(self.unread[: end + 1])
        del self.unread[: end + 1]
        return line

    async def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())
        await self.writer.drain()

    async def reply(self, step: Step, usual: str) -> bool:
        """Reply, or misbehave as ordered; true where the usual reply was said."""
        await asyncio.sleep(self.sink.delay)
        fault = self.sink.due(step)
        if fault is None:
            await self.say(usual)
            return True
        return await self.misbehave(fault, usual)

    async def misbehave(self, fault: Fault, usual: str) -> bool:
        pause = fault.pause if fault.act is Act.SLOW else 0
        words = fault.words(usual).encode()
        for piece in (bytes([byte]) for byte in words) if pause else (words,):
            self.writer.write(piece)
            await asyncio.sleep(pause)
        if fault.act is Act.HANG:
            while await self.reader.read(_CHUNK):
                pass
        if fault.act is Act.RESET:
            linger = struct.pack("ii", 1, 0)  # close() then sends RST instead of FIN
            sock = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.writer.transport.abort()
        if fault.act in {Act.LEAVE, Act.CLOSE, Act.RESET, Act.HANG}:
            raise _HungUp
        return fault.act in {Act.SLOW, Act.TWICE, Act.LINES, Act.LONG_LINE}

    # commands

    async def ehlo(self, _name: str) -> None:
        offers = list(self.sink.extensions)
        if self.sink.tls is not None and not self.encrypted:
            offers.append("STARTTLS")
        if self.sink.users:
            offers.append("AUTH PLAIN")
        lines = ["sink.test", *offers]
        usual = "".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}"
        await self.reply(Step.EHLO, usual)

    async def helo(self, _name: str) -> None:
        await self.say("250 sink.test")

    async def starttls(self, _rest: str) -> None:
        if self.sink.tls is None:
            await self.say("502 5.5.1 no TLS here")
        elif await self.reply(Step.STARTTLS, "220 2.0.0 go ahead"):
            self.unread.clear()
            await self.writer.start_tls(self.sink.tls)
            self.encrypted = True

    async def auth(self, rest: str) -> None:
        _, user, password = b64decode(rest.removeprefix("PLAIN ")).decode().split("\0")
        if self.sink.users.get(user) == password:
            await self.reply(Step.AUTH, "235 2.7.0 welcome")
        else:
            await self.say("535 5.7.8 wrong user or password")

    async def mail(self, rest: str) -> None:
        limit = self.sink.mails_per_connection
        if limit is not None and self.mails >= limit:
            await self.say("421 4.7.0 enough for one connection")
            raise _HungUp
        if self.sender is not None:
            await self.say("503 5.5.1 nested MAIL")
        elif await self.reply(Step.MAIL, "250 2.1.0 ok"):
            self.sender = _address(rest)

    async def rcpt(self, rest: str) -> None:
        recipient = _address(rest)
        if self.sender is None:
            await self.say("503 5.5.1 MAIL first")
        elif recipient in self.sink.refuse:
            await self.say(self.sink.refuse[recipient])
        elif await self.reply(Step.RCPT, "250 2.1.5 ok"):
            self.recipient = recipient

    async def data(self, _rest: str) -> None:
        known = self.recipient is not None
        usual = "354 go ahead" if known else "554 5.5.1 no valid recipients"
        fault = self.sink.faults.get(Step.DATA)
        eager = fault is not None and fault.text.startswith("354")  # whether known or not
        if known if await self.reply(Step.DATA, usual) else eager:
            await self.message()

    async def message(self) -> None:
        self.sink.unfinished += 1
        lines: list[bytes] = []
        spoilt = False
        fault = self.sink.due(Step.BODY)
        while (line := await self.line()) != b".\r\n":
            if fault is not None and not spoilt:
                spoilt = True
                await self.misbehave(fault, "250 2.0.0 ok")
            lines.append(line[1:] if line.startswith(b".") else line)
        self.sink.unfinished -= 1
        if not spoilt:
            await self.verdict(b"".join(lines))
        self.sender = self.recipient = None

    async def verdict(self, raw: bytes) -> None:
        fault = self.sink.due(Step.DOT)
        if fault is not None:
            await self.misbehave(fault, "250 2.0.0 not really")
        elif self.recipient is None or self.sender is None:
            await self.say("554 5.5.1 no valid recipients")
        else:
            self.mails += 1
            found = re.search(rb"^message-id:\s*(\S+)", raw.partition(b"\r\n\r\n")[0], _HEADER)
            message_id = found[1].decode(errors="replace") if found else ""
            self.sink.accept(Accepted(message_id, self.recipient, self.sender, len(raw), raw))
            await self.reply(Step.ACCEPTED, "250 2.0.0 taken")

    async def rset(self, _rest: str) -> None:
        if await self.reply(Step.RSET, "250 2.0.0 ok"):
            self.sender = self.recipient = None

    async def quit(self, _rest: str) -> None:
        await self.reply(Step.QUIT, "221 2.0.0 bye")
        raise _HungUp


def _address(rest: str) -> str:
    """The address of "FROM:<a@b> SMTPUTF8" and "TO:<a@b>"."""
    return rest.partition("<")[2].partition(">")[0]
