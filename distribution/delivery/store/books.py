"""SQL that recounts a run's books from its rows.

Each question is one statement that reads the run's rows once, and joins them as sets: asked row
by row, a million deliveries would take minutes.
"""

from sqlalchemy import and_, exists, func, or_, select, text
from sqlalchemy.orm import Session

from distribution.delivery.states import FINAL
from distribution.models import Delivery, DeliveryEvent, Run, Slot
from distribution.words import DeliveryState


def as_of_one_moment(session: Session) -> None:
    """Let all that this session will read be as it is now; to be called before anything else.

    SQLite does so by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def unslotted(session: Session, run: Run) -> int:
    """Deliveries of a run that hold no slot although they were not cancelled."""
    slot = exists().where(
        Slot.issue_id == run.issue_id,
        Slot.resend_number == run.resend_number,
        Slot.subscriber_id == Delivery.subscriber_id,
        Slot.address_hash == Delivery.address_hash,
    )
    query = select(func.count()).where(
        Delivery.run_id == run.id,
        Delivery.state != DeliveryState.CANCELLED,
        ~slot.correlate(Delivery),
    )
    return session.scalars(query).one()


def unwitnessed(session: Session, run_id: int) -> int:
    """Deliveries in a final state whose last event does not say so.

    One join and one grouping: whatever order the database chooses, it is not slow.
    """
    last = func.max(DeliveryEvent.id)
    agreeing = last.filter(DeliveryEvent.state == Delivery.state)
    doubted = (
        select(Delivery.id)
        .outerjoin(DeliveryEvent, DeliveryEvent.delivery_id == Delivery.id)
        .where(Delivery.run_id == run_id, Delivery.state.in_(FINAL))
        .group_by(Delivery.id)
        .having(or_(agreeing.is_(None), agreeing < last))
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(doubted)).one()


def accepted_twice(session: Session, run: Run) -> int:
    """Mailboxes a relay has accepted more than one mail of this issue and resend number for."""
    twice = (
        select(Delivery.address_hash)
        .join(Run, Run.id == Delivery.run_id)
        .where(
            Run.issue_id == run.issue_id,
            Run.resend_number == run.resend_number,
            Delivery.state == DeliveryState.ACCEPTED,
        )
        .group_by(Delivery.address_hash)
        .having(func.count() > 1)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(twice)).one()


def undated(session: Session, run_id: int) -> int:
    """Deliveries whose state and time of acceptance contradict each other."""
    accepted = Delivery.state == DeliveryState.ACCEPTED
    query = select(func.count()).where(
        Delivery.run_id == run_id,
        or_(
            and_(accepted, Delivery.accepted_at.is_(None)),
            and_(~accepted, Delivery.accepted_at.is_not(None)),
        ),
    )
    return session.scalars(query).one()


def events(session: Session, run_id: int) -> int:
    """Events of a run's deliveries."""
    query = (
        select(func.count())
        .select_from(DeliveryEvent)
        .join(Delivery, Delivery.id == DeliveryEvent.delivery_id)
        .where(Delivery.run_id == run_id)
    )
    return session.scalars(query).one()
