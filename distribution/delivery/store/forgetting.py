"""SQL that takes a reader's name off his deliveries; what they count for stays."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from distribution.audience import Traces
from distribution.delivery.states import FINAL
from distribution.models import Delivery, DeliveryEvent, Letter, Run, Subscriber
from distribution.words import DeliveryState, LetterPurpose, RunState


def recipients(session: Session, subscriber_id: int) -> set[str]:
    """The addresses his mails and letters went or were to go to.

    Not those he has named as his new ones, and that are another's.
    """
    others = exists().where(
        Subscriber.email_key == Letter.recipient, Subscriber.id != Letter.subscriber_id
    )
    mails = select(Delivery.recipient).where(Delivery.subscriber_id == subscriber_id)
    letters = select(Letter.recipient).where(
        Letter.subscriber_id == subscriber_id, ~((Letter.purpose == LetterPurpose.MOVING) & others)
    )
    return set(session.scalars(mails)) | set(session.scalars(letters))


def hold(session: Session, subscriber_id: int) -> dict[int, DeliveryState]:
    """Lock his deliveries, and the plans that may just be adding one; gives where each stands.

    By ascending id, runs before deliveries, and so that events may still refer to them.
    """
    planning = select(Run.id).where(Run.state == RunState.PLANNING).order_by(Run.id)
    session.execute(planning.with_for_update(key_share=True)).all()
    mine = (
        select(Delivery.id, Delivery.state)
        .where(Delivery.subscriber_id == subscriber_id)
        .order_by(Delivery.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row.state for row in session.execute(mine)}


def rename(session: Session, delivery_ids: Sequence[int], recipient: str) -> int:
    """Put another recipient into these deliveries; gives how many had another before.

    The hashes of their messages go: whoever guesses an address could prove his guess by them.
    """
    renamed = (
        update(Delivery)
        .where(Delivery.id.in_(delivery_ids), Delivery.recipient != recipient)
        .values(recipient=recipient, message_sha256=None)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(renamed).all())


def is_through() -> ColumnElement[bool]:
    """SQL: nothing more will happen to a row of `deliveries` by itself."""
    return Delivery.state.in_(FINAL)


def scrub_replies(session: Session, delivery_ids: Sequence[int], traces: Traces) -> int:
    """Leave him out of what relays said about these deliveries; the codes stay."""
    query = select(DeliveryEvent).where(
        DeliveryEvent.delivery_id.in_(delivery_ids), DeliveryEvent.reply != ""
    )
    changed = 0
    for event in session.scalars(query):
        scrubbed = traces.scrub(event.reply)
        if scrubbed != event.reply:
            event.reply = scrubbed
            changed += 1
    session.flush()
    return changed
