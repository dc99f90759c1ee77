"""The settings of one SMTP relay, and the sentences said when it deals with nobody."""

import ipaddress
import platform
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from distribution.delivery import RelayUnavailable

Security = Literal["none", "starttls", "tls"]

JOURNAL = "journal"
"""In place of a log's path: it is in systemd's journal."""

_LONGEST_IDENTITY = 40
"""Characters of `deliveries.relay`."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each phase may take in all, so that a byte now and then does not prolong it.

    The values are those of RFC 5321 4.5.3.2 or shorter, except after the dot: giving up there
    too early is what makes second copies, so the relay gets the full ten minutes.
    """

    connect: timedelta = timedelta(seconds=30)
    banner: timedelta = timedelta(seconds=60)
    hello: timedelta = timedelta(seconds=60)
    """EHLO, STARTTLS with its handshake, and AUTH: each."""
    mail: timedelta = timedelta(seconds=60)
    rcpt: timedelta = timedelta(seconds=60)
    data: timedelta = timedelta(seconds=120)
    body: timedelta = timedelta(seconds=180)
    dot: timedelta = timedelta(seconds=600)
    idle: timedelta = timedelta(seconds=30)
    """How long a connection may lie unused before a fresh one is preferred."""
    quit: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Relay:
    """Where the relay is and how to speak to it; safe to print, the password is left out."""

    host: str
    port: int = 25
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    """Where the password was read, if it has a file of its own."""
    helo: str = ""
    """The name we greet with; empty: the address literal of our own end (RFC 5321 4.1.4)."""
    connections: int = 4
    mails_per_connection: int = 100
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    name: str = "relay"
    lanes: frozenset[str] = frozenset()
    """The only lanes it serves, and serves before others; empty: all of them."""
    rate: float = 0
    """Mails begun in a second, by this process; 0: no limit."""
    log: Path | None = None
    """Its Postfix's log where that can be read here, or `JOURNAL`."""
    timeouts: Timeouts = field(default_factory=Timeouts)

    def __post_init__(self) -> None:
        if self.connections < 1 or self.mails_per_connection < 1:
            raise ValueError("a relay needs at least one connection and one mail on each")
        if not self.helo.isascii() or not self.helo.isprintable() or " " in self.helo:
            raise ValueError(f"not a name to greet with: {self.helo!r}")

    @property
    def identity(self) -> str:
        """Which relay it is among all hosts: that on the loopback of each is another one.

        >>> Relay("smtp.example.com", name="main").identity
        'main'
        """
        if not _is_loopback(self.host):
            return self.name
        identity = f"{self.name}@{platform.node()}"
        if len(identity) <= _LONGEST_IDENTITY:
            return identity
        mark = sha256(identity.encode()).hexdigest()[:8]  # two hosts must not be taken for one
        return f"{identity[: _LONGEST_IDENTITY - 9]}-{mark}"

    def unavailable(self, what: str, advice: str, *, permanent: bool) -> RelayUnavailable:
        """One sentence: which relay, what happened, what to do."""
        message = f"中继 {self.host}:{self.port} {what}：{advice}。"
        return RelayUnavailable(message, permanent=permanent)


def _is_loopback(host: str) -> bool:
    """Whether a host of this name or address is the one we run on.

    >>> _is_loopback("localhost"), _is_loopback("127.0.0.1"), _is_loopback("smtp.example.com")
    (True, True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
