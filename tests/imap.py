"""A real IMAP server, and a wire to it that can be cut, delayed or made to speak otherwise."""

import imaplib
import os
import re
import shutil
import socket
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock, Thread

from forks import working

USER, PASSWORD = "returned@magazine.example", "a-password-of-the-tests-only"
_TOLD = re.compile(rb"^(\* CAPABILITY |\S+ OK \[CAPABILITY |\* OK \[CAPABILITY )", re.IGNORECASE)


class NoImap(Exception):
    """Raised with the reason why no server can be started here."""


@contextmanager
def server(certificate: Path | None = None) -> Iterator[int]:
    """An empty mailbox on a server in memory; yields its port.

    It knows STARTTLS where there is a certificate with its key.
    """
    tls = ("--no-tls",) if certificate is None else ("--cert", certificate, "--key", certificate)
    folder = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = (
        *("pymap", "--host", "127.0.0.1", "--port", str(port), *map(str, tls)),
        *("--no-service", "admin", "--no-service", "managesieve"),
        *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
    )
    said = folder / "said"
    try:
        with working(_pymap, words, str(said)) as process:
            _wait(port, process, said)
            yield port
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pymap(words: tuple[str, ...], said: str) -> None:
    """Be the server."""
    file = os.open(said, os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(file, stream)
    from pymap.main import main
    from pysasl.hashing import BuiltinHash

    BuiltinHash.__init__.__kwdefaults__["rounds"] = 1  # a log-in costs 0.3 s otherwise
    sys.argv[:] = words
    main()


def _wait(port: int, process: BaseProcess, said: Path) -> None:
    for _ in range(2000):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.exitcode is not None:
            break
        time.sleep(0.03)
    raise NoImap(f"pymap did not answer: {said.read_text()[-300:]}")


class Box:
    """What lies on the server, seen past the wire."""

    def __init__(self, port: int) -> None:
        self._port = port

    @contextmanager
    def line(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self._port, timeout=60) as client:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.login(USER, PASSWORD)
            yield client

    def put(self, *mails: bytes, folder: str = "INBOX", flags: str = "") -> None:
        with self.line() as client:
            for mail in mails:
                status, said = client.append(f'"{folder}"', flags, "", mail)
                assert status == "OK", said

    def create(self, folder: str) -> None:
        with self.line() as client:
            assert client.create(f'"{folder}"')[0] == "OK"

    def folders(self) -> list[str]:
        with self.line() as client:
            rows = client.list('""', '"*"')[1]
        return sorted(
            row.decode().rpartition(" ")[2].strip('"') for row in rows if isinstance(row, bytes)
        )

    def mails(self, folder: str = "INBOX", criteria: str = "ALL") -> list[bytes]:
        """The mails in a folder, the oldest first; none where there is no such folder."""
        with self.line() as client:
            if client.select(f'"{folder}"', readonly=True)[0] != "OK":
                return []
            uids = client.uid("SEARCH", criteria)[1][0] or b""
            return [
                client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1] for uid in uids.split()
            ]


Before = Callable[[bytes], bytes | None]
"""Sees a command before the server does; gives an answer in its place, without the tag.

Of several lines the last is the one that gets it.
"""


class Wire:
    """Lies between a programme and the server; what it does can be changed while it is in use."""

    def __init__(self, server_port: int, tls: ssl.SSLContext | None = None) -> None:
        self._server_port, self._tls = server_port, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.without: set[str] = set()
        """What the server does not admit to be able to do."""
        self.also: set[str] = set()
        """What the server is said to be able to do, and cannot."""
        self.before: Before = lambda _command: None
        self.after: Callable[[bytes], None] = lambda _answer: None
        self.away = False
        self.heard: list[bytes] = []
        """Every command, without its tag."""
        self.logins = 0
        self.sent = 0
        """Bytes that went to the programme."""
        self._open: set[socket.socket] = set()
        self._near: set[socket.socket] = set()
        self._lock = Lock()
        Thread(target=self._accept, daemon=True).start()

    def count(self, command: bytes) -> int:
        """How often a command was given that begins so."""
        return sum(line.upper().startswith(command) for line in self.heard)

    def say(self, words: bytes) -> None:
        """Speak to every programme in the server's place."""
        for line in list(self._near):
            with suppress(OSError):
                line.sendall(words)

    def cut(self) -> None:
        """Break all connections."""
        with self._lock:
            broken, self._open = self._open, set()
        for line in broken:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits for somebody
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.away:
                near.close()
                continue
            Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with suppress(OSError):
            if self._tls is not None:
                near = self._tls.wrap_socket(near, server_side=True)
            far = socket.create_connection(("127.0.0.1", self._server_port))
            for line in (near, far):  # it goes on piece by piece, which TCP would hold back
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open |= {near, far}
                self._near.add(near)
            Thread(target=self._back, args=(far, near), daemon=True).start()
            self._forth(near, far)

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError, ValueError), near.makefile("rb") as lines:
            for line in lines:
                tag, _, command = line.rstrip(b"\r\n").partition(b" ")
                self.heard.append(command)
                self.logins += command.upper().startswith((b"LOGIN", b"AUTHENTICATE"))
                answer = self.before(command)
                if answer is None:
                    far.sendall(line)
                else:
                    lines_before, mark, last = answer.rpartition(b"\r\n")
                    near.sendall(lines_before + mark + tag + b" " + last + b"\r\n")
        self._part(near, far)

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError, ValueError), far.makefile("rb") as lines:
            for line in lines:
                told = self._changed(line) if _TOLD.match(line) else line
                self.after(told)
                near.sendall(told)
                self.sent += len(told)
        self._part(near, far)

    def _changed(self, line: bytes) -> bytes:
        for ability in self.without:
            line = re.sub(rb" " + re.escape(ability.encode()) + rb"(?=[\] \r])", b"", line)
        for ability in self.also:
            line = line.replace(b" IMAP4rev1", b" IMAP4rev1 " + ability.encode())
        return line

    def _part(self, *lines: socket.socket) -> None:
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._open.discard(line)
                self._near.discard(line)
            line.close()


def account(wire: Wire | None, **more: object) -> dict[str, object]:
    """The settings of a mailbox at the end of this wire."""
    return {
        "bounce_imap_host": "127.0.0.1",
        "bounce_imap_port": wire.port if wire is not None else 0,
        "bounce_imap_security": "none",
        "bounce_imap_username": USER,
        "bounce_imap_password": PASSWORD,
        **more,
    }


def as_netease(wire: Wire) -> None:
    """Let the server open no folder before it has been told who asks; it can do little else."""
    wire.without = {"MOVE", "IDLE"}
    introduced = False

    def before(command: bytes) -> bytes | None:
        nonlocal introduced
        introduced = introduced or command.startswith(b'ID ("name" ')
        if command.startswith(b"LOGIN"):
            introduced = False
        if command.startswith(b"SELECT") and not introduced:
            return b"NO SELECT Unsafe Login. Please contact help@mailbox.example for help"
        return None

    wire.before = before


def environ_of(wire: Wire, **more: object) -> dict[str, str]:
    """The same, as an installation's environment has them."""
    return {
        f"DISTRIBUTION_{name.upper()}": str(value) for name, value in account(wire, **more).items()
    }
