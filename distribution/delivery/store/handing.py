"""SQL that runs for every mail: its intent, its result, and the events of both.

Nothing here commits; times are the database's. See `statements` for why it is written out. Rows
are given by ascending id, and mostly taken so: nobody promises it, so who collides begins again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Float,
    FromClause,
    Insert,
    Select,
    String,
    Text,
    Update,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal,
    null,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from distribution.db import BIG_INTEGER, database_time, insisting
from distribution.delivery.states import IN_HANDS, sources
from distribution.delivery.store import rows as store
from distribution.delivery.store.times import moment
from distribution.models import Delivery, DeliveryEvent, Subscriber
from distribution.statements import Columns, DirectLine, Prepared
from distribution.words import Cause, DeliveryState, Meaning

Lease = tuple[int, str]
"""A delivery and the token it is leased under."""

_LEASE: Columns = {"delivery_id": BIG_INTEGER, "token": Text()}
_AHEAD: ColumnElement[float] = bindparam("ahead_seconds", None, Float())
_RESULT, _INTENT = "result", "intent"
_CAUSE, _MEANING = bindparam("cause", None, String()), bindparam("meaning", None, String())


def mark_handed(
    session: Session,
    rows: Sequence[Lease],
    patience: timedelta,
    hashes: Mapping[int, str],
    relays: Mapping[int, str],
) -> set[int]:
    """The intent, guarded by token, lease, run and reader; returns the ids it was given for.

    `hashes` are of the messages that will go out, `relays` the names of those who wait for them,
    by delivery.
    """
    told = [(*row, hashes.get(row[0]), relays.get(row[0])) for row in sorted(rows)]
    return _ids(_HAND_OVER.run(session, told, ahead_seconds=patience.total_seconds()))


def mark_settled(
    session: Session,
    rows: Sequence[Lease],
    ending: tuple[DeliveryState, Cause | None, Meaning | None],
    wait: timedelta,
) -> set[int]:
    """Move rows that are in hands to a state where it may follow; returns the ids that moved.

    `ending` is the state, why, and what the refusal meant if it was one. A deferred one has not
    killed its worker: it is no suspect any more.
    """
    state, cause, meaning = ending
    words: dict[str, object] = {
        "cause": cause and cause.value,
        "meaning": meaning and meaning.value,
    }
    if state is not DeliveryState.ACCEPTED:
        words["ahead_seconds"] = wait.total_seconds()
    return _ids(_settling(state).run(session, sorted(rows), **words))


def record_together(
    line: DirectLine,
    accepted: Mapping[Lease, str],
    intents: Sequence[tuple[int, str, str, str]],
    patience: timedelta,
    by: str,
) -> tuple[set[int], set[int]]:
    """Accepted mails and intents in one statement, a transaction of its own: one round trip.

    As `mark_settled` with `add_events`, and `mark_handed`; gives the ids of both that moved.
    `accepted` has the relay's words; an intent is delivery, token, hash and relay. It is repeated
    where it collided with somebody who judges what came back: nothing had been recorded then.
    """
    rows: list[tuple[int | str | None, ...]] = [
        (*row, None, None, reply[:500], _RESULT) for row, reply in accepted.items()
    ]
    rows += [(*intent, None, _INTENT) for intent in intents]
    rows.sort(key=itemgetter(0))
    words = {"ahead_seconds": patience.total_seconds(), "by": by}
    moved = insisting(lambda: line.alone(_TOGETHER, rows, **words))
    kinds = (_RESULT, _INTENT)
    results, handed = ({row[0] for row in moved if row[1] == kind} for kind in kinds)
    return results, handed


def stand_so(session: Session, rows: Sequence[Lease], state: DeliveryState) -> set[int]:
    """Of the rows, those that stand in this state under this very token."""
    query = select(Delivery.id, Delivery.lease_token).where(
        Delivery.id.in_([row[0] for row in rows]), Delivery.state == state
    )
    return {row.id for row in session.execute(query) if (row.id, row.lease_token) in rows}


def mark_released(session: Session, rows: Sequence[Lease], wait: timedelta) -> None:
    """Back to planned, as if never leased."""
    _RELEASE.run(session, sorted(rows), ahead_seconds=wait.total_seconds())


def add_events(
    session: Session,
    replies: Mapping[int, str],
    state: DeliveryState,
    cause: Cause | None,
    *,
    by: str,
) -> None:
    """Append one event for each delivery id, with the relay's words where there were any."""
    if replies:
        rows = [(delivery_id, reply[:500]) for delivery_id, reply in replies.items()]
        words = {"state": state.value, "cause": cause and cause.value, "by": by}
        _TELL.run(session, rows, **words)


def _ids(rows: list[Any]) -> set[int]:
    return {row[0] for row in rows}


def _changing(rows: FromClause, condition: ColumnElement[bool]) -> Update:
    """Row and token together: a row we lost and leased again is another lease."""
    ours = and_(Delivery.id == rows.c.delivery_id, Delivery.lease_token == rows.c.token)
    return update(Delivery).where(ours, condition)


def _handing_over(
    rows: FromClause, _database: str, of: ColumnElement[bool] | None = None
) -> Update:
    """`of` says which of the rows are meant."""
    why = (
        select(store.barrier())
        .where(Subscriber.id == Delivery.subscriber_id)
        .correlate(Delivery)
        .scalar_subquery()
    )
    in_time = Delivery.lease_until > moment()
    leased = and_(true() if of is None else of, Delivery.state == DeliveryState.LEASED, in_time)
    # As a case: else PostgreSQL looks for what is leased, and asks about all of it, not of these.
    allowed = case((leased, and_(store.sending(), why.is_(None))), else_=false())
    return (
        _changing(rows, allowed)
        .values(
            state=DeliveryState.HANDED,
            lease_until=database_time(_AHEAD),
            handed_at=database_time(),
            message_sha256=rows.c.message_sha256,
            relay=rows.c.relay,
        )
        .returning(Delivery.id)
    )


def _together(rows: FromClause, database: str) -> CompoundSelect[int, str]:
    accepted = DeliveryState.ACCEPTED
    from_hands = Delivery.state.in_(IN_HANDS.intersection(sources(accepted)))
    common = {"state": accepted, "cause": None, "lease_until": None}
    settled = _changing(rows, and_(rows.c.kind == _RESULT, from_hands))
    moved = settled.values(**common, **_accepted()).returning(Delivery.id).cte("moved")
    told = _event(moved.c.id, literal(accepted.value), null(), rows.c.reply)
    told = told.select_from(moved.join(rows, rows.c.delivery_id == moved.c.id))
    handed = _handing_over(rows, database, rows.c.kind == _INTENT).cte("handed")
    both = select(moved.c.id, literal(_RESULT)).union_all(select(handed.c.id, literal(_INTENT)))
    return both.add_cte(_appended(told).returning(DeliveryEvent.id).cte("told"))


@cache
def _settling(state: DeliveryState) -> Prepared:
    def build(rows: FromClause, _database: str) -> Update:
        from_hands = Delivery.state.in_(IN_HANDS.intersection(sources(state)))
        common = {"state": state, "cause": _CAUSE, "lease_until": None}
        values = _accepted() if state is DeliveryState.ACCEPTED else _not_accepted(state)
        return _changing(rows, from_hands).values(**common, **values).returning(Delivery.id)

    return Prepared(_LEASE, build)


def _accepted() -> dict[str, object]:
    return {"meaning": _MEANING, "consequence": None, "accepted_at": _when_accepted()}


def _not_accepted(state: DeliveryState) -> dict[str, object]:
    said = _MEANING.is_not(None)
    values: dict[str, object] = {
        "meaning": func.coalesce(_MEANING, Delivery.meaning),
        "consequence": case((said, None), else_=Delivery.consequence),
        "next_attempt_at": database_time(_AHEAD),
    }
    if state is DeliveryState.DEFERRED:
        values["crashes"] = 0
    return values


def _when_accepted() -> ColumnElement[datetime]:
    """Now; where a doubt is settled, when the mail was handed over: it was taken then or never."""
    doubtful = and_(Delivery.state == DeliveryState.IN_DOUBT, Delivery.handed_at.is_not(None))
    return case((doubtful, Delivery.handed_at), else_=database_time())


def _releasing(rows: FromClause, _database: str) -> Update:
    return _changing(rows, Delivery.state == DeliveryState.LEASED).values(
        state=DeliveryState.PLANNED,
        lease_token=None,
        lease_until=None,
        next_attempt_at=database_time(_AHEAD),
        attempts=Delivery.attempts - 1,
    )


_EVENT = ("delivery_id", "at", "state", "cause", "reply", "by")


def _telling(rows: FromClause, _database: str) -> Insert:
    state = bindparam("state", None, String())
    return _appended(_event(rows.c.delivery_id, state, _CAUSE, rows.c.reply))


def _event(*words: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    delivery_id, state, cause, reply = words
    return select(
        delivery_id, database_time(), state, cause, reply, bindparam("by", None, String())
    )


def _appended(events: Select[*tuple[Any, ...]]) -> Insert:
    return insert(DeliveryEvent).from_select(_EVENT, events, include_defaults=False)


_HAND_OVER = Prepared({**_LEASE, "message_sha256": Text(), "relay": Text()}, _handing_over)
_RELEASE = Prepared(_LEASE, _releasing)
_TELL = Prepared({"delivery_id": BIG_INTEGER, "reply": Text()}, _telling)
_TOGETHER = Prepared(
    {
        **_LEASE,
        "message_sha256": Text(),
        "relay": Text(),
        "reply": Text(),
        "kind": Text(),
    },
    _together,
)
