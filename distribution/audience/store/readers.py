"""Who may be mailed, and what is known of him when a run is planned."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, case, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.audience.address import read_address
from distribution.models import (
    ConsentEvent,
    EnterpriseInterest,
    Interest,
    Subscriber,
    Suppression,
    Topic,
    WatchWord,
)
from distribution.words import Cause, Decision, Edition, Purpose, Tracking


@dataclass(frozen=True, slots=True)
class Reader:
    """A subscriber as a plan sees him."""

    subscriber_id: int
    recipient: str
    """The envelope address."""
    address_hash: str
    barrier: Cause | None
    """Why he may not be mailed; None where he may."""
    standard: bool
    """He wants the standard edition: his interests choose nothing."""
    topics: tuple[str, ...]
    """Topic codes in his own order."""
    enterprise_topics: tuple[str, ...]
    watch_words: tuple[str, ...]
    tracking: Tracking


@dataclass(frozen=True, slots=True)
class Audience:
    """One slice of all subscribers, by ascending id."""

    readers: tuple[Reader, ...]
    last_id: int | None
    """Where the next slice begins; None when there was nobody left."""


def decision(
    purpose: Purpose, of: InstrumentedAttribute[int] = Subscriber.id
) -> ColumnElement[str | None]:
    """SQL: the last word on this purpose of the subscriber that `of` names; NULL if none."""
    return (
        select(cast(ConsentEvent.decision, String))
        .where(ConsentEvent.subscriber_id == of, ConsentEvent.purpose == purpose)
        .order_by(ConsentEvent.id.desc())
        .limit(1)
        .correlate(of.class_)
        .scalar_subquery()
    )


def agrees_to_tracking(of: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """SQL: the subscriber that `of` names agrees, by his last word, to be counted."""
    return decision(Purpose.TRACKING, of) == Decision.GRANTED.value


@dataclass(frozen=True, slots=True)
class TrackingAnswer:
    """What a subscriber says about being counted."""

    tracking: Tracking
    since: datetime | None = None
    """When he said so; None where he never said anything."""


def tracking_answers(
    session: Session, subscriber_ids: Collection[int]
) -> dict[int, TrackingAnswer]:
    """What these subscribers say, by their last word, about being counted."""
    last = (
        select(func.max(ConsentEvent.id))
        .where(ConsentEvent.subscriber_id.in_(subscriber_ids))
        .where(ConsentEvent.purpose == Purpose.TRACKING)
        .group_by(ConsentEvent.subscriber_id)
    )
    query = select(ConsentEvent.subscriber_id, ConsentEvent.decision, ConsentEvent.at)
    said = {
        row_id: TrackingAnswer(_tracking(decided.value), at)
        for row_id, decided, at in session.execute(query.where(ConsentEvent.id.in_(last)))
    }
    return dict.fromkeys(subscriber_ids, TrackingAnswer(Tracking.UNKNOWN)) | said


def barrier() -> ColumnElement[str | None]:
    """SQL: why a row of `subscribers` may not be mailed (a Cause code); NULL where it may.

    It is derived afresh each time it is asked, at planning, at leasing and at the hand-over.
    """
    suppressed = (
        exists().where(Suppression.address_hash == Subscriber.address_hash).correlate(Subscriber)
    )
    last_word = decision(Purpose.DIGEST)
    return case(
        (suppressed, Cause.SUPPRESSED.value),
        (last_word == Decision.WITHDRAWN.value, Cause.LEFT.value),
        (last_word.is_(None), Cause.NO_CONSENT.value),
        else_=None,
    )


def readers_after(session: Session, last_id: int, limit: int) -> Audience:
    """The next `limit` subscribers behind `last_id`, may they be mailed or not."""
    rows = session.execute(
        select(
            Subscriber.id,
            Subscriber.email,
            Subscriber.address_hash,
            Subscriber.enterprise_id,
            Subscriber.edition,
            barrier(),
            decision(Purpose.TRACKING),
        )
        .where(Subscriber.id > last_id)
        .order_by(Subscriber.id)
        .limit(limit)
    ).all()
    if not rows:
        return Audience((), None)
    span = (rows[0][0], rows[-1][0])
    topics, words = _interests(session, span), _watch_words(session, span)
    enterprise_topics = _enterprise_topics(session, {row[3] for row in rows if row[3]})
    readers = tuple(
        Reader(
            subscriber_id=row_id,
            recipient=_envelope(email),
            address_hash=address_hash,
            barrier=Cause(why) if why else None,
            standard=edition is Edition.STANDARD,
            topics=tuple(topics[row_id]),
            enterprise_topics=tuple(enterprise_topics[enterprise_id or 0]),
            watch_words=tuple(words[row_id]),
            tracking=_tracking(said),
        )
        for row_id, email, address_hash, enterprise_id, edition, why, said in rows
    )
    return Audience(readers, span[1])


def reader(session: Session, subscriber_id: int) -> Reader:
    """One subscriber as a plan would see him now."""
    return readers_after(session, subscriber_id - 1, 1).readers[0]


def _envelope(email: str) -> str:
    return email if email.isascii() else read_address(email).envelope


def _tracking(said: str | None) -> Tracking:
    if said is None:
        return Tracking.UNKNOWN
    return Tracking.GRANTED if said == Decision.GRANTED.value else Tracking.DENIED


def _interests(session: Session, span: tuple[int, int]) -> defaultdict[int, list[str]]:
    query = (
        select(Interest.subscriber_id, Topic.code)
        .join(Topic, Topic.id == Interest.topic_id)
        .where(Interest.subscriber_id.between(*span))
        .order_by(Interest.subscriber_id, Interest.position)
    )
    return _gather((owner, code) for owner, code in session.execute(query))


def _watch_words(session: Session, span: tuple[int, int]) -> defaultdict[int, list[str]]:
    query = (
        select(WatchWord.subscriber_id, WatchWord.word)
        .where(WatchWord.subscriber_id.between(*span))
        .order_by(WatchWord.subscriber_id, WatchWord.position)
    )
    return _gather((owner, word) for owner, word in session.execute(query))


def _enterprise_topics(session: Session, ids: Iterable[int]) -> defaultdict[int, list[str]]:
    query = (
        select(EnterpriseInterest.enterprise_id, Topic.code)
        .join(Topic, Topic.id == EnterpriseInterest.topic_id)
        .where(EnterpriseInterest.enterprise_id.in_(ids))
        .order_by(EnterpriseInterest.enterprise_id, EnterpriseInterest.position)
    )
    return _gather((owner, code) for owner, code in session.execute(query))


def _gather(pairs: Iterable[tuple[int, str]]) -> defaultdict[int, list[str]]:
    gathered: defaultdict[int, list[str]] = defaultdict(list)
    for owner, value in pairs:
        gathered[owner].append(value)
    return gathered
