"""SQL of the mails that go first: chosen once, when their run starts, and never added to.

Which they are is a row for each, written with the start: however many workers lease and however
often they die, no other mail of the run goes before the admin's word.
"""

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from distribution.models import Canary, Delivery, ReturnedMail, Run
from distribution.words import DeliveryState, Returned


def choose(session: Session, run_id: int, count: int) -> None:
    """Let so many of a run go first: one of each lane, the largest before the others, and so on."""
    ours = (Delivery.run_id == run_id, Delivery.state == DeliveryState.PLANNED)
    place = func.row_number().over(partition_by=Delivery.lane, order_by=Delivery.id)
    size = func.count().over(partition_by=Delivery.lane)
    spread = select(Delivery.id, place.label("place"), size.label("size")).where(*ours).subquery()
    order = (spread.c.place, spread.c.size.desc(), spread.c.id)
    chosen = session.scalars(select(spread.c.id).order_by(*order).limit(count)).all()
    session.execute(insert(Canary), [{"run_id": run_id, "delivery_id": one} for one in chosen])


def may_go() -> ColumnElement[bool]:
    """SQL, of a run and a delivery of it: nobody goes first, or this one does."""
    return or_(Run.canary.is_(None), _goes_first())


def may_go_of_its_run() -> ColumnElement[bool]:
    """SQL: as `may_go`, of a delivery alone."""
    nobody_first = select(Run.id).where(Run.canary.is_(None))
    return or_(Delivery.run_id.in_(nobody_first), _goes_first())


def held_back(run_id: int) -> ColumnElement[bool]:
    """SQL: a delivery of the run waits for the admin's word, because others go first."""
    some_go_first = exists().where(Run.id == run_id, Run.canary.is_not(None))  # asked once
    return and_(some_go_first.correlate(None), ~_goes_first())


def states(session: Session, run_id: int) -> dict[DeliveryState, int]:
    """Where those stand that went first."""
    query = (
        select(Delivery.state, func.count())
        .join(Canary, Canary.delivery_id == Delivery.id)
        .where(Canary.run_id == run_id)
        .group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def bounced(session: Session, run_id: int) -> int:
    """How many of them a mail system has sent back since."""
    query = (
        select(func.count(ReturnedMail.delivery_id.distinct()))
        .join(Canary, Canary.delivery_id == ReturnedMail.delivery_id)
        .where(Canary.run_id == run_id, ReturnedMail.kind == Returned.BOUNCE)
    )
    return session.scalars(query).one()


def _goes_first() -> ColumnElement[bool]:
    first = exists().where(Canary.run_id == Delivery.run_id, Canary.delivery_id == Delivery.id)
    return first.correlate(Delivery)
