"""SQL of consent: what people said, when, to which words; append-only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from distribution.audience.store.standing import decision
from distribution.audience.texts import version_of
from distribution.audience.wording import tidy
from distribution.models import ConsentEvent, Subscriber
from distribution.words import Decision, Purpose


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
    query = select(decision(said.purpose), Subscriber.erased_at)
    last_word, erased_at = session.execute(query.where(Subscriber.id == subscriber_id)).one()
    if erased_at is not None:
        return False
    nothing_new = {
        Decision.REQUESTED: last_word == Decision.GRANTED.value,
        Decision.VOIDED: last_word is None,
    }
    if nothing_new.get(said.decision, last_word == said.decision.value):
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


def lock_subscriber(session: Session, subscriber_id: int) -> None:
    """Let one transaction at a time change what belongs to a subscriber.

    Not FOR UPDATE, which would keep out the foreign-key checks of a ledger that holds deliveries
    this transaction is going to refer to.
    """
    row = select(Subscriber.id).where(Subscriber.id == subscriber_id)
    session.execute(row.with_for_update(key_share=True))
