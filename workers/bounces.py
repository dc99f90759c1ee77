"""The `bounces` queue: actors that fetch returned mail from its mailboxes, and judge it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

import dramatiq

from distribution import clock, delivery, mailboxes
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.mailboxes import Mailbox, UnusableMailbox
from distribution.words import Signal
from workers.broker import ring
from workers.current import get_app
from workers.failures import logged
from workers.fetching import fetched, judged
from workers.guarding import look
from workers.unjudged import Unjudged

log = logging.getLogger(__name__)

LATE = timedelta(minutes=1)
"""A mail that lies unjudged for so long was forgotten when a worker died, or cannot be judged."""
AT_ONCE = 100
"""Mails fetched from a mailbox for one message."""


@dramatiq.actor(queue_name="bounces")
def collect() -> None:
    """Fetch what has come into the mailboxes of returned mail."""
    with logged("collecting mail"):
        fetch()


@dramatiq.actor(queue_name="bounces")
def judge_mails(inbox_ids: list[int]) -> None:
    """Judge returned mails in the inbox."""
    with logged("judging mails"):
        judge(inbox_ids)


def ring_for(inbox_ids: list[int]) -> None:
    """Ring for notices that have just been stored; the ticker sees to those nobody hears of."""
    ring(judge_mails, inbox_ids)


_fetching = Lock()


def fetch() -> None:
    """Deal with what waits; rings again where more may wait, and leaves it to who is at it."""
    app = get_app()
    if not _fetching.acquire(blocking=False):
        return  # in this process; where it is another's, the mails are dealt with once all the same
    try:
        full = [_emptied(app, mailbox) for mailbox in mailboxes.configured(app.settings)]
    finally:
        _fetching.release()
    if any(full):
        ring(collect)
    _heed_complaints()


def _emptied(app: App, mailbox: Mailbox) -> bool:
    """Fetch from one mailbox, whatever is wrong with the others; whether more may wait in it."""
    trouble: UnusableMailbox | None = None
    count = 0
    try:
        for mail in fetched(app, mailbox, AT_ONCE):
            count += 1
            trouble = mail.trouble or trouble
            if app.sender.stopping:
                break
    except UnusableMailbox as error:
        trouble = error
    standing.tell(mailbox.name, trouble)
    return count == AT_ONCE


def judge(inbox_ids: list[int]) -> None:
    """Judge each mail in a transaction of its own, so that none spoils another."""
    for inbox_id in inbox_ids:
        with logged("judging a mail", but=DatabaseUnusable):
            judged(get_app(), inbox_id)
    _heed_complaints()


def _heed_complaints() -> None:
    """There may be some among the mails that came."""
    app = get_app()
    look(app, timedelta(0))
    with logged("telling of complaints"), app.transaction() as session:
        delivery.tell_complaints(session, at=clock.now())


@dataclass(slots=True)
class Standing:
    """What was last said of each mailbox, so that nothing is said at each try."""

    _said: dict[str, str] = field(default_factory=dict)

    def tell(self, mailbox: str, trouble: UnusableMailbox | None) -> None:
        """Log what is wrong with it, once; and that it is over, once."""
        before, now = self._said.get(mailbox, ""), str(trouble or "")
        self._said[mailbox] = now
        if now and now != before:
            log.warning("collecting mail: %s", now)
        elif before and not now:
            log.info("collecting mail: %s works again", mailbox)


standing = Standing()


@dataclass(slots=True)
class _Look:
    """Looks after forgotten mails at each tick, and into the mailboxes less often."""

    leftovers: Unjudged
    fetch_at: float = field(default_factory=time.monotonic)

    def __call__(self) -> None:
        settings = get_app().settings
        if mailboxes.configured(settings) and time.monotonic() >= self.fetch_at:
            self.fetch_at = time.monotonic() + settings.bounce_seconds
            if not ring(collect):
                fetch()
        self.leftovers.look()


def watch() -> Callable[[], None]:
    """What the ticker does for this queue."""
    return _Look(Unjudged((Signal.MAIL, Signal.NOTICE), LATE, judge_mails, judge))
