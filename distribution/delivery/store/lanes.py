"""SQL of lanes: what holds up the mails to one provider or domain. Times are the database's.

Lanes are locked last, after runs, deliveries and subscribers, and by name: nobody waits in a
circle.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.delivery.store.times import moment, present
from distribution.models import Delivery, Lane
from distribution.words import Meaning

_FORGIVEN_AFTER = timedelta(days=1)
"""A lane that has kept still for so long begins with a short rest again."""
_LONGEST_WORDS = 500

Own = tuple[int | None, int | None, int | None]
"""An admin's rate per hour, burst and connections, as far as he said them."""


def held() -> ColumnElement[bool]:
    """SQL: nothing may go to the lane of a row of `deliveries` now."""
    return exists().where(Lane.name == Delivery.lane, halted()).correlate(Delivery)


def rest(
    session: Session,
    name: str,
    steps: Sequence[timedelta],
    asked: timedelta,
    said: tuple[Meaning, str],
    *,
    sent_at: datetime | None = None,
) -> datetime | None:
    """Let a lane rest, longer each time in a row; gives until when, None where it rests already.

    Many mails are refused in the same moment: together they are one reason to rest. So are those
    that went out before the rest was over, whenever they come back.
    """
    lane, now = _lock(session, name), present(session)
    went_out = sent_at or now
    if any(known and went_out < known for known in (lane.resting_until, lane.resumed_at)):
        return None
    if lane.resting_until is None or now - lane.resting_until > _FORGIVEN_AFTER:
        lane.rests = 0
    lane.resting_until = now + max(steps[min(lane.rests, len(steps) - 1)], asked)
    lane.rests += 1
    if lane.stopped_at is None:
        lane.meaning, lane.words = said[0], said[1][:_LONGEST_WORDS]
    session.flush()
    return lane.resting_until


def stop(
    session: Session,
    name: str,
    *,
    by: str,
    meaning: Meaning | None = None,
    words: str = "",
    sent_at: datetime | None = None,
) -> datetime | None:
    """Let nothing go to a lane until it is resumed; gives since when, None where it was so.

    Mails that went out before it was resumed go on coming back: that is known, and dealt with.
    """
    lane = _lock(session, name)
    known = sent_at is not None and lane.resumed_at is not None and sent_at < lane.resumed_at
    if lane.stopped_at is not None or known:
        return None
    lane.stopped_at, lane.stopped_by = present(session), by
    lane.meaning, lane.words = meaning, words[:_LONGEST_WORDS]
    session.flush()
    return lane.stopped_at


def resume(session: Session, name: str) -> Lane | None:
    """Let mails go to a lane again; gives what held them up, None where nothing did."""
    lane = session.scalar(select(Lane).where(Lane.name == name, halted()).with_for_update())
    if lane is None:
        return None
    session.expunge(lane)
    free = {"stopped_at": None, "stopped_by": None, "resting_until": None, "rests": 0}
    session.execute(
        update(Lane)
        .where(Lane.name == name)
        .values(**free, meaning=None, words="", resumed_at=database_time())
        .execution_options(synchronize_session=False)
    )
    return lane


def limit(session: Session, name: str, own: Own) -> None:
    """Give a lane an admin's own limits in place of those it has; None: those of everybody.

    They hold at once: what the lane waits for was reckoned by those it had.
    """
    lane, now = _lock(session, name), present(session)
    lane.rate_per_hour, lane.burst, lane.connections = own
    if lane.free_at is not None and lane.free_at > now:
        lane.free_at = now
    session.flush()


def own_limits(session: Session, names: Collection[str] | None = None) -> dict[str, Own]:
    """The limits an admin has given to lanes, or to these of them."""
    columns = (Lane.rate_per_hour, Lane.burst, Lane.connections)
    query = select(Lane.name, *columns).where(or_(*(column.is_not(None) for column in columns)))
    if names is not None:
        query = query.where(Lane.name.in_(names))
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def held_lanes(session: Session) -> Sequence[Lane]:
    """Lanes to which nothing goes now, by name."""
    return session.scalars(select(Lane).where(halted()).order_by(Lane.name)).all()


def halted() -> ColumnElement[bool]:
    """SQL: stopped, or still at rest."""
    return or_(Lane.stopped_at.is_not(None), Lane.resting_until > moment())


def _lock(session: Session, name: str) -> Lane:
    """The lane's row, locked; a new one where there was none."""
    row = {"name": name, "rests": 0, "words": ""}
    session.execute(upsert(session, Lane).values(row).on_conflict_do_nothing())
    found = select(Lane).where(Lane.name == name).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()
