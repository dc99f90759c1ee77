"""SQL about a year: its runs, who was reached, who read, and which members nothing reached."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from distribution import audience
from distribution.clock import SHANGHAI
from distribution.db import among
from distribution.models import (
    Delivery,
    Enterprise,
    Issue,
    ReadingEvent,
    ReturnedMail,
    Run,
    Subscriber,
    SuppressedDomain,
    Suppression,
)
from distribution.reports.annual import Active, Reached, Unreached, Why, why_of
from distribution.reports.discretion import FEW
from distribution.reports.store import Within, agrees
from distribution.reports.unreachable_store import BOUNCED, in_good_standing
from distribution.words import Cause, DeliveryState, Returned, Signal, Verdict

_THROUGH = (DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.EXPIRED)


@dataclass(frozen=True, slots=True)
class YearRun:
    """A run of a year."""

    run_id: int
    issue_key: str
    started_at: datetime

    @property
    def month(self) -> date:
        """The first day of the month it began in, in Shanxi."""
        return self.started_at.astimezone(SHANGHAI).date().replace(day=1)


def runs_of(session: Session, year: int) -> list[YearRun]:
    """The runs that began in a year, as the year is in Shanxi."""
    first, end = (datetime(one, 1, 1, tzinfo=SHANGHAI).astimezone(UTC) for one in (year, year + 1))
    query = (
        select(Run.id, Issue.year, Issue.label, Run.started_at)
        .join(Issue, Issue.id == Run.issue_id)
        .where(Run.started_at >= first, Run.started_at < end)
        .order_by(Run.started_at, Run.id)
    )
    return [
        YearRun(run_id, f"{of}-{label}", started_at)
        for run_id, of, label, started_at in session.execute(query)
        if started_at is not None
    ]


def arrived() -> ColumnElement[bool]:
    """SQL: a row of `deliveries` was accepted and never came back."""
    bounced = exists().where(
        ReturnedMail.delivery_id == Delivery.id, ReturnedMail.kind == Returned.BOUNCE
    )
    return and_(Delivery.state == DeliveryState.ACCEPTED, ~bounced.correlate(Delivery))


def reached(session: Session, runs: Sequence[int]) -> Reached:
    """Who got something of these runs, each once."""
    query = (
        select(
            func.count(Subscriber.enterprise_id.distinct()), func.count(Subscriber.id.distinct())
        )
        .select_from(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Within(tuple(runs)).deliveries(), arrived())
    )
    return Reached(*session.execute(query).one())


def active(session: Session, runs: Sequence[int]) -> Active:
    """How many of those who agree opened and clicked in these runs, each once."""
    within = Within(tuple(runs))
    counted = select(func.count(Delivery.subscriber_id.distinct())).where(
        within.deliveries(), Delivery.state == DeliveryState.ACCEPTED, agrees()
    )
    agreed = session.scalars(counted).one()
    if agreed < FEW:
        return Active(None, None, None, None)
    human = ReadingEvent.verdict == Verdict.HUMAN
    sign = or_(
        ReadingEvent.verdict.in_((Verdict.HUMAN, Verdict.UNKNOWN)),
        ReadingEvent.signal == Signal.OPEN,
    )
    whom = Delivery.subscriber_id
    query = (
        select(
            func.count(case((human, whom)).distinct()),
            func.count(case((sign, whom)).distinct()),
            func.count(case((and_(human, ReadingEvent.signal == Signal.CLICK), whom)).distinct()),
        )
        .select_from(ReadingEvent)
        .join(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .where(within.events(), agrees())
    )
    return Active(agreed, *session.execute(query).one())


def count_members(session: Session, day: date) -> int:
    """Enterprises whose membership is in force on a day."""
    query = select(func.count(Enterprise.id)).where(*in_good_standing(day))
    return session.scalars(query).one()


def unreached(
    session: Session, runs: Sequence[int], day: date, *, at: datetime
) -> tuple[Unreached, ...]:
    """The members of whom nobody got anything of these runs, and why."""
    got = (
        select(Subscriber.enterprise_id)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Within(tuple(runs)).deliveries(), arrived(), Subscriber.enterprise_id.is_not(None))
        .correlate(None)
    )
    query = select(Enterprise.id, Enterprise.name, Enterprise.region).where(
        *in_good_standing(day), Enterprise.id.not_in(got)
    )
    members = session.execute(query).all()
    contacts = contacts_of(session, [row.id for row in members], runs, at)
    found = [
        Unreached(row.id, row.name, row.region, why_of(dict(contacts[row.id])), contacts[row.id])
        for row in members
    ]
    order = list(Why)
    return tuple(sorted(found, key=lambda one: (order.index(one.why), one.region, one.name)))


def contacts_of(
    session: Session, enterprises: Sequence[int], runs: Sequence[int], at: datetime
) -> dict[int, Counter[Why]]:
    """Of each enterprise: its present contacts by what keeps mail from them."""
    in_vain = exists().where(
        Delivery.subscriber_id == Subscriber.id,
        Within(tuple(runs)).deliveries(),
        Delivery.state.in_(_THROUGH),
    )
    query = (
        select(
            Subscriber.enterprise_id,
            audience.barrier(at),
            func.coalesce(Suppression.reason, SuppressedDomain.reason),
            in_vain.correlate(Subscriber),
        )
        .outerjoin(Suppression, Suppression.address_hash == Subscriber.address_hash)
        .outerjoin(SuppressedDomain, SuppressedDomain.domain == Subscriber.domain)
        .where(
            Subscriber.departed_at.is_(None),
            Subscriber.erased_at.is_(None),
            among(session, Subscriber.enterprise_id, enterprises),
        )
    )
    found: dict[int, Counter[Why]] = {one: Counter() for one in enterprises}
    for enterprise_id, barrier, reason, tried in session.execute(query):
        if enterprise_id is None:  # the query asks for those of some enterprise
            raise AssertionError
        found[enterprise_id][_why(barrier, in_use=reason not in BOUNCED, tried=tried)] += 1
    return found


def _why(barrier: str | None, *, in_use: bool, tried: bool) -> Why:
    """Whose address is out of use because he wished it has left."""
    if barrier is None:
        return Why.BOUNCED if tried else Why.NOT_YET
    if barrier == Cause.SUPPRESSED:
        return Why.LEFT if in_use else Why.BOUNCED
    return {Cause.LEFT: Why.LEFT, Cause.PAUSED: Why.PAUSED}.get(Cause(barrier), Why.NO_CONSENT)
