"""SQL that finds a mail again: by its delivery, or by where it went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from distribution.db import database_time
from distribution.delivery.store.handing import add_events
from distribution.models import Delivery, ReadingEvent, ReturnedMail, Run, Subscriber
from distribution.words import Cause, DeliveryState, Returned, RunState, Verdict


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery as those see it who meet its mail again: links, bounces, reports."""

    delivery_id: int
    run_id: int
    issue_id: int
    subscriber_id: int
    selection_id: int
    recipient: str
    address_hash: str
    accepted_at: datetime | None
    """When the relay took it; None where that is not known."""
    lane: str


def find_sent(session: Session, delivery_ids: Collection[int]) -> dict[int, Sent]:
    """Deliveries by their ids; those that do not exist are left out."""
    query = (
        select(
            Delivery.id,
            Delivery.run_id,
            Run.issue_id,
            Delivery.subscriber_id,
            Delivery.selection_id,
            Delivery.recipient,
            Delivery.address_hash,
            Delivery.accepted_at,
            Delivery.lane,
        )
        .join(Run, Run.id == Delivery.run_id)
        .where(Delivery.id.in_(delivery_ids))
    )
    return {row[0]: Sent(*row) for row in session.execute(query)}


def latest_accepted(session: Session, address_hash: str, since: datetime) -> int | None:
    """The newest delivery to a subscriber's address that a relay has accepted since then."""
    return session.scalar(
        select(Delivery.id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)  # deliveries have its index
        .where(
            Subscriber.address_hash == address_hash,
            Delivery.address_hash == address_hash,
            Delivery.accepted_at >= since,
        )
        .order_by(Delivery.accepted_at.desc())
        .limit(1)
    )


def seen_again(session: Session, delivery_ids: Collection[int]) -> list[int]:
    """Of these, the deliveries whose mail a reader or his mail system has shown to have."""
    if not delivery_ids:
        return []
    read = exists().where(
        ReadingEvent.delivery_id == Delivery.id, ReadingEvent.verdict != Verdict.MACHINE
    )
    bounced = exists().where(
        ReturnedMail.delivery_id == Delivery.id,
        ReturnedMail.kind.in_((Returned.BOUNCE, Returned.DELAYED)),
    )
    query = select(Delivery.id).where(Delivery.id.in_(delivery_ids), or_(read, bounced))
    return list(session.scalars(query))


def prove_accepted(session: Session, delivery_ids: Collection[int], *, by: str) -> set[int]:
    """Settle doubts: these mails have been seen again, so a relay had taken them.

    Returns those that were in doubt; for all others nothing changes.
    """
    proven = set(
        session.scalars(
            update(Delivery)
            .where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.IN_DOUBT)
            .values(
                state=DeliveryState.ACCEPTED,
                accepted_at=func.coalesce(Delivery.handed_at, database_time()),
                lease_until=None,
            )
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        )
    )
    add_events(session, dict.fromkeys(proven, "seen again"), DeliveryState.ACCEPTED, None, by=by)
    return proven


@dataclass(frozen=True, slots=True)
class Handed:
    """A delivery as a replay needs it."""

    run_id: int
    selection_id: int
    recipient: str
    state: DeliveryState
    handed_at: datetime | None
    message_sha256: str | None
    erased: bool


def find_handed(session: Session, delivery_id: int) -> Handed | None:
    """A delivery by its id."""
    query = (
        select(
            Delivery.run_id,
            Delivery.selection_id,
            Delivery.recipient,
            Delivery.state,
            Delivery.handed_at,
            Delivery.message_sha256,
            Subscriber.erased_at.is_not(None),
        )
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id == delivery_id)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Handed(*row)


@dataclass(frozen=True, slots=True)
class Planned:
    """A reader's delivery of an issue, and what was frozen for it."""

    delivery_id: int
    run_id: int
    state: DeliveryState
    cause: Cause | None
    selection_id: int
    sheet_sha256: str


def find_planned(session: Session, issue_id: int, subscriber_id: int) -> Planned | None:
    """A reader's delivery of an issue, the newest one, of a run that is not cancelled."""
    query = (
        select(
            Delivery.id,
            Delivery.run_id,
            Delivery.state,
            Delivery.cause,
            Delivery.selection_id,
            Run.sheet_sha256,
        )
        .join(Run, Run.id == Delivery.run_id)
        .where(
            Run.issue_id == issue_id,
            Run.state != RunState.CANCELLED,
            Delivery.subscriber_id == subscriber_id,
        )
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Planned(*row)
