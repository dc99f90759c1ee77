"""SQL of proof lists: who looks at an issue before it goes to its readers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from distribution.audience import EmailAddress
from distribution.db import upsert
from distribution.models import ProofReader, Suppression
from distribution.words import SuppressionReason


def proof_lists(session: Session) -> dict[str, int]:
    """How many are on each list, by its name."""
    query = select(ProofReader.list_name, func.count()).group_by(ProofReader.list_name)
    return {row[0]: row[1] for row in session.execute(query.order_by(ProofReader.list_name))}


def proof_readers(session: Session, list_name: str | None = None) -> Sequence[ProofReader]:
    """Who is on a list, or on any."""
    query = select(ProofReader).order_by(ProofReader.list_name, ProofReader.email_key)
    if list_name is not None:
        query = query.where(ProofReader.list_name == list_name)
    return session.scalars(query).all()


def add_proof_reader(
    session: Session, list_name: str, address: EmailAddress, *, by: str, at: datetime
) -> bool:
    """Put an address on a list; False where it is there already."""
    insert = upsert(session, ProofReader).values(
        list_name=list_name, email_key=address.key, email=address.written, added_at=at, added_by=by
    )
    added = insert.on_conflict_do_nothing().returning(ProofReader.email_key)
    return session.scalar(added) is not None


def drop_proof_reader(session: Session, list_name: str, address: EmailAddress) -> bool:
    """Take an address off a list; False where it is not there."""
    gone = delete(ProofReader).where(
        ProofReader.list_name == list_name, ProofReader.email_key == address.key
    )
    return session.scalar(gone.returning(ProofReader.email_key)) is not None


def drop_from_lists(session: Session, email_key: str) -> int:
    """Take an address off all lists; returns off how many."""
    gone = delete(ProofReader).where(ProofReader.email_key == email_key)
    return len(session.scalars(gone.returning(ProofReader.list_name)).all())


def out_of_use(session: Session, address_hashes: Collection[str]) -> dict[str, SuppressionReason]:
    """Those of the addresses that are suppressed, and why; a list is short."""
    query = select(Suppression.address_hash, Suppression.reason).where(
        Suppression.address_hash.in_(address_hashes)
    )
    return {row[0]: row[1] for row in session.execute(query)}
