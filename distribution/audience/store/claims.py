"""SQL of what readers say of their enterprise themselves: true until shown otherwise, and marked.

Nothing waits for it: whether he may be mailed does not depend on it. An admin finds them in his
list, and an address at the domain of known colleagues vouches for itself.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from distribution.audience.suspicion import is_anybodys
from distribution.db import upsert
from distribution.models import Claim, Subscriber


def claim_membership(session: Session, row: Subscriber, *, at: datetime) -> bool:
    """Mark that he named his enterprise himself; False where nobody need check it."""
    if row.enterprise_id is None or _vouched(session, row):
        return False
    said = {"enterprise_id": row.enterprise_id, "at": at}
    insert = upsert(session, Claim).values(subscriber_id=row.id, **said)
    session.execute(insert.on_conflict_do_update(index_elements=["subscriber_id"], set_=said))
    return True


def settle_claim(session: Session, subscriber_id: int) -> None:
    """An admin has checked it."""
    session.execute(delete(Claim).where(Claim.subscriber_id == subscriber_id))


def claim_of(session: Session, row: Subscriber) -> Claim | None:
    """What is to be checked about him; None: nothing."""
    his = select(Claim).where(Claim.subscriber_id == row.id)
    return session.scalar(his.where(Claim.enterprise_id == row.enterprise_id))


def unchecked() -> ColumnElement[bool]:
    """SQL: a row of `subscribers` has named its enterprise itself, and no admin another since."""
    return (
        exists()
        .where(
            Claim.subscriber_id == Subscriber.id,
            Claim.enterprise_id == Subscriber.enterprise_id,
        )
        .correlate(Subscriber)
    )


def _vouched(session: Session, row: Subscriber) -> bool:
    """Whether colleagues whom the office knows have addresses at his domain.

    Not at a provider's where anybody can have one.
    """
    if is_anybodys(row.domain):
        return False
    colleague = select(Subscriber.id).where(
        Subscriber.enterprise_id == row.enterprise_id,
        Subscriber.domain == row.domain,
        Subscriber.id != row.id,
        Subscriber.erased_at.is_(None),
        ~unchecked(),
    )
    return session.scalar(colleague.limit(1)) is not None
