"""SQL that tells when mails were accepted, and by whom they were taken."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from distribution.models import Delivery, ReturnedMail
from distribution.reports.store import Within
from distribution.words import DeliveryState, Returned

_NOT_TAKEN = (DeliveryState.FAILED, DeliveryState.EXPIRED)


class epoch_minute(FunctionElement[int]):  # noqa: N801 - reads as the SQL function it is
    """The minute of an instant, counted from 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch_minute, "postgresql")
def _postgresql_minute(element: epoch_minute, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401
    moment = compiler.process(element.clauses, **words)
    return f"floor(extract(epoch FROM {moment}) / 60)::bigint"


@compiles(epoch_minute, "sqlite")
def _sqlite_minute(element: epoch_minute, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401
    moment = compiler.process(element.clauses, **words)
    return f"(strftime('%s', substr({moment}, 1, 19)) / 60)"  # whole seconds: it rounds up


@dataclass(frozen=True, slots=True)
class LaneStanding:
    """Deliveries in one lane."""

    lane: str
    planned: int
    accepted: int
    refused: int


def accepted_by_minute(session: Session, within: Within) -> dict[int, int]:
    """Accepted mails by the minute they were, counted from 1970, in order."""
    minute = epoch_minute(Delivery.accepted_at)
    query = (
        select(minute, func.count())
        .where(
            within.deliveries(),
            Delivery.state == DeliveryState.ACCEPTED,
            Delivery.accepted_at.is_not(None),
        )
        .group_by(minute)
        .order_by(minute)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def lane_standings(session: Session, within: Within) -> list[LaneStanding]:
    """How the deliveries of each lane stand, most first."""
    planned = func.count()
    query = (
        select(
            Delivery.lane,
            planned,
            func.count().filter(Delivery.state == DeliveryState.ACCEPTED),
            func.count().filter(Delivery.state.in_(_NOT_TAKEN)),
        )
        .where(within.deliveries())
        .group_by(Delivery.lane)
        .order_by(planned.desc(), Delivery.lane)
    )
    return [LaneStanding(*row) for row in session.execute(query)]


def bounced_by_lane(session: Session, within: Within) -> dict[str, int]:
    """Deliveries whose mail came back, by the lane they went."""
    query = (
        select(Delivery.lane, func.count(Delivery.id.distinct()))
        .select_from(ReturnedMail)
        .join(Delivery, Delivery.id == ReturnedMail.delivery_id)
        .where(within.deliveries(), ReturnedMail.kind == Returned.BOUNCE)
        .group_by(Delivery.lane)
    )
    return {row[0]: row[1] for row in session.execute(query)}
