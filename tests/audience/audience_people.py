"""People for the tests of the audience, with as few facts as a test needs."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from distribution import audience
from distribution.audience import NewSubscriber
from distribution.links import Keyring
from distribution.models import Subscriber, Suppression
from distribution.words import Decision, Purpose, SuppressionReason

NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
HASHER = Keyring.of(["a-secret-of-the-tests-only-0123456789"]).address_hash
GRANTED, WITHDRAWN = Decision.GRANTED, Decision.WITHDRAWN


def add(session: Session, email: str = "a@sanjin.example", **facts: object) -> Subscriber:
    new = NewSubscriber(audience.read_address(email), **{"name": "甲", **facts})  # type: ignore[arg-type]
    return audience.add_subscriber(session, new, HASHER, by="test", at=NOW)


def say(
    session: Session, row: Subscriber, said: Decision, purpose: Purpose = Purpose.DIGEST
) -> bool:
    statement = audience.Statement(said, "电话", channel="cli", purpose=purpose)
    return audience.record_consent(session, row.id, statement, by="test", at=NOW)


def suppress(session: Session, row: Subscriber) -> None:
    session.add(
        Suppression(
            address_hash=row.address_hash,
            reason=SuppressionReason.HARD_BOUNCE,
            evidence="550",
            since=NOW,
        )
    )
    session.flush()
