"""SQL of what people ask about their data: append-only but for the answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from distribution.models import PrivacyRequest, Subscriber
from distribution.words import RequestKind


def add(session: Session, request: PrivacyRequest) -> int:
    """Write a request down; gives its number."""
    session.add(request)
    session.flush()
    return request.id


def find(session: Session, request_id: int) -> PrivacyRequest | None:
    """A request by its number, locked: two must not answer it."""
    query = select(PrivacyRequest).where(PrivacyRequest.id == request_id).with_for_update()
    return session.scalar(query)


def answer_open(
    session: Session,
    kind: RequestKind,
    subscriber_id: int,
    address_hash: str,
    *,
    answer: str,
    at: datetime,
) -> list[int]:
    """Answer the open requests of this kind of one person; gives their numbers."""
    his = or_(
        PrivacyRequest.subscriber_id == subscriber_id, PrivacyRequest.address_hash == address_hash
    )
    answered = (
        update(PrivacyRequest)
        .where(his, PrivacyRequest.kind == kind, PrivacyRequest.done_at.is_(None))
        .values(done_at=at, answer=answer, subscriber_id=subscriber_id)
        .returning(PrivacyRequest.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(answered))


def listed(
    session: Session, *, only_open: bool, limit: int
) -> Sequence[Row[PrivacyRequest, str | None, str | None]]:
    """Requests, the open ones first and of these the most urgent, with who asked if he is held."""
    query = (
        select(PrivacyRequest, Subscriber.name, Subscriber.email)
        .outerjoin(Subscriber, Subscriber.id == PrivacyRequest.subscriber_id)
        .order_by(
            PrivacyRequest.done_at.is_not(None), PrivacyRequest.due_at, PrivacyRequest.id.desc()
        )
        .limit(limit)
    )
    if only_open:
        query = query.where(PrivacyRequest.done_at.is_(None))
    return session.execute(query).all()
