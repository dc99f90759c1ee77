"""Waiting until an IMAP server says by itself that something has come (RFC 2177).

Read from the socket itself: `imap_tools` takes a line before the server's "+" for a failure, takes
a lost connection for silence, and does not see what the library has read ahead.
"""

import imaplib
import re
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

from distribution.config import Settings
from distribution.mailboxes import imap_troubles as troubles
from distribution.mailboxes.imap_session import SECONDS, Session

RENEWED = 240.0
"""Seconds after which it is asked anew: routers and NetEase forget a silent line in five minutes,
long before the half hour of the RFC."""
LOOK = 0.5
"""Seconds between two looks whether to stop."""
_COME = re.compile(rb"^\* \d+ EXISTS\r?$", re.MULTILINE)
_LONGEST = 64 * 1024


def arrivals(settings: Settings, session: Session, stop: Event) -> Iterator[bool]:
    """True as soon as the server listens, then whether something has come, until `stop` is set.

    Raises NoIdle, and UnusableMailbox once the line is broken.
    """
    with troubles.told(settings):
        if not session.can("IDLE"):
            raise troubles.no_idle(settings)
        first = True
        while not stop.is_set():
            tag = _begun(settings, session.client)
            if first:
                yield True  # whatever came before it listened
                first = False
            yield _told(session.client, tag, stop)


def _begun(settings: Settings, client: Any) -> bytes:  # noqa: ANN401 - imaplib's
    """Ask to be told; gives the tag with which that will end."""
    tag: bytes = client._command("IDLE")  # noqa: SLF001 - the library of this Python lacks it
    while client._get_response() is not None:  # noqa: SLF001 - others may speak before the "+"
        if client.tagged_commands[tag]:
            raise troubles.no_idle(settings)
    client.state = "LOGOUT"  # whoever breaks off here ends the connection without a farewell
    return tag


def _told(client: Any, tag: bytes, stop: Event) -> bool:  # noqa: ANN401 - imaplib's
    """Whether something came, after some time at most."""
    said = _listen(client.sock, stop)
    if stop.is_set():
        return False
    client.send(b"DONE\r\n")
    ended = re.compile(rb"^" + re.escape(tag) + rb" [^\r\n]*\r?\n", re.MULTILINE)
    while not ended.search(said):
        said = _more(client.sock, said)
    client.tagged_commands.pop(tag)
    client.state = "SELECTED"
    told = client.untagged_responses.pop("EXISTS", None)
    return bool(told) or _COME.search(said) is not None


def _listen(sock: Any, stop: Event) -> bytes:  # noqa: ANN401 - a socket, with TLS or without
    until, said = time.monotonic() + RENEWED, b""
    sock.settimeout(LOOK)
    try:
        while not (stop.is_set() or time.monotonic() > until or _COME.search(said)):
            try:
                said = _more(sock, said)
            except TimeoutError:
                continue
    finally:
        sock.settimeout(SECONDS)
    return said


def _more(sock: Any, said: bytes) -> bytes:  # noqa: ANN401 - as above
    some = sock.recv(4096)
    if not some:
        raise imaplib.IMAP4.abort("EOF")
    return (said + bytes(some))[-_LONGEST:]
