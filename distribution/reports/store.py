"""All SQL about how a run went: counts only, each by one query however many deliveries there are.

An open or click that names its delivery counts while its reader agrees to be counted; from the
moment he no longer does, none of his does, as if it had never been stored.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from distribution import audience
from distribution.models import (
    ArticleTopic,
    ConsentEvent,
    Delivery,
    Enterprise,
    ReadingEvent,
    ReturnedMail,
    Selection,
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
class Standing:
    """Deliveries to the readers of one enterprise in one state."""

    enterprise_id: int | None
    enterprise: str | None
    state: DeliveryState
    deliveries: int
    agreed: int
    """Of these: to readers who agree to be counted."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Deliveries to the readers of one enterprise, by the surest sign of an open."""

    enterprise_id: int | None
    opened: int
    unjudged: int
    prefetched: int
    clicked: int
    """Of those opened."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Deliveries to the readers of one enterprise whose mail came back."""

    enterprise_id: int | None
    bounced: int
    permanent: int
    """Of those bounced, as are the suppressed."""
    suppressed: int
    complaints: int


@dataclass(frozen=True, slots=True)
class Partings:
    """Readers of one enterprise who left over one channel."""

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


@dataclass(frozen=True, slots=True)
class Clicks:
    """Readers who clicked, and clicks of people that name no delivery."""

    readers: int = 0
    anonymous: int = 0


def standings(session: Session, run_id: int) -> list[Standing]:
    """Where the deliveries stand, by enterprise."""
    query = (
        select(
            Enterprise.id,
            Enterprise.name,
            Delivery.state,
            func.count(),
            func.count().filter(_agrees()),
        )
        .select_from(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(Delivery.run_id == run_id)
        .group_by(Enterprise.id, Enterprise.name, Delivery.state)
    )
    return [Standing(*row) for row in session.execute(query)]


def signs(session: Session, run_id: int) -> list[Signs]:
    """What shows that mails were opened, by enterprise."""
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
        .where(ReadingEvent.run_id == run_id, _agrees())
    )
    query = select(
        each.c.enterprise_id,
        *(func.count().filter(each.c.sign == sign) for sign in (_OPENED, _UNJUDGED, _PREFETCHED)),
        func.sum(each.c.clicked),
    ).group_by(each.c.enterprise_id)
    return [Signs(*row) for row in session.execute(query)]


def events(session: Session, run_id: int) -> dict[tuple[Signal, Verdict], Events]:
    """Opens and clicks one by one; what there is none of is left out."""
    query = (
        select(
            ReadingEvent.signal,
            ReadingEvent.verdict,
            func.count(ReadingEvent.delivery_id),
            func.count().filter(ReadingEvent.delivery_id.is_(None)),
        )
        .outerjoin(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .where(ReadingEvent.run_id == run_id, _counts())
        .group_by(ReadingEvent.signal, ReadingEvent.verdict)
    )
    return {(row[0], row[1]): Events(row[2], row[3]) for row in session.execute(query)}


def rules(session: Session, run_id: int) -> tuple[int, ...]:
    """The versions of the rules that judged what happened, oldest first."""
    query = select(ReadingEvent.rules).where(ReadingEvent.run_id == run_id).distinct()
    return tuple(session.scalars(query.order_by(ReadingEvent.rules)))


def clicks_by_article(session: Session, run_id: int) -> dict[int, Clicks]:
    """Clicks by article id; those of nobody are left out."""
    query = _clicks(run_id).add_columns(ReadingEvent.article_id).group_by(ReadingEvent.article_id)
    return {row[2]: Clicks(row[0], row[1]) for row in session.execute(query)}


def clicks_by_topic(session: Session, run_id: int) -> dict[int | None, Clicks]:
    """The same by topic id; None stands for the articles without a topic."""
    query = (
        _clicks(run_id)
        .outerjoin(ArticleTopic, ArticleTopic.article_id == ReadingEvent.article_id)
        .add_columns(ArticleTopic.topic_id)
        .group_by(ArticleTopic.topic_id)
    )
    return {row[2]: Clicks(row[0], row[1]) for row in session.execute(query)}


def carried(session: Session, run_id: int) -> Counter[frozenset[int]]:
    """Accepted mails by the ids of the articles they carry."""
    accepted = (
        select(Delivery.selection_id, func.count().label("mails"))
        .where(Delivery.run_id == run_id, Delivery.state == DeliveryState.ACCEPTED)
        .group_by(Delivery.selection_id)
        .subquery()
    )
    query = select(Selection.choices, accepted.c.mails).join(
        accepted, accepted.c.selection_id == Selection.id
    )
    counted: Counter[frozenset[int]] = Counter()
    for choices, mails in session.execute(query):
        counted[frozenset(article for article, _reason, _detail in choices)] += mails
    return counted


def losses(session: Session, run_id: int) -> list[Losses]:
    """What came back, by enterprise."""
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
        .where(Delivery.run_id == run_id)
    )
    query = select(each.c.enterprise_id, *(func.sum(each.c[kind]) for kind in kinds))
    return [Losses(*row) for row in session.execute(query.group_by(each.c.enterprise_id))]


def partings(session: Session, run_id: int) -> list[Partings]:
    """Who left, by enterprise and channel; of one who left more than once the last time."""
    each = _by_delivery(
        select(func.max(ConsentEvent.id).label("last"))
        .select_from(ConsentEvent)
        .join(Delivery, Delivery.id == ConsentEvent.delivery_id)
        .where(
            Delivery.run_id == run_id,
            ConsentEvent.purpose == Purpose.DIGEST,
            ConsentEvent.decision == Decision.WITHDRAWN,
        )
    )
    query = (
        select(each.c.enterprise_id, ConsentEvent.channel, func.count())
        .join(ConsentEvent, ConsentEvent.id == each.c.last)
        .group_by(each.c.enterprise_id, ConsentEvent.channel)
    )
    return [Partings(*row) for row in session.execute(query)]


def _by_delivery(query: Select[*tuple[Any, ...]]) -> Subquery:
    """One row for each delivery, with the enterprise of its reader."""
    return (
        query.join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .add_columns(Subscriber.enterprise_id)
        .group_by(Delivery.id, Subscriber.enterprise_id)
        .subquery()
    )


def _clicks(run_id: int) -> Select[int, int]:
    """Clicks by people: how many readers, and how many clicks that name no delivery."""
    return (
        select(
            func.count(ReadingEvent.delivery_id.distinct()),
            func.count().filter(ReadingEvent.delivery_id.is_(None)),
        )
        .select_from(ReadingEvent)
        .outerjoin(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .where(
            ReadingEvent.run_id == run_id,
            ReadingEvent.signal == Signal.CLICK,
            ReadingEvent.verdict == Verdict.HUMAN,
            ReadingEvent.article_id.is_not(None),
            _counts(),
        )
    )


def _counts() -> ColumnElement[bool]:
    """SQL: an event of nobody we know, or of a reader who agrees to be counted."""
    return or_(ReadingEvent.delivery_id.is_(None), _agrees())


def _agrees() -> ColumnElement[bool]:
    """SQL: the reader of a row of `deliveries` agrees to be counted."""
    return audience.agrees_to_tracking(Delivery.subscriber_id)
