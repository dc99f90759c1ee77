"""SQL of what an import must know before it decides: set-wise, a chunk of rows at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience.importing.known import Home, Homes, KnownContact, TopicWords
from distribution.audience.store.standing import decision
from distribution.audience.wording import name_key
from distribution.db import among
from distribution.models import Enterprise, Interest, Subscriber, Suppression, Topic, WatchWord
from distribution.words import Decision, Purpose, Role, SuppressionReason


def known_contacts(session: Session, keys: Collection[str]) -> dict[str, KnownContact]:
    """Those of the addresses that are somebody's, with all an import may change about him."""
    query = select(
        Subscriber.id,
        Subscriber.email_key,
        Subscriber.name,
        Subscriber.role,
        Subscriber.phone,
        Subscriber.enterprise_id,
        Subscriber.edition,
        Subscriber.frequency,
        Subscriber.format,
        Subscriber.interests_by,
        Subscriber.paused_until,
        Subscriber.departed_at,
        decision(Purpose.DIGEST).label("digest"),
        decision(Purpose.TRACKING).label("tracking"),
    ).where(among(session, Subscriber.email_key, keys))
    rows = session.execute(query).all()
    if not rows:
        return {}
    ids = [row.id for row in rows]
    followed, watched = _topics(session, ids), _words(session, ids)
    return {
        row.email_key: KnownContact(
            id=row.id,
            name=row.name,
            role=row.role,
            phone=row.phone,
            enterprise_id=row.enterprise_id,
            edition=row.edition,
            frequency=row.frequency,
            format=row.format,
            interests_by=row.interests_by,
            paused_until=row.paused_until,
            departed=row.departed_at is not None,
            topics=tuple(followed[row.id]),
            watch_words=tuple(watched[row.id]),
            digest=Decision(row.digest) if row.digest else None,
            tracking=Decision(row.tracking) if row.tracking else None,
        )
        for row in rows
    }


def suppressed(session: Session, hashes: Collection[str]) -> dict[str, SuppressionReason]:
    """Those of the addresses that are out of use, and why."""
    query = select(Suppression.address_hash, Suppression.reason)
    rows = session.execute(query.where(among(session, Suppression.address_hash, hashes)))
    return {address_hash: reason for address_hash, reason in rows}  # noqa: C416 - rows are no pairs


def topic_words(session: Session, *, lock: bool = False) -> TopicWords:
    """Code of a living topic by all that may stand in a cell for it: name, code, section.

    `lock` keeps topics from being merged before the transaction ends.
    """
    living = topics.all_topics(session)
    if lock:
        topics.resolve(session, [], lock=True)
        living = topics.all_topics(session)
    words = {
        name_key(section): topic.code for topic in reversed(living) for section in topic.sections
    }
    for topic in living:
        words |= {name_key(topic.name): topic.code, name_key(topic.code): topic.code}
    return TopicWords(words)


def learn_homes(
    session: Session,
    homes: Homes,
    keys: Iterable[str],
    codes: Iterable[str],
    ids: Iterable[int] = (),
) -> None:
    """Look up the enterprises a chunk names that were never asked for, with their liaisons."""
    wanted_keys, wanted_codes = homes.missing(keys, codes)
    wanted_ids = [number for number in dict.fromkeys(ids) if homes.of_id(number) is None]
    if not wanted_keys and not wanted_codes and not wanted_ids:
        return
    holds = and_(
        Subscriber.enterprise_id == Enterprise.id,
        Subscriber.role == Role.LIAISON,
        Subscriber.departed_at.is_(None),
        Subscriber.erased_at.is_(None),
    )
    query = (
        select(
            Enterprise.id,
            Enterprise.name,
            Enterprise.name_key,
            Enterprise.credit_code,
            Subscriber.email_key,
        )
        .outerjoin(Subscriber, holds)
        .where(
            or_(
                among(session, Enterprise.name_key, wanted_keys),
                among(session, Enterprise.credit_code, wanted_codes),
                among(session, Enterprise.id, wanted_ids),
            )
        )
    )
    homes.know(
        Home(name, key, enterprise_id, code, liaison)
        for enterprise_id, name, key, code, liaison in session.execute(query)
        if homes.of_id(enterprise_id) is None
    )


def _topics(session: Session, ids: Sequence[int]) -> defaultdict[int, list[str]]:
    query = (
        select(Interest.subscriber_id, Topic.code)
        .join(Topic, Topic.id == Interest.topic_id)
        .where(among(session, Interest.subscriber_id, ids))
        .order_by(Interest.subscriber_id, Interest.position)
    )
    return _gathered(session.execute(query))


def _words(session: Session, ids: Sequence[int]) -> defaultdict[int, list[str]]:
    query = (
        select(WatchWord.subscriber_id, WatchWord.word)
        .where(among(session, WatchWord.subscriber_id, ids))
        .order_by(WatchWord.subscriber_id, WatchWord.position)
    )
    return _gathered(session.execute(query))


def _gathered(rows: Iterable[Any]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for owner, value in rows:
        found[owner].append(value)
    return found
