"""Reads a mail that came back: a bounce, a complaint, or something else."""

from dataclasses import dataclass

from distribution.words import Returned


@dataclass(frozen=True, slots=True)
class ReturnedReport:
    """What a mail that came back says, before anybody acts on it."""

    kind: Returned
    addressed_to: tuple[str, ...] = ()
    """Every address it was delivered to, the most reliable first."""
    message_ids: tuple[str, ...] = ()
    """Of the returned part, then of what it answers."""
    recipients: tuple[str, ...] = ()
    """Whom it speaks of, as written (RFC 3464, RFC 5965)."""
    status: str = ""
    """Enhanced status code (RFC 3463) such as 5.1.1: the diagnostic's before the Status field's."""
    diagnostic: str = ""
    """The mail system's words: one line, at most 500 characters."""
    failed: bool = False
    """Given up for good (RFC 3464 action "failed"), not delayed or relayed."""


def read_returned(raw: bytes) -> ReturnedReport:
    """Read a mail; whatever the bytes are, it never raises."""
    raise NotImplementedError(len(raw))
