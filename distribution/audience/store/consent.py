"""SQL of consent and suppression: what people said, and which addresses are out of use."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.audience.store.readers import decision
from distribution.audience.wording import tidy
from distribution.db import upsert
from distribution.models import ConsentEvent, Subscriber, Suppression
from distribution.words import Decision, Purpose, SuppressionReason


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
    """Write down what a subscriber said; False where it was his last word already."""
    wording = tidy("依据", said.wording, longest=500)
    lock_subscriber(session, subscriber_id)
    last_word = select(decision(said.purpose)).where(Subscriber.id == subscriber_id)
    if session.scalar(last_word) == said.decision.value:
        return False
    session.add(
        ConsentEvent(
            subscriber_id=subscriber_id,
            purpose=said.purpose,
            decision=said.decision,
            channel=said.channel,
            wording=wording,
            by=by,
            at=at,
            delivery_id=said.delivery_id,
        )
    )
    session.flush()
    return True


def suppress(
    session: Session,
    address_hash: str,
    reason: SuppressionReason,
    *,
    evidence: str,
    at: datetime,
) -> bool:
    """Take an address out of use, whoever owns it; False where it was out of use already."""
    insert = upsert(session, Suppression).values(
        address_hash=address_hash, reason=reason, evidence=evidence, since=at
    )
    added = insert.on_conflict_do_nothing().returning(Suppression.address_hash)
    return session.scalar(added) is not None


def lock_subscriber(session: Session, subscriber_id: int) -> None:
    """Let one transaction at a time change what belongs to a subscriber.

    Not FOR UPDATE, which would keep out the foreign-key checks of a ledger that holds deliveries
    this transaction is going to refer to.
    """
    row = select(Subscriber.id).where(Subscriber.id == subscriber_id)
    session.execute(row.with_for_update(key_share=True))
