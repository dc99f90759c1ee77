"""A reader leaves, or comes back: his last word on the digest, and the mail that led him there."""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, audit
from distribution.words import Decision

_READER = "reader"


def leave(
    session: Session,
    subscriber_id: int,
    delivery_id: int | None,
    *,
    channel: str,
    wording: str,
    at: datetime,
) -> bool:
    """Withdraw his consent to the digest; False where he had left already.

    `delivery_id` is the digest that led him there, None where it was a letter.
    """
    said = audience.Statement(Decision.WITHDRAWN, wording, channel=channel, delivery_id=delivery_id)
    return _say(session, subscriber_id, said, "reader.leave", at)


def come_back(
    session: Session,
    subscriber_id: int,
    delivery_id: int | None,
    *,
    channel: str,
    wording: str,
    at: datetime,
) -> bool:
    """Take his leaving back: he agrees anew, to the words he is shown now. See `leave`."""
    said = audience.Statement(Decision.GRANTED, wording, channel=channel, delivery_id=delivery_id)
    return _say(session, subscriber_id, said, "reader.return", at)


def _say(
    session: Session, subscriber_id: int, said: audience.Statement, deed: str, at: datetime
) -> bool:
    new = audience.record_consent(session, subscriber_id, said, by=_READER, at=at)
    if new:
        audit.record(session, deed, str(subscriber_id), by=_READER, at=at, channel=said.channel)
    return new
