"""SQL that tells where a mail may go now.

The cost must not grow with the rows that wait, whether a million are due or thirty thousand wait
for a lane that is stopped. So lanes are found by jumping from one to the next in the index of
what is due, and no lane's rows are read but its first.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.delivery.store import lanes
from distribution.delivery.store.installation import trusted
from distribution.delivery.store.times import moment
from distribution.models import DUE, Canary, Delivery, Lane, Run
from distribution.words import RunState

_Name = ColumnElement[str] | InstrumentedAttribute[str]
_NOW = timedelta(0)


def count_anew(session: Session) -> None:
    """Let PostgreSQL see that many rows are due: after the last run it knew of none.

    It would then read all that is due, lane by lane, to find the next lane. SQLite asks nobody.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE deliveries"))


def running(session: Session) -> dict[int, bool]:
    """The runs that may send now, the oldest first, and whether some of each go first.

    None while the ledger is not trusted, see `recognising`.
    """
    in_time = or_(Run.expires_at.is_(None), Run.expires_at > moment())
    may_send = (Run.state == RunState.SENDING, in_time, trusted())
    query = select(Run.id, Run.canary.is_not(None)).where(*may_send)
    return {row[0]: row[1] for row in session.execute(query.order_by(Run.id))}


def anything_ready(session: Session) -> bool:
    """Whether a mail may go now; its lane's connections are not looked at."""
    if not anything_due(session):
        return False
    return any(
        first_lanes_ready(session, run_id) if some_go_first else lanes_ready(session, run_id, "", 1)
        for run_id, some_go_first in running(session).items()
    )


def anything_due(session: Session) -> bool:
    """Whether the time of any row has come, wherever it goes."""
    first = select(func.min(Delivery.next_attempt_at)).where(DUE).scalar_subquery()
    return bool(session.scalar(select(first <= moment())))


def lanes_ready(
    session: Session, run_id: int, after: str, limit: int, soon: timedelta = _NOW
) -> list[str]:
    """Lanes behind `after` in which a mail of a run is due and nothing keeps it back, by name.

    `soon` is for how long it may still wait for its lane's pace.
    """
    found = select(_next_lane(run_id, after).label("lane")).cte("found", recursive=True)
    on = select(_next_lane(run_id, found.c.lane)).where(found.c.lane.is_not(None))
    found = found.union_all(on)
    due = exists().where(
        Delivery.run_id == run_id,
        Delivery.lane == found.c.lane,
        DUE,
        Delivery.next_attempt_at <= moment(),
    )
    may_go = (found.c.lane.is_not(None), _is_free(found.c.lane, soon), due.correlate(found))
    return list(session.scalars(select(found.c.lane).where(*may_go).limit(limit)))


def first_lanes_ready(session: Session, run_id: int, soon: timedelta = _NOW) -> list[str]:
    """The same of a run of which some go first: those are few."""
    due = (DUE, Delivery.next_attempt_at <= moment(), _is_free(Delivery.lane, soon))
    first = select(Canary.delivery_id).where(Canary.run_id == run_id)
    query = select(Delivery.lane).where(Delivery.id.in_(first), *due).distinct()
    return sorted(session.scalars(query))


def _next_lane(run_id: int, after: str | ColumnElement[str]) -> ScalarSelect[str]:
    """SQL: the first lane behind another with a row of the run that waits or is due."""
    query = select(func.min(Delivery.lane)).where(
        Delivery.run_id == run_id, DUE, Delivery.lane > after
    )
    return query.correlate_except(Delivery).scalar_subquery()


def _is_free(name: _Name, soon: timedelta) -> ColumnElement[bool]:
    """SQL: a lane is neither stopped nor at rest, nor waits for its pace for longer than that."""
    busy = or_(lanes.halted(), Lane.free_at > moment(soon))
    return ~exists().where(Lane.name == name, busy).correlate_except(Lane)
