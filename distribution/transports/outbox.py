"""A folder of .eml files as a transport: needs no relay, and is never in doubt."""

import asyncio
import glob
import hashlib
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from distribution.delivery import (
    Envelope,
    Evidence,
    OutcomeUnknown,
    RelayUnavailable,
    Reply,
)
from distribution.transports.checks import check_body, check_envelope

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9._@+=-]{0,120}")
"""Lower case only: some file systems take A and a for the same file."""

_UNSAFE = re.compile(r"[^a-z0-9_-]+")


class Outbox:
    """Writes each message to one file, whole or not at all; the same Message-ID, the same file.

    The first two lines of a file are its envelope, X-Sender and X-Receiver: what the pickup
    folders of mail servers read (IIS and Exchange, SocketLabs), so that a folder can be sent
    later. Return-Path and Delivered-To say that a mail has arrived, and make relays see a loop.

    Files must stay in the folder until their run is settled: `evidence` is what lies there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, message_id: str) -> Path:
        """Where the message with this id is, or would be."""
        return self._folder / file_name(message_id)

    def forget(self, message_id: str) -> bool:
        """Remove a message and what is left of drafts of it; False where none was there.

        Raises OSError where a file stays.
        """
        target = self.file(message_id)
        drafts = list(self._folder.glob(f".{glob.escape(target.stem[:60])}.*.tmp"))
        found = [file for file in (target, *drafts) if file.exists()]
        for file in found:
            file.unlink(missing_ok=True)
        return bool(found)

    async def begin(self, envelope: Envelope) -> "OutboxHandover":
        """Start a temporary file, to learn now whether the folder takes files."""
        check_envelope(envelope)
        target = self.file(envelope.message_id)
        draft = target.with_name(f".{target.stem[:60]}.{secrets.token_hex(8)}.tmp")
        handover = OutboxHandover(draft, target)
        try:
            await asyncio.to_thread(_start, draft, envelope)
        except OSError as error:
            message = (
                f"发件文件夹 {self._folder} 写不进去（{error.strerror}）：请检查磁盘空间和权限。"
            )
            raise RelayUnavailable(message, permanent=False) from error
        return handover

    def open_lanes(self) -> None:
        """All of them."""

    async def evidence(self, message_id: str) -> Evidence:
        """Look for the file. A folder that is gone, perhaps not mounted, proves nothing."""
        return await asyncio.to_thread(_look, self.file(message_id))

    async def close(self) -> None:
        """Nothing is kept open."""


class OutboxHandover:
    """A temporary file that holds the envelope and waits for the message."""

    relay = "outbox"

    def __init__(self, draft: Path, target: Path) -> None:
        self._draft, self._target = draft, target
        self._ended = False

    async def finish(self, body: bytes) -> Reply:
        """Write the message; where that fails nothing is left and the reply is a 452.

        Raises OutcomeUnknown only where the file has its name but may not survive a power cut.
        In a thread: the disk's answer takes milliseconds, which other connections can use.
        """
        if self._ended:
            raise RuntimeError("this hand-over has ended: begin another")
        self._ended = True
        try:
            check_body(body)
        except ValueError:
            await asyncio.to_thread(_discard, self._draft)
            raise
        return await asyncio.to_thread(self._deliver, body)

    async def abandon(self) -> None:
        """Remove the temporary file; does nothing once the hand-over has ended."""
        if not self._ended:
            self._ended = True
            await asyncio.to_thread(_discard, self._draft)

    def _deliver(self, body: bytes) -> Reply:
        target = self._target
        try:
            if target.exists():  # handed over before: that file stands
                _discard(self._draft)
            else:
                _complete(self._draft, body)
                self._draft.replace(target)
        except OSError as error:
            _discard(self._draft)
            return Reply(452, f"4.3.1 发件文件夹写不进去：{error.strerror}")
        try:
            _sync(target.parent)
        except OSError as error:
            message = f"文件 {target} 已写好，但磁盘没有确认（{error.strerror}）：请检查磁盘。"
            raise OutcomeUnknown(message) from error
        return Reply(250, f"2.0.0 {target.name}")


def file_name(message_id: str) -> str:
    """A file name for a Message-ID: readable where the id is plain, and one name to one id.

    >>> file_name("<mfrgg2lk@journal.example.cn>")
    'mfrgg2lk@journal.example.cn.eml'
    >>> file_name("<../../etc/passwd@x>")
    'etc-passwd-x~104a1fcb270fc50d.eml'
    """
    plain = message_id.removeprefix("<").removesuffix(">")
    if message_id == f"<{plain}>" and _PLAIN_NAME.fullmatch(plain):
        return f"{plain}.eml"
    digest = hashlib.sha256(message_id.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{_UNSAFE.sub('-', plain.lower()).strip('-')[:60]}~{digest}.eml"


def _start(draft: Path, envelope: Envelope) -> None:
    if not draft.parent.is_dir():
        draft.parent.mkdir(parents=True, exist_ok=True)
        _sync(draft.parent.parent)  # a mail is no safer than the folder it lies in
    head = f"X-Sender: <{envelope.sender}>\r\nX-Receiver: <{envelope.recipient}>\r\n"
    try:
        draft.write_bytes(head.encode())
    except OSError:
        _discard(draft)
        raise


def _discard(draft: Path) -> None:
    """Drafts never count as mails: one that cannot be removed does no harm."""
    with suppress(OSError):
        draft.unlink()


def _complete(draft: Path, body: bytes) -> None:
    with draft.open("ab") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _look(file: Path) -> Evidence:
    try:
        if file.exists():
            _sync(file.parent)  # proof must outlive a power cut
            return Evidence.ACCEPTED
        return Evidence.ABSENT if file.parent.is_dir() else Evidence.UNKNOWN
    except OSError:
        return Evidence.UNKNOWN


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
