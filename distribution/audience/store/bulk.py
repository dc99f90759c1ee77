"""SQL of changes to many subscribers: one deed, done to each who is meant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from distribution.audience.store.changing import ContactChanges, change_contact, pause
from distribution.audience.store.consent import Statement, record_consent
from distribution.audience.store.contacts import (
    AddressHasher,
    Wishes,
    set_interests,
    topics_of_reader,
)
from distribution.audience.store.locking import lock_subscriber
from distribution.models import Enterprise, Subscriber
from distribution.words import Decision, Edition, Frequency, MailFormat, Role


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done to each; what is None or empty is left alone."""

    set_topics: tuple[str, ...] | None = None
    """Codes, in their order, as all topics here."""
    add_topics: tuple[str, ...] = ()
    """They follow those he has."""
    remove_topics: tuple[str, ...] = ()
    edition: Edition | None = None
    frequency: Frequency | None = None
    format: MailFormat | None = None
    pause_until: datetime | None = None
    resume: bool = False
    role: Role | None = None
    move_to: Enterprise | None = None
    unsubscribe: str = ""
    """For what reason."""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing at all would be done."""
        return self == Deed()


def do_to(
    session: Session,
    row: Subscriber,
    deed: Deed,
    hasher: AddressHasher,
    *,
    by: str,
    at: datetime,
) -> dict[str, Any]:
    """Do it to one subscriber; returns what differed: field to (before, after).

    Raises what the single deeds raise, LiaisonTaken above all.
    """
    lock_subscriber(session, row.id)
    changed = set_interests(session, row, _wishes(session, row, deed), by=by)
    if deed.pause_until is not None or deed.resume:
        before = row.paused_until
        if pause(session, row, deed.pause_until):
            changed["paused_until"] = (before, deed.pause_until)
    if deed.role is not None or deed.move_to is not None:
        wanted = ContactChanges(role=deed.role, enterprise=deed.move_to)
        changed |= change_contact(session, row, wanted, hasher)
    if deed.unsubscribe:
        left = Statement(Decision.WITHDRAWN, deed.unsubscribe, channel="cli")
        if record_consent(session, row.id, left, by=by, at=at):
            changed["consent"] = (None, Decision.WITHDRAWN.value)
    return changed


def _wishes(session: Session, row: Subscriber, deed: Deed) -> Wishes:
    topics: tuple[str, ...] | None = None
    if deed.set_topics is not None or deed.add_topics or deed.remove_topics:
        own = topics_of_reader(session, row.id) if deed.set_topics is None else deed.set_topics
        both = dict.fromkeys((*own, *deed.add_topics))
        topics = tuple(code for code in both if code not in deed.remove_topics)
    return Wishes(topics=topics, edition=deed.edition, frequency=deed.frequency, format=deed.format)
