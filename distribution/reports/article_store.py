"""SQL about the articles of runs: who got them, who clicked on them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from distribution.models import ArticleTopic, Delivery, ReadingEvent, Selection
from distribution.reports.store import Within, agrees, counts
from distribution.words import DeliveryState, Signal, Tracking, Verdict


@dataclass(frozen=True, slots=True)
class Clicks:
    """Readers who clicked, and clicks of people that name no delivery."""

    readers: int = 0
    anonymous: int = 0


@dataclass(frozen=True, slots=True)
class Carried:
    """Accepted mails that carry some articles."""

    mails: int = 0
    agreed: int = 0
    """Of these: to readers who agree, now, to be counted one by one."""
    unasked: int = 0
    """Of these: to readers who had said nothing; their clicks name nobody."""


@dataclass(frozen=True, slots=True)
class Mails:
    """Accepted mails by the ids of the articles they carry."""

    mails: Counter[frozenset[int]]
    agreed: Counter[frozenset[int]]
    unasked: Counter[frozenset[int]]

    def with_any(self, articles: Iterable[int]) -> Carried:
        """Those with at least one of these articles."""
        wanted = set(articles)
        return Carried(
            *(
                sum(count for ids, count in counted.items() if not wanted.isdisjoint(ids))
                for counted in (self.mails, self.agreed, self.unasked)
            )
        )

    def by_article(self) -> dict[int, Carried]:
        """Of each article at once."""
        single: list[Counter[int]] = []
        for counted in (self.mails, self.agreed, self.unasked):
            single.append(Counter())
            for ids, count in counted.items():
                single[-1].update(dict.fromkeys(ids, count))
        return {one: Carried(*(counted[one] for counted in single)) for one in single[0]}


def carried(session: Session, within: Within) -> Mails:
    """What the accepted mails carry."""
    accepted = (
        select(
            Delivery.selection_id,
            func.count().label("mails"),
            func.count().filter(agrees()).label("agreed"),
        )
        .where(within.deliveries(), Delivery.state == DeliveryState.ACCEPTED)
        .group_by(Delivery.selection_id)
        .subquery()
    )
    query = select(
        Selection.choices, Selection.interests, accepted.c.mails, accepted.c.agreed
    ).join(accepted, accepted.c.selection_id == Selection.id)
    found = Mails(Counter(), Counter(), Counter())
    for choices, interests, mails, agreed in session.execute(query):
        ids = frozenset(article for article, _reason, _detail in choices)
        found.mails[ids] += mails
        found.agreed[ids] += agreed
        if interests.get("tracking") == Tracking.UNKNOWN.value:
            found.unasked[ids] += mails
    return found


def clicks_by_article(session: Session, within: Within) -> dict[int, Clicks]:
    """Clicks by article id; those of nobody are left out."""
    query = _clicks(within).add_columns(ReadingEvent.article_id).group_by(ReadingEvent.article_id)
    return {row[2]: Clicks(row[0], row[1]) for row in session.execute(query)}


def clicks_by_topic(session: Session, within: Within) -> dict[int | None, Clicks]:
    """The same by topic id; None stands for the articles without a topic."""
    query = (
        _clicks(within)
        .outerjoin(ArticleTopic, ArticleTopic.article_id == ReadingEvent.article_id)
        .add_columns(ArticleTopic.topic_id)
        .group_by(ArticleTopic.topic_id)
    )
    return {row[2]: Clicks(row[0], row[1]) for row in session.execute(query)}


def _clicks(within: Within) -> Select[int, int]:
    """Clicks by people: how many deliveries, and how many clicks that name no delivery."""
    return (
        select(
            func.count(ReadingEvent.delivery_id.distinct()),
            func.count().filter(ReadingEvent.delivery_id.is_(None)),
        )
        .select_from(ReadingEvent)
        .outerjoin(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .where(
            within.events(),
            ReadingEvent.signal == Signal.CLICK,
            ReadingEvent.verdict == Verdict.HUMAN,
            ReadingEvent.article_id.is_not(None),
            counts(),
        )
    )
