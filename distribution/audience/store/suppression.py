"""SQL of suppression: addresses and whole domains that are out of use, whoever owns them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from distribution.audience.wording import tidy
from distribution.db import upsert
from distribution.models import Release, Subscriber, SuppressedDomain, Suppression
from distribution.words import SuppressionReason


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


def is_suppressed(session: Session, key: str, address_hash: str) -> bool:
    """Whether an address, or its whole domain, is out of use; it may be nobody's."""
    domain = key.rpartition("@")[2]
    barred = or_(
        exists().where(Suppression.address_hash == address_hash),
        exists().where(SuppressedDomain.domain == domain),
    )
    return bool(session.scalar(select(barred)))


def address_hash_of(session: Session, subscriber_id: int, address: str) -> str | None:
    """The hash of a subscriber's address; None where it is another address by now."""
    query = select(Subscriber.address_hash).where(
        Subscriber.id == subscriber_id, Subscriber.email_key == address
    )
    return session.scalar(query)


def suppress_all(
    session: Session,
    address_hashes: Collection[str],
    reason: SuppressionReason,
    *,
    evidence: str,
    at: datetime,
) -> int:
    """Take addresses out of use in one statement; returns how many were not so already.

    A few thousand at most: SQLite takes 32,766 values in one statement, four for each address.
    """
    rows = [
        {"address_hash": one, "reason": reason, "evidence": evidence, "since": at}
        for one in sorted(set(address_hashes))  # in one order, so that two never wait in a circle
    ]
    if not rows:
        return 0
    insert = upsert(session, Suppression).values(rows).on_conflict_do_nothing()
    return len(session.scalars(insert.returning(Suppression.address_hash)).all())


def suppress_domain(
    session: Session, domain: str, reason: SuppressionReason, *, evidence: str, at: datetime
) -> bool:
    """Take all addresses of a domain (ASCII, lower case) out of use; not those below it."""
    evidence = tidy("缘由", evidence, longest=500)
    insert = upsert(session, SuppressedDomain).values(
        domain=domain, reason=reason, evidence=evidence, since=at
    )
    added = insert.on_conflict_do_nothing().returning(SuppressedDomain.domain)
    return session.scalar(added) is not None


def release(session: Session, address_hash: str, *, at: datetime) -> bool:
    """Let an address be used again; False where it was in use. Consent stays what it was.

    What was counted against it before counts no more, or the next bounce would suppress it again.
    """
    row = upsert(session, Release).values(address_hash=address_hash, at=at)
    session.execute(row.on_conflict_do_update(index_elements=["address_hash"], set_={"at": at}))
    gone = delete(Suppression).where(Suppression.address_hash == address_hash)
    return session.scalar(gone.returning(Suppression.address_hash)) is not None


def release_domain(session: Session, domain: str) -> bool:
    """Let a domain be used again; addresses that are suppressed themselves stay so."""
    gone = delete(SuppressedDomain).where(SuppressedDomain.domain == domain)
    return session.scalar(gone.returning(SuppressedDomain.domain)) is not None


def suppressions(
    session: Session, *, reason: SuppressionReason | None = None, limit: int = 100
) -> Sequence[Row[Suppression, str | None, str | None]]:
    """Suppressed addresses, the newest first, with name and address where a subscriber has it."""
    query = (
        select(Suppression, Subscriber.name, Subscriber.email)
        .outerjoin(Subscriber, Subscriber.address_hash == Suppression.address_hash)
        .order_by(Suppression.since.desc(), Suppression.address_hash)
        .limit(limit)
    )
    if reason is not None:
        query = query.where(Suppression.reason == reason)
    return session.execute(query).all()


def suppressed_domains(
    session: Session, *, reason: SuppressionReason | None = None
) -> Sequence[SuppressedDomain]:
    """All suppressed domains, by name."""
    query = select(SuppressedDomain).order_by(SuppressedDomain.domain)
    if reason is not None:
        query = query.where(SuppressedDomain.reason == reason)
    return session.scalars(query).all()


def subscribers_at(session: Session, domain: str) -> int:
    """How many subscribers have an address of this domain."""
    query = select(func.count(Subscriber.id)).where(
        Subscriber.domain == domain, Subscriber.erased_at.is_(None)
    )
    return session.scalars(query).one()
