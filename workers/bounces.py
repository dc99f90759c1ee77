"""The `bounces` queue: actors that fetch returned mail from its folder, and judge it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import dramatiq

from distribution import clock, events
from distribution.db import DatabaseUnusable
from distribution.mailboxes import Maildir
from distribution.words import Signal
from workers.broker import ring
from workers.current import get_app
from workers.failures import logged
from workers.unjudged import Unjudged

log = logging.getLogger(__name__)

LATE = timedelta(minutes=1)
"""A mail that lies unjudged for so long was forgotten when a worker died, or cannot be judged."""
AT_ONCE = 100
"""Mails fetched for one message."""


@dramatiq.actor(queue_name="bounces")
def collect() -> None:
    """Fetch what has come into the folder of returned mail."""
    with logged("collecting mail"):
        fetch()


@dramatiq.actor(queue_name="bounces")
def judge_mails(inbox_ids: list[int]) -> None:
    """Judge returned mails in the inbox."""
    with logged("judging mails"):
        judge(inbox_ids)


def fetch() -> None:
    """Store what waits in the folder, then judge it; rings again where more may wait."""
    folder = get_app().settings.bounce_maildir
    if folder is None:
        return
    stored: list[int] = []
    for mail in Maildir(folder).waiting(AT_ONCE):
        with logged("storing a mail", but=DatabaseUnusable):
            stored.append(_store(mail.raw))
            mail.done()
    judge(stored)
    if len(stored) == AT_ONCE:
        ring(collect)


def judge(inbox_ids: list[int]) -> None:
    """Judge each mail in a transaction of its own, so that none spoils another."""
    for inbox_id in inbox_ids:
        with logged("judging a mail", but=DatabaseUnusable):
            _judge(inbox_id)


def _store(raw: bytes) -> int:
    with get_app().transaction() as session:
        inbox_id, _ = events.receive_mail(session, raw, clock.now())
    return inbox_id


def _judge(inbox_id: int) -> None:
    app = get_app()
    with app.transaction() as session:
        outcomes = events.judge_mails(session, [inbox_id], app.addresses, clock.now())
    for outcome in outcomes:
        log.info("mail %d: %s %s", inbox_id, outcome.kind.value, outcome.status)


@dataclass(slots=True)
class _Look:
    """Looks after forgotten mails at each tick, and into the folder less often."""

    leftovers: Unjudged
    fetch_at: float = field(default_factory=time.monotonic)

    def __call__(self) -> None:
        settings = get_app().settings
        if settings.bounce_maildir is not None and time.monotonic() >= self.fetch_at:
            self.fetch_at = time.monotonic() + settings.bounce_seconds
            if not ring(collect):
                fetch()
        self.leftovers.look()


def watch() -> Callable[[], None]:
    """What the ticker does for this queue."""
    return _Look(Unjudged((Signal.MAIL,), LATE, judge_mails, judge))
