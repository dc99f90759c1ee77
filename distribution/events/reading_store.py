"""SQL of opens and clicks that are written down: what they showed, and what is said of them.

Nothing here commits.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from distribution.events.classes import kind_of
from distribution.events.sessions import SPAN
from distribution.events.verdicts import RULES, Act, Judged
from distribution.models import NAMELESS, NETWORKED, Delivery, ReadingEvent, Run, Selection

_MOST = 5_000
"""Of what happened around some acts: whoever asks for one link for ever is no longer compared."""
UNTRACED = {"showed": "", "agent": "", "network_class": "", "network": ""}
"""Of an act of which it is no longer known how it came."""


@dataclass(frozen=True, slots=True)
class Written:
    """An act that is written down, and what was said of it."""

    id: int
    act: Act
    judged: Judged


def take_turn(session: Session, run_ids: Collection[int]) -> None:
    """Wait until nobody else judges these runs: two who judge at once would not see each other's.

    Until the end of the transaction; SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        for run_id in sorted(run_ids):
            session.execute(select(func.pg_advisory_xact_lock(_TURN + run_id)))


_TURN = 0x7665_7264 << 32


def add(session: Session, acts: Iterable[tuple[Act, Judged]]) -> None:
    """Write acts down, each with its verdict."""
    rows = [
        {
            "signal": act.signal,
            "run_id": act.run,
            "delivery_id": act.mail,
            "article_id": act.link,
            "at": act.at,
            "verdict": verdict,
            "rule": rule,
            "rules": RULES,
            "showed": act.showed,
            "agent": act.agent,
            "network_class": act.network_class,
            "network": act.network,
        }
        for act, (verdict, rule) in acts
    ]
    if rows:
        # Without NULLs spelled out, rows that have them and rows that have not go separately.
        session.execute(insert(ReadingEvent).execution_options(render_nulls=True), rows)


def around(session: Session, acts: Sequence[Act]) -> list[Written]:
    """What is written down of the same mails and networks about then, and still says how it came.

    In the same runs; the newest, where it is too much.
    """
    if not acts:
        return []
    at = [act.at for act in acts]
    mails = {act.mail for act in acts if act.mail is not None}
    networks = {act.network for act in acts if act.network and not kind_of(act.network_class)}
    same = or_(
        and_(ReadingEvent.delivery_id.in_(mails), ReadingEvent.agent != ""),
        and_(NETWORKED, ReadingEvent.network.in_(networks)),
    )
    query = _written().where(
        ReadingEvent.run_id.in_({act.run for act in acts}),
        ReadingEvent.at.between(min(at) - 2 * SPAN, max(at) + 2 * SPAN),
        same,
    )
    # By time: in the order of ids, PostgreSQL would look through all of them for those few.
    return _read(session, query.order_by(ReadingEvent.at.desc()).limit(_MOST))


def of_mails(session: Session, run_id: int, after: int, most: int) -> tuple[list[Written], int]:
    """All acts in the next mails of a run whose acts still say how they came; and the last mail.

    The last mail is 0 where there are no more.
    """
    ids = (
        select(ReadingEvent.delivery_id)
        .where(
            ReadingEvent.run_id == run_id,
            ReadingEvent.delivery_id > after,
            ReadingEvent.agent != "",
        )
        .distinct()
        .order_by(ReadingEvent.delivery_id)
        .limit(most)
    )
    mails = session.scalars(ids).all()
    if not mails:
        return [], 0
    of_them = and_(ReadingEvent.delivery_id.in_(mails), ReadingEvent.agent != "")
    return _read(session, _written().where(of_them)), mails[-1] or 0


def links_of(session: Session, mails: Collection[int]) -> dict[int, int]:
    """How many articles each of these mails has."""
    if not mails:
        return {}
    query = (
        select(Delivery.id, Selection.choices)
        .join(Selection, Selection.id == Delivery.selection_id)
        .where(Delivery.id.in_(mails))
    )
    return {row.id: len(row.choices) for row in session.execute(query)}


def change(session: Session, judged: Mapping[int, Judged]) -> None:
    """Write down what is said now, by event id."""
    rows = [
        {"id": event_id, "verdict": verdict, "rule": rule, "rules": RULES}
        for event_id, (verdict, rule) in sorted(judged.items())
    ]
    if rows:
        session.execute(update(ReadingEvent), rows)


def runs(session: Session) -> Sequence[int]:
    """Those of which acts are written down, oldest first."""
    happened = select(ReadingEvent.id).where(ReadingEvent.run_id == Run.id).exists()
    return session.scalars(select(Run.id).where(happened).order_by(Run.id)).all()


def forgotten(session: Session, run_id: int) -> int:
    """How many acts of a run are nobody's, or no longer say how they came."""
    gone = or_(ReadingEvent.delivery_id.is_(None), ReadingEvent.agent == "")
    query = select(func.count()).where(ReadingEvent.run_id == run_id, gone)
    return session.scalars(query).one()


def nameless(before: datetime) -> ColumnElement[bool]:
    """SQL: an act of nobody we know that is older and still says how it came."""
    return and_(NAMELESS, ReadingEvent.at < before)


def of(mails: Collection[int]) -> ColumnElement[bool]:
    """SQL: an act in one of these mails."""
    return ReadingEvent.delivery_id.in_(mails)


def holds(session: Session, which: ColumnElement[bool]) -> bool:
    """Whether there is any such act."""
    return session.scalar(select(select(ReadingEvent.id).where(which).exists())) or False


def forget_nameless(session: Session, before: datetime, limit: int) -> int:
    """Drop how they came; whoever is being judged meanwhile is passed over."""
    ids = (
        select(ReadingEvent.id)
        .where(nameless(before))
        .order_by(ReadingEvent.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(ids).all()
    forget(session, ReadingEvent.id.in_(found))
    return len(found)


def forget(session: Session, which: ColumnElement[bool]) -> None:
    """Drop how acts came; what was said of them stays."""
    session.execute(
        update(ReadingEvent)
        .where(which)
        .values(UNTRACED)
        .execution_options(synchronize_session=False)
    )


def _written() -> Select[*tuple[Any, ...]]:
    return select(
        ReadingEvent, func.coalesce(Delivery.accepted_at, Delivery.handed_at).label("readable")
    ).outerjoin(Delivery, Delivery.id == ReadingEvent.delivery_id)


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> list[Written]:
    found = []
    for row, readable in session.execute(query):
        act = Act(
            run=row.run_id,
            mail=row.delivery_id,
            signal=row.signal,
            link=row.article_id,
            at=row.at,
            showed=row.showed,
            agent=row.agent,
            network_class=row.network_class,
            network=row.network,
            since=row.at - readable if readable else None,
        )
        found.append(Written(row.id, act, (row.verdict, row.rule)))
    return found
