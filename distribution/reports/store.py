"""All SQL about how runs went: counts only, each by one query however many deliveries there are.

An open or click that names its delivery counts while its reader agrees to be counted; from the
moment he no longer does, none of his does, as if it had never been stored. Every query is asked
of a `Within`: the reports of a run, of a year and of an enterprise get the same figures from it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from distribution import audience
from distribution.models import (
    ConsentEvent,
    Delivery,
    Enterprise,
    ReadingEvent,
    ReturnedMail,
    Subscriber,
)
from distribution.words import (
    Consequence,
    Decision,
    DeliveryState,
    Purpose,
    Returned,
    Signal,
    Verdict,
)

_OPENED, _UNJUDGED, _PREFETCHED = 3, 2, 1
"""Signs of an open; the surest one a delivery has is what counts."""


@dataclass(frozen=True, slots=True)
class Within:
    """What is counted: some runs, for all their readers or for those of one enterprise."""

    runs: tuple[int, ...]
    enterprise_id: int | None = None

    def deliveries(self) -> ColumnElement[bool]:
        """SQL: a row of `deliveries` belongs to it."""
        of_runs = Delivery.run_id.in_(self.runs)
        if self.enterprise_id is None:
            return of_runs
        theirs = select(Subscriber.id).where(Subscriber.enterprise_id == self.enterprise_id)
        return and_(of_runs, Delivery.subscriber_id.in_(theirs))

    def events(self) -> ColumnElement[bool]:
        """SQL: a row of `reading_events`, outer joined to `deliveries`, belongs to it.

        What names no delivery belongs to no enterprise.
        """
        of_runs = ReadingEvent.run_id.in_(self.runs)
        return of_runs if self.enterprise_id is None else and_(of_runs, self.deliveries())


@dataclass(frozen=True, slots=True)
class Standing:
    """Deliveries of a run to the readers of one enterprise in one state."""

    run_id: int
    enterprise_id: int | None
    enterprise: str | None
    state: DeliveryState
    deliveries: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """Accepted deliveries to readers of one enterprise who agree, now, to be counted."""

    run_id: int
    enterprise_id: int | None
    readers: int


@dataclass(frozen=True, slots=True)
class Signs:
    """Deliveries of a run to the readers of one enterprise, by the surest sign of an open."""

    run_id: int
    enterprise_id: int | None
    opened: int
    unjudged: int
    prefetched: int
    clicked: int
    """Of those opened."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Deliveries of a run to the readers of one enterprise whose mail came back."""

    run_id: int
    enterprise_id: int | None
    bounced: int
    permanent: int
    """Of those bounced, as are the suppressed."""
    suppressed: int
    complaints: int


@dataclass(frozen=True, slots=True)
class Partings:
    """Readers of one enterprise who left over one channel, led by a mail of a run."""

    run_id: int
    enterprise_id: int | None
    channel: str
    readers: int


@dataclass(frozen=True, slots=True)
class Events:
    """Opens or clicks of one verdict: with a delivery, and without."""

    named: int = 0
    anonymous: int = 0

    @property
    def total(self) -> int:
        """Both."""
        return self.named + self.anonymous


def standings(session: Session, within: Within) -> list[Standing]:
    """Where the deliveries stand, by run and enterprise."""
    each = (
        select(Delivery.run_id, Subscriber.enterprise_id, Delivery.state, func.count().label("n"))
        .select_from(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(within.deliveries())
        .group_by(Delivery.run_id, Subscriber.enterprise_id, Delivery.state)
        .subquery()
    )
    query = select(
        each.c.run_id, each.c.enterprise_id, Enterprise.name, each.c.state, each.c.n
    ).outerjoin(Enterprise, Enterprise.id == each.c.enterprise_id)
    return [Standing(*row) for row in session.execute(query)]


def agreeing(session: Session, within: Within) -> list[Agreed]:
    """Who of those whose mail was accepted agrees to be counted, by run and enterprise."""
    query = (
        select(Delivery.run_id, Subscriber.enterprise_id, func.count())
        .select_from(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(within.deliveries(), Delivery.state == DeliveryState.ACCEPTED, one_who_agrees())
        .group_by(Delivery.run_id, Subscriber.enterprise_id)
    )
    return [Agreed(*row) for row in session.execute(query)]


def signs(session: Session, within: Within) -> list[Signs]:
    """What shows that mails were opened, by run and enterprise."""
    human = ReadingEvent.verdict == Verdict.HUMAN
    sign = case(
        (human, _OPENED),
        (ReadingEvent.verdict == Verdict.UNKNOWN, _UNJUDGED),
        (ReadingEvent.signal == Signal.OPEN, _PREFETCHED),
        else_=0,
    )
    click = case((and_(human, ReadingEvent.signal == Signal.CLICK), 1), else_=0)
    each = _by_delivery(
        select(func.max(sign).label("sign"), func.max(click).label("clicked"))
        .select_from(ReadingEvent)
        .join(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .where(within.events(), one_who_agrees())
    )
    of = (each.c.run_id, each.c.enterprise_id)
    query = select(
        *of,
        *(func.count().filter(each.c.sign == sign) for sign in (_OPENED, _UNJUDGED, _PREFETCHED)),
        func.sum(each.c.clicked),
    ).group_by(*of)
    return [Signs(*row) for row in session.execute(query)]


def events(session: Session, within: Within) -> dict[tuple[Signal, Verdict], Events]:
    """Opens and clicks one by one; what there is none of is left out."""
    query = (
        select(
            ReadingEvent.signal,
            ReadingEvent.verdict,
            func.count(ReadingEvent.delivery_id),
            func.count().filter(ReadingEvent.delivery_id.is_(None)),
        )
        .outerjoin(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .where(within.events(), counts())
        .group_by(ReadingEvent.signal, ReadingEvent.verdict)
    )
    return {(row[0], row[1]): Events(row[2], row[3]) for row in session.execute(query)}


def rules(session: Session, within: Within) -> tuple[int, ...]:
    """The versions of the rules that judged what happened, oldest first."""
    query = (
        select(ReadingEvent.rules)
        .outerjoin(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .where(within.events())
        .distinct()
    )
    return tuple(session.scalars(query.order_by(ReadingEvent.rules)))


def losses(session: Session, within: Within) -> list[Losses]:
    """What came back, by run and enterprise."""
    bounce = ReturnedMail.kind == Returned.BOUNCE
    kinds = {
        "bounced": bounce,
        "permanent": and_(bounce, ReturnedMail.status.like("5.%")),
        "suppressed": and_(bounce, ReturnedMail.consequence == Consequence.SUPPRESSED),
        "complaints": ReturnedMail.kind == Returned.COMPLAINT,
    }
    each = _by_delivery(
        select(*(func.max(case((is_so, 1), else_=0)).label(kind) for kind, is_so in kinds.items()))
        .select_from(ReturnedMail)
        .join(Delivery, Delivery.id == ReturnedMail.delivery_id)
        .where(within.deliveries())
    )
    of = (each.c.run_id, each.c.enterprise_id)
    query = select(*of, *(func.sum(each.c[kind]) for kind in kinds)).group_by(*of)
    return [Losses(*row) for row in session.execute(query)]


def partings(session: Session, within: Within) -> list[Partings]:
    """Who left, by run, enterprise and channel; of one who left more than once the last time."""
    each = _by_delivery(
        select(func.max(ConsentEvent.id).label("last"))
        .select_from(ConsentEvent)
        .join(Delivery, Delivery.id == ConsentEvent.delivery_id)
        .where(
            within.deliveries(),
            ConsentEvent.purpose == Purpose.DIGEST,
            ConsentEvent.decision == Decision.WITHDRAWN,
        )
    )
    query = (
        select(each.c.run_id, each.c.enterprise_id, ConsentEvent.channel, func.count())
        .join(ConsentEvent, ConsentEvent.id == each.c.last)
        .group_by(each.c.run_id, each.c.enterprise_id, ConsentEvent.channel)
    )
    return [Partings(*row) for row in session.execute(query)]


def _by_delivery(query: Select[*tuple[Any, ...]]) -> Subquery:
    """One row for each delivery, with its run and the enterprise of its reader."""
    return (
        query.join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .add_columns(Delivery.run_id, Subscriber.enterprise_id)
        .group_by(Delivery.id, Delivery.run_id, Subscriber.enterprise_id)
        .subquery()
    )


def counts() -> ColumnElement[bool]:
    """SQL: an event of nobody we know, or of a reader who agrees to be counted."""
    return or_(ReadingEvent.delivery_id.is_(None), agrees())


def one_who_agrees() -> ColumnElement[bool]:
    """SQL: the same as `agrees`, for a query that looks at most of them."""
    return Delivery.subscriber_id.in_(audience.readers_who_agree())


def agrees() -> ColumnElement[bool]:
    """SQL: the reader of a row of `deliveries` agrees to be counted."""
    return audience.agrees_to_tracking(Delivery.subscriber_id)
