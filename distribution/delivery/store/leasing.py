"""SQL of leasing: the turns of lanes, and the first mails of each.

A lease passes over lanes and deliveries that somebody else is at. It waits only where it adds the
row of a lane that somebody else is just adding, before it holds any lane (`leasing.pick`), and by
name as everybody does; and whoever adds a lane holds all he needs by then. So those who settle, who
lock deliveries and then lanes, may wait for a lease, but a lease never for what they wait for:
nobody waits in a circle.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    bindparam,
    false,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from distribution.db import BIG_INTEGER, among, database_time, upsert
from distribution.delivery.store import lanes
from distribution.delivery.store.times import moment
from distribution.models import DUE, UNDER_WAY, Canary, Delivery, Lane


@dataclass(frozen=True, slots=True)
class Share:
    """So many mails of one lane of a run."""

    run_id: int
    lane: str
    most: int
    some_go_first: bool = False
    """Of this run only those may go that were chosen to go first."""


@dataclass(frozen=True, slots=True)
class Known:
    """A lane as it stands now."""

    own: lanes.Own
    halted: bool
    """Stopped, or at rest."""
    waits: timedelta | None
    """Until its pace lets the next one go; None: it may go now."""


def lanes_named(session: Session, names: Collection[str]) -> dict[str, Known]:
    """What is known of these lanes, by name."""
    facts = (Lane.name, Lane.rate_per_hour, Lane.burst, Lane.connections, Lane.free_at)
    query = select(*facts, func.coalesce(lanes.halted(), false()), moment())
    return {
        name: Known((rate, burst, connections), bool(halted), _until(free_at, now))
        for name, rate, burst, connections, free_at, halted, now in session.execute(
            query.where(among(session, Lane.name, names))
        )
    }


def add_lanes(session: Session, names: Iterable[str]) -> None:
    """Make rows for these lanes, in the order of their names, where there are none."""
    rows = [{"name": name, "rests": 0, "words": ""} for name in sorted(names)]
    if rows:
        session.execute(upsert(session, Lane).on_conflict_do_nothing(), rows)


def lock_lanes(
    session: Session, names: Collection[str]
) -> dict[str, tuple[datetime | None, datetime]]:
    """Lock those of the lanes that nobody holds: when the next mail of each may go, and now."""
    query = select(Lane.name, Lane.free_at, database_time()).where(Lane.name.in_(names))
    locked = session.execute(query.order_by(Lane.name).with_for_update(skip_locked=True))
    return {row[0]: (row[1], row[2]) for row in locked}


def in_hands(session: Session, names: Collection[str]) -> dict[str, int]:
    """How many mails of these lanes are leased or handed over, by whomever."""
    query = select(Delivery.lane, func.count()).where(UNDER_WAY, Delivery.lane.in_(names))
    return {row[0]: row[1] for row in session.execute(query.group_by(Delivery.lane))}


def pace(session: Session, free_at: Mapping[str, datetime]) -> None:
    """Say of lanes that are locked when the next mail may go."""
    for name, at in free_at.items():
        session.execute(
            update(Lane)
            .where(Lane.name == name)
            .values(free_at=at)
            .execution_options(synchronize_session=False)
        )


def first_due(session: Session, shares: Sequence[Share]) -> list[Row[int, int, int, str]]:
    """Of each share the rows that are longest due, locked, one share after the other."""
    places = {(share.run_id, share.lane): place for place, share in enumerate(shares)}
    found: list[Row[int, int, int, str]] = []
    one_by_one = list(shares)
    if session.get_bind().dialect.name == "postgresql":
        together = [share for share in shares if not share.some_go_first]
        one_by_one = [share for share in shares if share.some_go_first]
        columns = {
            "run_ids": [share.run_id for share in together],
            "lanes": [share.lane for share in together],
            "most": [share.most for share in together],
        }
        found += session.execute(_TOGETHER, columns).all() if together else ()
    for share in one_by_one:
        query = _FIRST_ONES if share.some_go_first else _ONE
        words = {"run_id": share.run_id, "lane": share.lane, "most": share.most}
        found += session.execute(query, words).all()
    return sorted(found, key=lambda row: places[row.run_id, row.lane])


def _until(free_at: datetime | None, now: datetime) -> timedelta | None:
    return free_at - now if free_at is not None and free_at > now else None


def _due(run_id: ColumnElement[int], lane: ColumnElement[str]) -> Select[int, int, int, str]:
    return (
        select(Delivery.id, Delivery.crashes, Delivery.run_id, Delivery.lane)
        .where(
            Delivery.run_id == run_id,
            Delivery.lane == lane,
            DUE,
            Delivery.next_attempt_at <= moment(),
        )
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .with_for_update(skip_locked=True)
    )


def _laterally() -> Select[int, int, int, str]:
    """One statement for all shares: each looks up its own first rows in the index."""
    given = (
        bindparam("run_ids", type_=ARRAY(BIG_INTEGER)),
        bindparam("lanes", type_=ARRAY(Delivery.lane.type)),
        bindparam("most", type_=ARRAY(Integer())),
    )
    wanted = func.unnest(*given).table_valued("run_id", "lane", "most", name="wanted")
    wanted = wanted.render_derived()
    first = _due(wanted.c.run_id, wanted.c.lane).limit(wanted.c.most).lateral("first")
    columns = (first.c.id, first.c.crashes, first.c.run_id, first.c.lane)
    return select(*columns).select_from(wanted.join(first, true()))


# Put together once: many of them are asked in each lease.
_ONE = _due(bindparam("run_id", type_=BIG_INTEGER), bindparam("lane", type_=Delivery.lane.type))
_ONE = _ONE.limit(bindparam("most", type_=Integer()))
_FIRST_ONES = _ONE.where(
    Delivery.id.in_(select(Canary.delivery_id).where(Canary.run_id == bindparam("run_id")))
)
_TOGETHER = _laterally()
