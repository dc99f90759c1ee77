"""SQL that finds deliveries of a run whose mails somebody wants to see."""

from collections.abc import Collection, Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from distribution.db import among
from distribution.models import Delivery, Subscriber

_Chosen = Row[int, int, str, str]


def of_readers(session: Session, run_id: int, email_keys: Collection[str]) -> Sequence[_Chosen]:
    """Delivery, selection, recipient and address key of those of these readers who have one."""
    query = (
        select(Delivery.id, Delivery.selection_id, Delivery.recipient, Subscriber.email_key)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.run_id == run_id, among(session, Subscriber.email_key, email_keys))
    )
    return session.execute(query.order_by(Delivery.id)).all()


def samples(session: Session, run_id: int, count: int) -> Sequence[_Chosen]:
    """The same of so many readers who get different mails, the most common mails first."""
    first = func.min(Delivery.id)
    distinct = (
        select(first)
        .where(Delivery.run_id == run_id)
        .group_by(Delivery.selection_id)
        .order_by(func.count().desc(), first)
        .limit(count)
    )
    query = (
        select(Delivery.id, Delivery.selection_id, Delivery.recipient, Subscriber.email_key)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id.in_(distinct))
    )
    return session.execute(query.order_by(Delivery.id)).all()
