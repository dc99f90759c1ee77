"""What every mailbox can do, whatever it is kept in."""

from collections.abc import Iterator
from typing import Protocol

from distribution.errors import DistributionError


class UnusableMailbox(DistributionError):
    """Raised where mails cannot be fetched at all: a folder that is none, a lack of permission."""


class WaitingMail(Protocol):
    """A mail that nobody has dealt with yet."""

    @property
    def raw(self) -> bytes:
        """The mail as it came, at most `files.MOST_BYTES` of it."""

    def done(self) -> None:
        """Mark it as dealt with: it waits no longer. To be called when it is stored."""


class Mailbox(Protocol):
    """Hands out what waits in it. Nothing is lost if nobody calls `done`: it comes again."""

    def waiting(self, limit: int) -> Iterator[WaitingMail]:
        """The oldest mails that wait, the oldest first; raises `UnusableMailbox` at once."""
