"""SQL that lists what an admin has to decide about: what is in doubt, what is stuck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, func, select
from sqlalchemy.orm import Session

from distribution.delivery.store.again import MEANING, STUCK
from distribution.models import (
    Delivery,
    DeliveryEvent,
    Issue,
    ReadingEvent,
    ReturnedMail,
    Run,
    Subscriber,
)
from distribution.words import Cause, DeliveryState, Meaning, Verdict


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A delivery in doubt, as an admin needs it who is to decide."""

    delivery_id: int
    run_id: int
    issue_year: int
    issue_label: str
    name: str
    recipient: str
    lane: str
    handed_at: datetime | None
    since: datetime | None
    words: str
    """Of the relay, or of what went wrong on the way to it; empty where the worker died."""
    opened_by_machines: int
    """Openings and clicks that may be a machine's: they hint, but prove nothing."""
    returned: int
    """Mails that came back and prove nothing either: automatic answers, for example."""
    relay: str | None
    """Which one it was handed to."""


def doubtful(session: Session, run_id: int | None, limit: int) -> Sequence[Doubtful]:
    """The first deliveries in doubt, of one run or of all, by id."""
    of_it = ReadingEvent.delivery_id == Delivery.id, ReturnedMail.delivery_id == Delivery.id
    machines = select(func.count()).where(of_it[0], ReadingEvent.verdict == Verdict.MACHINE)
    returned = select(func.count()).where(of_it[1])
    query = (
        select(
            Delivery.id,
            Delivery.run_id,
            Issue.year,
            Issue.label,
            Subscriber.name,
            Delivery.recipient,
            Delivery.lane,
            Delivery.handed_at,
            _last(DeliveryEvent.at),
            func.coalesce(_last(DeliveryEvent.reply), ""),
            machines.correlate(Delivery).scalar_subquery(),
            returned.correlate(Delivery).scalar_subquery(),
            Delivery.relay,
        )
        .join(Run, Run.id == Delivery.run_id)
        .join(Issue, Issue.id == Run.issue_id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(
            Delivery.state == DeliveryState.IN_DOUBT,
            *([] if run_id is None else [Delivery.run_id == run_id]),
        )
        .order_by(Delivery.id)
        .limit(limit)
    )
    return [Doubtful(*row) for row in session.execute(query)]


def stuck_groups(session: Session, run_id: int) -> Sequence[Row[Meaning | None, Cause | None, int]]:
    """Refused and held deliveries of a run by meaning and cause, the most first."""
    stuck, count = _stuck(run_id), func.count()
    query = (
        select(stuck.c.meaning, stuck.c.cause, count)
        .group_by(stuck.c.meaning, stuck.c.cause)
        .order_by(count.desc(), stuck.c.meaning, stuck.c.cause)
    )
    return session.execute(query).all()


def stuck_examples(
    session: Session, run_id: int, each: int
) -> Sequence[Row[Meaning | None, Cause | None, int, str, str]]:
    """The first ones of each meaning and cause: id, recipient, and what was said."""
    stuck = _stuck(run_id)
    nth = func.row_number().over(partition_by=(stuck.c.meaning, stuck.c.cause), order_by=stuck.c.id)
    placed = select(stuck, nth.label("nth")).subquery()
    query = (
        select(
            placed.c.meaning,
            placed.c.cause,
            Delivery.id,
            Delivery.recipient,
            func.coalesce(_last(DeliveryEvent.reply), ""),
        )
        .join(placed, placed.c.id == Delivery.id)
        .where(placed.c.nth <= each)
        .order_by(Delivery.id)
    )
    return session.execute(query).all()


def _stuck(run_id: int) -> Subquery:
    return (
        select(Delivery.id, MEANING.label("meaning"), Delivery.cause)
        .where(Delivery.run_id == run_id, Delivery.state.in_(STUCK))
        .subquery()
    )


def _last(fact: Any) -> ColumnElement[Any]:  # noqa: ANN401 - any column of an event
    """SQL: of a delivery's last event."""
    return (
        select(fact)
        .where(DeliveryEvent.delivery_id == Delivery.id)
        .order_by(DeliveryEvent.id.desc())
        .limit(1)
        .correlate(Delivery)
        .scalar_subquery()
    )
