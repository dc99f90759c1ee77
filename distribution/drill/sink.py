"""A relay on loopback that keeps what it takes in a log, and is not always well behaved.

The log is written and handed to the system before the 250 is said: what stands in it was taken,
what does not stand in it was not.
"""

import asyncio
import threading
import time
from collections import Counter
from contextlib import suppress
from enum import Enum
from pathlib import Path
from random import Random
from typing import Self

HOST = "127.0.0.1"
_LARGEST = 4 * 1024 * 1024
"""Bytes of a mail; also how much of one line asyncio keeps."""
_LOOK = 0.01
"""Seconds between two looks whether the next mail may come."""
_WAIT = 10.0
"""Seconds for the thread to start or end."""


class Mishap(Enum):
    """How it misbehaves, with what share of the mails."""

    LATER = "later", 0.01, "收件人暂时不收（451）"
    NOT_NOW = "not_now", 0.01, "收到正文后答 451"
    BROKEN = "broken", 0.01, "正文收到一半挂断"
    SPEECHLESS = "speechless", 0.01, "收下了，没有答复就挂断"

    def __init__(self, code: str, share: float, sentence: str) -> None:
        self.code, self.share, self.sentence = code, share, sentence

    @property
    def doubtful(self) -> bool:
        """Whether the sender cannot know what became of the mail, without any kill."""
        return self in (Mishap.BROKEN, Mishap.SPEECHLESS)


class _HungUp(Exception):
    """The conversation is over."""


class Sink:
    """Use as a context manager: it works in a thread of its own.

    A mail may begin only while fewer than `allowed` have been taken or are coming, so that the
    kills are spread over the whole run however fast the machine is.
    """

    def __init__(self, log: Path, chance: Random) -> None:
        self.port = 0
        self.taken = 0
        self.allowed = 0
        self.behaved = False
        """Whether nothing goes wrong any more."""
        self.coming: set[_Talk] = set()
        self.mishaps: Counter[Mishap] = Counter()
        self._log, self._chance = log.open("a", encoding="utf-8"), chance
        self._talks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(
            target=asyncio.run, args=(self._serve(),), name="sink", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_WAIT):
            raise TimeoutError("the sink does not start")
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_WAIT)
        self._log.close()

    def take(self, recipient: str) -> None:
        """Take responsibility for a mail; the 250 may be said after this and not before."""
        self._log.write(f"{recipient}\n")
        self._log.flush()
        self.taken += 1

    def hang_up_the_dead(self) -> None:
        """Wait until all that has come was dealt with; nobody may be connected who lives."""
        until = time.monotonic() + _WAIT
        while self._talks and time.monotonic() < until:
            time.sleep(_LOOK)

    def mishap(self) -> Mishap | None:
        """What will go wrong with the next mail, if anything."""
        if self.behaved:
            return None
        left = self._chance.random()
        for kind in Mishap:
            left -= kind.share
            if left < 0:
                return kind
        return None

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._welcome, HOST, 0, limit=_LARGEST)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(self._talk(_Talk(self, reader, writer)))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, talk: "_Talk") -> None:
        try:
            with suppress(_HungUp, ConnectionError, asyncio.IncompleteReadError):
                await talk.run()
        finally:
            self.coming.discard(talk)
            talk.writer.transport.abort()


class _Talk:
    """One connection's conversation; one recipient per mail, as we send them."""

    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.recipient = ""
        self.fate: Mishap | None = None

    async def run(self) -> None:
        answers = {"MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data, "RSET": self.rset}
        await self.say("220 drill.test ESMTP")
        while True:
            line = (await self.reader.readline()).decode("ascii", "replace").rstrip()
            verb = line[:4].upper()
            if verb in ("", "QUIT"):
                raise _HungUp
            if verb == "EHLO":
                await self.say("250-drill.test\r\n250 PIPELINING")
            elif verb in answers:
                await answers[verb](line)
            else:
                await self.say("500 5.5.1 what?")

    async def say(self, words: str) -> None:
        self.writer.write(f"{words}\r\n".encode())
        await self.writer.drain()

    async def mail(self, _line: str) -> None:
        while self.sink.taken + len(self.sink.coming) >= self.sink.allowed:  # noqa: ASYNC110 - another thread allows
            await asyncio.sleep(_LOOK)
        self.sink.coming.add(self)
        self.recipient, self.fate = "", self.sink.mishap()
        await self.say("250 2.1.0 ok")

    async def rcpt(self, line: str) -> None:
        if self.befalls(Mishap.LATER):
            self.sink.coming.discard(self)
            await self.say("451 4.3.0 drill: try again later")
            return
        self.recipient = line.partition("<")[2].partition(">")[0]
        await self.say("250 2.1.5 ok")

    async def data(self, _line: str) -> None:
        if not self.recipient:
            await self.say("554 5.5.1 no valid recipients")
            return
        await self.say("354 go ahead")
        if self.fate is Mishap.BROKEN:
            await self.reader.readexactly(1)
            self.befalls(Mishap.BROKEN)
            raise _HungUp
        await self.reader.readuntil(b"\r\n.\r\n")
        self.sink.coming.discard(self)
        if self.befalls(Mishap.NOT_NOW):
            await self.say("451 4.3.0 drill: not now")
            return
        self.sink.take(self.recipient)
        if self.befalls(Mishap.SPEECHLESS):
            raise _HungUp
        await self.say("250 2.0.0 taken")

    async def rset(self, _line: str) -> None:
        self.recipient = ""
        await self.say("250 2.0.0 ok")

    def befalls(self, kind: Mishap) -> bool:
        """Whether this goes wrong now; counted."""
        if self.fate is not kind:
            return False
        self.sink.mishaps[kind] += 1
        return True
