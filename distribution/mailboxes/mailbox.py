"""What every mailbox can do, whatever it is kept in."""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from distribution.errors import DistributionError


class UnusableMailbox(DistributionError):
    """Raised where mails cannot be fetched at all: a folder that is none, a lack of permission."""


class CannotFile(UnusableMailbox):
    """Raised where one mail cannot be put away: no room, no permission. It keeps its place."""


class Filing(StrEnum):
    """Where a mail is put that somebody has dealt with."""

    PROCESSED = "processed"
    """Understood: it speaks of a mail of ours, or is known to mean nothing."""
    UNCLEAR = "unclear"
    """Kept in the database, but a person may see more in it."""
    FAILED = "failed"
    """It could not be kept or judged, for a reason of its own."""


@dataclass(frozen=True, slots=True)
class Survey:
    """How a mailbox stands; nothing in it is touched to know that."""

    waiting: int
    folders: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """What the server can do, each a phrase for people."""


class WaitingMail(Protocol):
    """A mail that nobody has dealt with yet."""

    @property
    def raw(self) -> bytes:
        """The mail as it came, at most `files.MOST_BYTES` of it."""

    def filed(self, where: Filing) -> None:
        """Put it away: it waits no longer. To be called when all that follows is committed."""


class Mailbox(Protocol):
    """Hands out what waits in it. Nothing is lost if nobody files it: it comes again."""

    @property
    def name(self) -> str:
        """What people call it, with the setting it comes from."""

    def waiting(self, limit: int) -> Generator[WaitingMail, None, None]:
        """The oldest mails that wait, the oldest first; raises `UnusableMailbox`.

        Close the iterator that is not read to its end: it may hold a connection.
        """

    def survey(self) -> Survey:
        """What waits here; raises `UnusableMailbox` where that cannot be known."""
