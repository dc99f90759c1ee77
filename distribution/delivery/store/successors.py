"""SQL of runs that come after another one: whom they are for, and what they take over."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from distribution import audience
from distribution.db import among
from distribution.models import ConsentEvent, Delivery, Enterprise, Run, Slot, Subscriber
from distribution.words import Decision, DeliveryState, Purpose, RunKind, RunState

_OPEN = (
    RunState.PLANNING,
    RunState.PLANNED,
    RunState.SEALED,
    RunState.SENDING,
    RunState.PAUSED,
)


def open_successors(
    session: Session, issue_id: int, kind: RunKind, states: Collection[RunState] = _OPEN
) -> Sequence[Run]:
    """Runs of a kind of an issue that stand there still, the oldest first."""
    query = select(Run).where(Run.issue_id == issue_id, Run.kind == kind, Run.state.in_(states))
    return session.scalars(query.order_by(Run.id)).all()


def next_resend_number(session: Session, issue_id: int) -> int:
    """One that no run of the issue has ever had, a cancelled one included."""
    query = select(func.max(Run.resend_number)).where(Run.issue_id == issue_id)
    return (session.scalars(query).one() or 0) + 1


# -- who joined late -----------------------------------------------------------------------------


def newcomers(session: Session, run: Run, after: int, limit: int) -> Sequence[int]:
    """Subscribers behind the id `after` who joined after a run was planned, by ascending id.

    They may be mailed now and have no slot of its issue, neither the person nor the mailbox.
    """
    query = select(Subscriber.id).where(*_may_join(session, run), Subscriber.id > after)
    return session.scalars(query.order_by(Subscriber.id).limit(limit)).all()


def count_newcomers(session: Session, run: Run) -> int:
    """How many they are."""
    return session.scalars(select(func.count()).where(*_may_join(session, run))).one()


def named_newcomers(
    session: Session, run: Run, limit: int
) -> Sequence[Row[int, str, str, str | None, str]]:
    """The first of them: id, address, name, enterprise, and how he joined."""
    how = case(
        (Subscriber.id > run.cursor, "added"), (_agreed_since(run.created_at), "agreed"),
        else_="member",
    )  # fmt: skip
    query = (
        select(Subscriber.id, Subscriber.email, Subscriber.name, Enterprise.name, how)
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(*_may_join(session, run))
        .order_by(Subscriber.id)
        .limit(limit)
    )
    return session.execute(query).all()


def _may_join(session: Session, run: Run) -> tuple[ColumnElement[bool], ...]:
    """SQL, of a subscriber: see `newcomers`."""
    member = among(session, Subscriber.enterprise_id, run.outsiders)
    joined = or_(Subscriber.id > run.cursor, member, _agreed_since(run.created_at))
    served = exists().where(
        Slot.issue_id == run.issue_id,
        Slot.resend_number == run.resend_number,
        or_(
            Slot.subscriber_id == Subscriber.id,
            Slot.address_hash == Subscriber.address_hash,
        ),
    )
    return joined, ~served.correlate(Subscriber), audience.barrier().is_(None)


def _agreed_since(planned_at: datetime) -> ColumnElement[bool]:
    """SQL: he agreed after that, and before it his last word was not that he agrees."""
    said = and_(
        ConsentEvent.subscriber_id == Subscriber.id,
        ConsentEvent.purpose == Purpose.DIGEST,
        ConsentEvent.decision != Decision.REQUESTED,
    )
    before = (
        select(ConsentEvent.decision)
        .where(said, ConsentEvent.at <= planned_at)
        .order_by(ConsentEvent.id.desc())
        .limit(1)
        .correlate(Subscriber)
        .scalar_subquery()
    )
    since = exists().where(
        said, ConsentEvent.at > planned_at, ConsentEvent.decision == Decision.GRANTED
    )
    return and_(since.correlate(Subscriber), before.is_distinct_from(Decision.GRANTED))


# -- whom a correction is for --------------------------------------------------------------------


def addressees(
    session: Session, run: Run, states: Collection[DeliveryState], after: int, limit: int
) -> Sequence[int]:
    """Subscribers behind the id `after` whose mail of a run, or of a late one to it, stands so."""
    query = select(Delivery.subscriber_id).where(
        *_sent_with(run, states), Delivery.subscriber_id > after
    )
    return session.scalars(query.distinct().order_by(Delivery.subscriber_id).limit(limit)).all()


def count_addressees(session: Session, run: Run, states: Collection[DeliveryState]) -> int:
    """How many they are, whether they may be mailed now or not."""
    query = select(func.count(Delivery.subscriber_id.distinct())).where(*_sent_with(run, states))
    return session.scalars(query).one()


def _sent_with(run: Run, states: Collection[DeliveryState]) -> tuple[ColumnElement[bool], ...]:
    late = and_(Run.original_id == run.id, Run.kind == RunKind.LATE)
    theirs = select(Run.id).where(or_(Run.id == run.id, late))
    return Delivery.run_id.in_(theirs), Delivery.state.in_(states)
