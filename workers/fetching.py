"""Fetches returned mail: each is kept, judged and put away before the next one is looked at.

Kept and judged in a transaction each, and put away only after both: a crash leaves a mail where it
was, and when it comes again it is known by its text.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from distribution import clock, events
from distribution.app import App
from distribution.db import DatabaseUnusable, insisting
from distribution.events import Outcome
from distribution.mailboxes import Filing, Mailbox, UnusableMailbox, WaitingMail
from workers.failures import logged

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail that was fetched, and what was made of it."""

    inbox_id: int | None
    """None: it could not be kept."""
    outcome: Outcome | None
    """None: it had been judged before, or cannot be."""
    filing: Filing | None
    """None: another process is judging it, and puts it away."""
    trouble: UnusableMailbox | None = None
    """Why it could not be put away."""


def fetched(app: App, mailbox: Mailbox, limit: int) -> Iterator[Fetched]:
    """Deal with the oldest mails that wait; raises UnusableMailbox, DatabaseUnusable."""
    with closing(mailbox.waiting(limit)) as mails:
        for mail in mails:
            yield _dealt_with(app, mail)


def judged(app: App, inbox_id: int) -> Outcome | None:
    """Judge a mail of the inbox; None where it was judged before, or is being judged."""
    outcomes = insisting(lambda: _judge(app, inbox_id))
    for outcome in outcomes:
        words = "mail %d: %s %s"
        log.info(words, inbox_id, outcome.kind.value, outcome.status, extra={"mail": inbox_id})
    return outcomes[0] if outcomes else None


def _judge(app: App, inbox_id: int) -> list[Outcome]:
    with app.transaction() as session:
        return events.judge_mails(session, [inbox_id], app.desk, clock.now())


def _dealt_with(app: App, mail: WaitingMail) -> Fetched:
    inbox_id: int | None = None
    outcome: Outcome | None = None
    filing: Filing | None = Filing.FAILED
    with logged("storing a mail", but=DatabaseUnusable):
        inbox_id = _kept(app, mail.raw)
    if inbox_id is not None:
        with logged("judging a mail", but=DatabaseUnusable):
            outcome = judged(app, inbox_id)
            filing = _filing(app, inbox_id)
    try:
        if filing is not None:
            mail.filed(filing)
    except UnusableMailbox as trouble:
        return Fetched(inbox_id, outcome, filing, trouble)
    return Fetched(inbox_id, outcome, filing)


def _kept(app: App, raw: bytes) -> int:
    with app.transaction() as session:
        inbox_id, _ = events.receive_mail(session, raw, clock.now())
    return inbox_id


def _filing(app: App, inbox_id: int) -> Filing | None:
    with app.reading() as session:
        understood = events.understood(session, inbox_id)
    if understood is None:
        return None
    return Filing.PROCESSED if understood else Filing.UNCLEAR
