"""Keeps what came back before anybody judges it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution.events import receiving_store, store
from distribution.events.requests import Request

_LINE_END = re.compile(rb"\r\n?")
_MBOX_LINE = re.compile(rb"\AFrom [^\n]*\n")


@dataclass(frozen=True, slots=True)
class Received:
    """A stored open or click."""

    inbox_id: int
    run_id: int
    """Whose mail it came from."""


def receive(session: Session, requests: Sequence[Request]) -> list[Received | None]:
    """Store opens and clicks; gives what was stored, in their order.

    None, and nothing stored, where the delivery, the run or the article does not exist.
    """
    runs = receiving_store.runs_of(session, requests)
    real = [one for one, run in zip(requests, runs, strict=True) if run is not None]
    ids = iter(receiving_store.keep(session, real))
    return [None if run is None else Received(next(ids), run) for run in runs]


def receive_mail(session: Session, raw: bytes, at: datetime) -> tuple[int, bool]:
    """Store a mail as it came; gives its inbox id, and whether it had not been seen before."""
    return store.add_mail(session, fingerprint(raw), raw, at)


def receive_notice(
    session: Session, source: str, event_id: str, raw: bytes, at: datetime
) -> tuple[int, bool]:
    """Store a provider's notice, whose signature has been checked, as `receive_mail` does.

    `event_id` is the provider's own: a notice that is delivered again is none.
    """
    known_as = hashlib.sha256(f"{source}\0{event_id}".encode()).hexdigest()
    return store.add_mail(session, known_as, raw, at, source=source)


def fingerprint(raw: bytes) -> str:
    r"""The same for a mail from a Maildir, an mbox or a pipe, whatever they did to its lines.

    >>> fingerprint(b"From x@a.example Mon\nSubject: a\n\nb\n\n") == fingerprint(
    ...     b"Subject: a\r\n\r\nb\r\n"
    ... )
    True
    """
    lines = _LINE_END.sub(b"\n", raw).strip(b"\n")
    return hashlib.sha256(_MBOX_LINE.sub(b"", lines)).hexdigest()
