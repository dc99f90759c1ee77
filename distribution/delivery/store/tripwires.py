"""SQL of the tripwires, of which each question is cheap whatever the size of a run.

It looks at what has happened since the last look, or an index answers it that holds only what is
out of the ordinary.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Select, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from distribution.db import upsert
from distribution.delivery.store import books
from distribution.delivery.store.times import moment, present
from distribution.delivery.tripwires import Replies
from distribution.models import (
    COMPLAINED,
    Delivery,
    DeliveryEvent,
    ReturnedMail,
    Run,
    Tripwire,
)
from distribution.words import DeliveryState, Meaning, RunState

OVERLAP = timedelta(seconds=3)
"""Events have their numbers before they are committed: younger ones are looked at once more."""
RECENT = 20_000
"""Events among which a lane's last replies are looked for; a larger run's small lanes go past."""

_REPLIES = (DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.DEFERRED)
_OVER = (RunState.FINISHED, RunState.CANCELLED)
_DOUBTFUL = text("deliveries.state = 'in_doubt'")  # as its index has it


def due(session: Session, every: timedelta) -> bool:
    """Whether a running run was not looked at for so long."""
    query = _running(every).with_only_columns(Run.id).limit(1)
    return session.scalar(query) is not None


def take_due(session: Session, every: timedelta) -> Sequence[Run]:
    """Running runs that were not looked at for so long, locked; others' are left to them."""
    query = _running(every).order_by(Run.id)
    locked = query.with_for_update(of=Run, key_share=True, skip_locked=True)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _running(every: timedelta) -> Select[Run]:
    lately = Tripwire.looked_at <= moment(-every)
    return (
        select(Run)
        .outerjoin(Tripwire, Tripwire.run_id == Run.id)
        .where(Run.state == RunState.SENDING, or_(Tripwire.run_id.is_(None), lately))
    )


def watched(session: Session, run_id: int) -> Tripwire:
    """Up to where a run was watched; from now on where it is new. The caller holds the run."""
    found = session.get(Tripwire, run_id, populate_existing=True)
    if found is None:
        last = newest_event(session)
        now = present(session)
        found = Tripwire(
            run_id=run_id, looked_at=now, read_at=now, known_event_id=last, seen_event_id=last,
            twice=0, complaints=0,
        )  # fmt: skip
        session.add(found)
    return found


def newest_event(session: Session) -> int:
    """The number of the last event of all."""
    return session.scalar(select(func.max(DeliveryEvent.id))) or 0


def come_to_rest(session: Session, after: int) -> int:
    """The number up to which no event can appear any more, whatever is being committed."""
    query = (
        select(DeliveryEvent.id)
        .where(DeliveryEvent.id > after, DeliveryEvent.at <= moment(-OVERLAP))
        .order_by(DeliveryEvent.id.desc())
        .limit(1)
    )
    return session.scalar(query) or after


def events(session: Session, run_id: int, after: int) -> int:
    """Events of a run's deliveries since."""
    query = (
        select(func.count())
        .select_from(DeliveryEvent)
        .join(Delivery, Delivery.id == DeliveryEvent.delivery_id)
        .where(DeliveryEvent.id > after, Delivery.run_id == run_id)
    )
    return session.scalars(query).one()


def accepted_again(session: Session, run_id: int, after: int) -> int:
    """Mails of a run accepted since that had been accepted before.

    Who was tried once only cannot have been, and most of them were.
    """
    earlier = aliased(DeliveryEvent)
    again = exists().where(
        earlier.delivery_id == DeliveryEvent.delivery_id,
        earlier.state == DeliveryState.ACCEPTED,
        earlier.id < DeliveryEvent.id,
    )
    query = (
        select(func.count(Delivery.id.distinct()))
        .select_from(DeliveryEvent)
        .join(Delivery, Delivery.id == DeliveryEvent.delivery_id)
        .where(
            DeliveryEvent.id > after,
            DeliveryEvent.state == DeliveryState.ACCEPTED,
            Delivery.attempts > 1,
            Delivery.run_id == run_id,
            again.correlate(DeliveryEvent),
        )
    )
    return session.scalars(query).one()


def served_twice(session: Session, run: Run) -> int:
    """Mailboxes and readers of all runs with this issue and number that were served twice.

    Reads all rows of the run.
    """
    return books.accepted_twice(session, run) + _readers_served_twice(session, run)


def _readers_served_twice(session: Session, run: Run) -> int:
    """In different runs, at different addresses: in one run and at one address see above."""
    same = select(Run.id).where(
        Run.issue_id == run.issue_id, Run.resend_number == run.resend_number
    )
    siblings = session.scalars(same.where(Run.id != run.id)).all()
    if not siblings:
        return 0
    accepted = (Delivery.state == DeliveryState.ACCEPTED, Delivery.run_id.in_(same))
    twice = (
        select(Delivery.subscriber_id)
        .where(*accepted)
        .group_by(Delivery.subscriber_id)
        .having(func.count(Delivery.address_hash.distinct()) > 1)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(twice)).one()


def in_doubt(session: Session, run_id: int, after: int) -> int:
    """Deliveries of a run that are in doubt and have become so since."""
    since = exists().where(
        DeliveryEvent.delivery_id == Delivery.id,
        DeliveryEvent.state == DeliveryState.IN_DOUBT,
        DeliveryEvent.id > after,
    )
    query = select(func.count()).select_from(Delivery)
    doubtful = and_(_DOUBTFUL, Delivery.run_id == run_id, since.correlate(Delivery))
    return session.scalars(query.where(doubtful)).one()


def complaints(session: Session, run_id: int) -> int:
    """Mails of a run that readers complained of."""
    query = (
        select(func.count(Delivery.id.distinct()))
        .select_from(ReturnedMail)
        .join(Delivery, Delivery.id == ReturnedMail.delivery_id)
        .where(COMPLAINED, Delivery.run_id == run_id)
    )
    return session.scalars(query).one()


def complained_of(session: Session, least: int) -> dict[int, int]:
    """Runs that are over and that readers complained of at least so often, and how often."""
    theirs = select(ReturnedMail.delivery_id).where(COMPLAINED)
    query = (
        select(Delivery.run_id, func.count())
        .join(Run, Run.id == Delivery.run_id)
        .where(Delivery.id.in_(theirs), Run.state.in_(_OVER))
        .group_by(Delivery.run_id)
        .having(func.count() >= least)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def accepted(session: Session, run_id: int, at_most: int) -> int:
    """Deliveries of a run that a relay has accepted, counted no further than that."""
    some = (
        select(Delivery.id)
        .where(Delivery.run_id == run_id, Delivery.state == DeliveryState.ACCEPTED)
        .limit(at_most)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(some)).one()


def last_replies(
    session: Session, run_id: int, after: int, window: int, of_us: Collection[Meaning], least: int
) -> dict[str, Replies]:
    """What each lane said last, where at least so many of it are refusals of us."""
    recent = (
        select(DeliveryEvent.id, DeliveryEvent.delivery_id, DeliveryEvent.state)
        .where(DeliveryEvent.id > after, DeliveryEvent.state.in_(_REPLIES))
        .order_by(DeliveryEvent.id.desc())
        .limit(RECENT)
        .subquery()
    )
    failed = recent.c.state == DeliveryState.FAILED
    of_it = (recent.c.delivery_id == Delivery.id, Delivery.run_id == run_id)
    refused = Delivery.meaning.in_(of_us)
    enough = select(func.count()).select_from(recent).join(Delivery, and_(*of_it))
    if session.scalars(enough.where(failed, refused)).one() < least:
        return {}
    place = func.row_number().over(partition_by=Delivery.lane, order_by=recent.c.id.desc())
    said = (
        select(
            Delivery.lane,
            and_(failed, refused).label("refused"),
            place.label("place"),
        )
        .join(recent, and_(*of_it))
        .subquery()
    )
    refusals = func.count().filter(said.c.refused)
    query = (
        select(said.c.lane, func.count(), refusals)
        .where(said.c.place <= window)
        .group_by(said.c.lane)
        .having(refusals >= least)
    )
    return {row[0]: Replies(row[1], row[2]) for row in session.execute(query)}


def know(session: Session, run: Run) -> None:
    """A person resumes the run: what is there now trips nothing any more."""
    last = newest_event(session)
    facts = {
        "looked_at": present(session),
        "read_at": present(session),
        "known_event_id": last,
        "seen_event_id": last,
        "twice": served_twice(session, run),
        "complaints": complaints(session, run.id),
    }
    insert = upsert(session, Tripwire).values(run_id=run.id, **facts)
    session.execute(insert.on_conflict_do_update(index_elements=["run_id"], set_=facts))
