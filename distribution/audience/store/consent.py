"""SQL of consent: what people said, when, to which words; append-only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from distribution.audience.store.locking import lock_subscriber
from distribution.audience.texts import version_of
from distribution.audience.wording import tidy
from distribution.models import ConsentEvent, Subscriber
from distribution.words import Decision, Purpose

OF_FILE = "import-"
"""How the channel of what a file said begins."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a subscriber said, to which words, over which channel."""

    decision: Decision
    wording: str
    """The text he was shown, or the basis an admin named."""
    channel: str
    purpose: Purpose = Purpose.DIGEST
    delivery_id: int | None = None
    """The mail whose link or reply said it."""


def record_consent(
    session: Session, subscriber_id: int, said: Statement, *, by: str, at: datetime
) -> bool:
    """Write down what a subscriber said; False where it changes nothing.

    A request of somebody who agreed already is none, what was never said cannot be voided, and
    nothing is written down about somebody whose data is gone.
    """
    wording = tidy("依据", said.wording, longest=500)
    lock_subscriber(session, subscriber_id)
    erased = select(Subscriber.erased_at).where(Subscriber.id == subscriber_id)
    if session.scalars(erased).one() is not None or not _is_news(session, subscriber_id, said):
        return False
    session.add(
        ConsentEvent(
            subscriber_id=subscriber_id,
            purpose=said.purpose,
            decision=said.decision,
            channel=said.channel,
            wording=wording,
            wording_version=version_of(wording),
            wording_sha256=sha256_of(wording),
            by=by,
            at=at,
            delivery_id=said.delivery_id,
        )
    )
    session.flush()
    return True


def _is_news(session: Session, subscriber_id: int, said: Statement) -> bool:
    """What a file said for him may be taken back, so his own word is kept, be it the same."""
    query = select(ConsentEvent.decision, ConsentEvent.channel).where(
        ConsentEvent.subscriber_id == subscriber_id,
        ConsentEvent.purpose == said.purpose,
        ConsentEvent.decision != Decision.REQUESTED,
    )
    last = session.execute(query.order_by(ConsentEvent.id.desc()).limit(1)).first()
    if last is None or last.decision is Decision.VOIDED:
        return said.decision is not Decision.VOIDED
    if said.decision is Decision.REQUESTED:
        return last.decision is not Decision.GRANTED
    of_file = last.channel.startswith(OF_FILE) and not said.channel.startswith(OF_FILE)
    return of_file or last.decision is not said.decision


def channel_of(import_id: int) -> str:
    """The channel of consent that came with a file."""
    return f"{OF_FILE}{import_id}"


def sha256_of(wording: str) -> str:
    """What proves later which words somebody was shown."""
    return hashlib.sha256(wording.encode()).hexdigest()


def consents(
    session: Session,
    *,
    subscriber_id: int | None = None,
    purpose: Purpose | None = None,
    since: datetime | None = None,
    limit: int = 100,
) -> Sequence[Row[ConsentEvent, str, str]]:
    """What was said, the newest first, with the name and address of who said it."""
    query = (
        select(ConsentEvent, Subscriber.name, Subscriber.email)
        .join(Subscriber, Subscriber.id == ConsentEvent.subscriber_id)
        .order_by(ConsentEvent.id.desc())
        .limit(limit)
    )
    if subscriber_id is not None:
        query = query.where(ConsentEvent.subscriber_id == subscriber_id)
    if purpose is not None:
        query = query.where(ConsentEvent.purpose == purpose)
    if since is not None:
        query = query.where(ConsentEvent.at >= since)
    return session.execute(query).all()
