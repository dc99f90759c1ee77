"""Who is due, and what is known of him when a run is planned."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, String, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.audience.address import read_address
from distribution.audience.defaults import default_topics
from distribution.audience.store.defaults import default_rules
from distribution.audience.store.standing import barrier, decision, tracking_of
from distribution.db import among
from distribution.models import (
    Enterprise,
    EnterpriseInterest,
    Interest,
    Subscriber,
    Topic,
    WatchWord,
)
from distribution.words import (
    Cause,
    Edition,
    Frequency,
    MailFormat,
    Purpose,
    Role,
    TopicsFrom,
    Tracking,
)

_Row = Row[*tuple[Any, ...]]
Wanted = tuple[bool, bool, MailFormat, tuple[str, ...], TopicsFrom, tuple[str, ...], Tracking]
"""What chooses a reader's articles: the last fields of a Reader."""
_Theirs = Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]
"""SQL: a row belongs to one of the subscribers in question."""
_BETWEEN = ","
"""Stands in no topic's code."""


class Reader(NamedTuple):
    """A subscriber as a plan sees him: a tuple, as a million of them are made."""

    subscriber_id: int
    recipient: str
    """The envelope address."""
    address_hash: str
    barrier: Cause | None
    """Why he may not be mailed; None where he may."""
    standard: bool
    """He wants the standard edition: his interests choose nothing."""
    when_matching: bool
    """He wants a mail only where his interests find something."""
    format: MailFormat
    topics: tuple[str, ...]
    """Topic codes: his own in his own order, else those that are the default for him."""
    topics_from: TopicsFrom
    watch_words: tuple[str, ...]
    tracking: Tracking

    @property
    def wanted(self) -> Wanted:
        """What chooses his articles: equal for readers who get the same."""
        return self[4:]


@dataclass(frozen=True, slots=True)
class Audience:
    """One slice of all subscribers, by ascending id."""

    readers: tuple[Reader, ...]
    last_id: int | None
    """Where the next slice begins; None when there was nobody left."""


def readers_after(
    session: Session, last_id: int, limit: int, *, at: datetime | None = None
) -> Audience:
    """The next `limit` subscribers behind `last_id`, may they be mailed or not."""
    query = _seen(at).where(Subscriber.id > last_id).order_by(Subscriber.id).limit(limit)
    rows = _rows(session, query)
    if not rows:
        return Audience((), None)
    span = (rows[0].id, rows[-1].id)
    return Audience(_readers(session, rows, lambda owner: owner.between(*span)), span[1])


def readers_among(session: Session, subscriber_ids: Collection[int]) -> tuple[Reader, ...]:
    """These subscribers, may they be mailed or not, by ascending id."""
    query = _seen(None).where(among(session, Subscriber.id, subscriber_ids))
    rows = _rows(session, query.order_by(Subscriber.id))
    return _readers(session, rows, lambda owner: among(session, owner, subscriber_ids))


def _seen(at: datetime | None) -> Select[*tuple[Any, ...]]:
    """SQL: what a plan wants to know of subscribers; the words are left as codes."""
    return select(
        Subscriber.id,
        Subscriber.email,
        Subscriber.address_hash,
        barrier(at).label("why"),
        type_coerce(Subscriber.edition, String),
        type_coerce(Subscriber.frequency, String),
        type_coerce(Subscriber.format, String),
        type_coerce(Subscriber.role, String),
        Subscriber.enterprise_id,
        Enterprise.industry,
        decision(Purpose.TRACKING).label("tracking"),
    ).outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Sequence[_Row]:
    """Rows without the session's own work on them, which takes as long as fetching them."""
    session.flush()
    return session.connection().execute(query).all()


def _readers(session: Session, rows: Sequence[_Row], theirs: _Theirs) -> tuple[Reader, ...]:
    topics, words = _interests(session, theirs), _watch_words(session, theirs)
    of_enterprise = _enterprise_topics(session, {row.enterprise_id for row in rows} - {None})
    rules = default_rules(session)

    @cache  # a slice has few kinds of readers
    def wanted(  # noqa: PLR0913, PLR0917 - the fields of a row
        edition: str,
        frequency: str,
        mail_format: str,
        role: str,
        enterprise_id: int | None,
        industry: str | None,
        tracking: str | None,
        own: str,
        watch_words: tuple[str, ...],
    ) -> Wanted:
        by_rule = default_topics(rules, Role(role), industry or "")
        chosen, topics_from = _topics(_listed(own), of_enterprise[enterprise_id or 0], by_rule)
        return (
            edition == Edition.STANDARD.value,
            frequency == Frequency.WHEN_MATCHING.value,
            MailFormat(mail_format),
            chosen,
            topics_from,
            watch_words,
            tracking_of(tracking),
        )

    return tuple(
        Reader._make(
            (
                number,
                email if email.isascii() else read_address(email).envelope,
                address_hash,
                Cause(why) if why else None,
                *wanted(*wants, topics.get(number, ""), tuple(words.get(number, ()))),
            )
        )
        for number, email, address_hash, why, *wants in rows
    )


def reader(session: Session, subscriber_id: int) -> Reader:
    """One subscriber as a plan would see him now."""
    return readers_after(session, subscriber_id - 1, 1).readers[0]


def _topics(
    own: Iterable[str], enterprise: Iterable[str], default: Iterable[str]
) -> tuple[tuple[str, ...], TopicsFrom]:
    """Whose choice counts: his own before his enterprise's before the general rules."""
    for topics, whose in (
        (own, TopicsFrom.OWN),
        (enterprise, TopicsFrom.ENTERPRISE),
        (default, TopicsFrom.DEFAULT),
    ):
        if found := tuple(topics):
            return found, whose
    return (), TopicsFrom.NOBODY


def _interests(session: Session, theirs: _Theirs) -> dict[int, str]:
    """Codes of topics in the readers' own order, one after the other: one row for each reader."""
    each = (
        select(Interest.subscriber_id, Topic.code)
        .join(Topic, Topic.id == Interest.topic_id)
        .where(theirs(Interest.subscriber_id))
        .order_by(Interest.subscriber_id, Interest.position)
        .subquery()
    )
    query = select(each.c.subscriber_id, func.aggregate_strings(each.c.code, _BETWEEN))
    return dict(map(tuple, _rows(session, query.group_by(each.c.subscriber_id))))


def _listed(codes: str) -> Sequence[str]:
    return codes.split(_BETWEEN) if codes else ()


def _watch_words(session: Session, theirs: _Theirs) -> defaultdict[int, list[str]]:
    query = (
        select(WatchWord.subscriber_id, WatchWord.word)
        .where(theirs(WatchWord.subscriber_id))
        .order_by(WatchWord.subscriber_id, WatchWord.position)
    )
    return _gather((owner, word) for owner, word in session.execute(query))


def _enterprise_topics(session: Session, ids: Iterable[int]) -> defaultdict[int, list[str]]:
    query = (
        select(EnterpriseInterest.enterprise_id, Topic.code)
        .join(Topic, Topic.id == EnterpriseInterest.topic_id)
        .where(among(session, EnterpriseInterest.enterprise_id, ids))
        .order_by(EnterpriseInterest.enterprise_id, EnterpriseInterest.position)
    )
    return _gather((owner, code) for owner, code in session.execute(query))


def _gather(pairs: Iterable[tuple[int, str]]) -> defaultdict[int, list[str]]:
    gathered: defaultdict[int, list[str]] = defaultdict(list)
    for owner, value in pairs:
        gathered[owner].append(value)
    return gathered
