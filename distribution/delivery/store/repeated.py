"""SQL that tells how many issues in a row came back from one address."""

from itertools import takewhile

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from distribution.models import Delivery, Release, ReturnedMail, Run
from distribution.replies import COUNTED
from distribution.words import Consequence, DeliveryState, Returned

_TRIED = (DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.EXPIRED)
_FAILED = (DeliveryState.FAILED, DeliveryState.EXPIRED)
_HEEDED = (Consequence.COUNTED, Consequence.SUPPRESSED)
_LOOKED_AT = 20
"""Deliveries at most: a few issues, with what was sent again of each."""


def issues_in_a_row(
    session: Session, subscriber_id: int, address_hash: str, delivery_id: int
) -> int:
    """How many of the newest issues sent to an address came back for what its mailbox is.

    `delivery_id` came back just now; of other reports those count from which something followed,
    for they may speak of an address the mail was passed on to. An issue nobody returned has
    arrived, as far as anybody knows, and all before it is forgotten; so is what lies before the
    address was released. What was refused for a reason of ours says nothing either way.
    """
    counted: dict[int, bool] = {}
    arrived: set[int] = set()
    for row in session.execute(_tried(subscriber_id, address_hash)):
        spoke = bool(row.refused or row.counted or row.id == delivery_id)
        counted[row.issue_id] = counted.get(row.issue_id, False) or spoke
        if row.state is DeliveryState.ACCEPTED and not (row.bounced or spoke):
            arrived.add(row.issue_id)
    newest_first = takewhile(lambda issue: issue not in arrived, counted)
    return sum(counted[issue] for issue in newest_first)


def _tried(
    subscriber_id: int, address_hash: str
) -> Select[int, int, DeliveryState, bool, bool, bool]:
    """What was sent to the address since its last release, the newest first."""
    bounce = exists().where(
        ReturnedMail.delivery_id == Delivery.id, ReturnedMail.kind == Returned.BOUNCE
    )
    refused = and_(Delivery.state.in_(_FAILED), Delivery.meaning.in_(COUNTED))
    released = select(Release.at).where(Release.address_hash == address_hash).scalar_subquery()
    tried_at = func.coalesce(Delivery.accepted_at, Delivery.handed_at, Delivery.next_attempt_at)
    return (
        select(
            Run.issue_id,
            Delivery.id,
            Delivery.state,
            refused.label("refused"),
            bounce.correlate(Delivery).label("bounced"),
            bounce.where(ReturnedMail.consequence.in_(_HEEDED))
            .correlate(Delivery)
            .label("counted"),
        )
        .join(Run, Run.id == Delivery.run_id)
        .where(
            Delivery.subscriber_id == subscriber_id,
            Delivery.address_hash == address_hash,
            Delivery.state.in_(_TRIED),
            or_(released.is_(None), tried_at > released),
        )
        .order_by(Delivery.id.desc())
        .limit(_LOOKED_AT)
    )
