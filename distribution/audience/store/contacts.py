"""SQL of the contacts: who they are and what they want; `changing.py` has what befalls them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience.address import EmailAddress, InvalidAddress, read_address
from distribution.audience.defaults import default_topics
from distribution.audience.store.consent import Statement, record_consent
from distribution.audience.store.defaults import default_rules
from distribution.audience.store.enterprises import ensure_enterprise, enterprise_topics
from distribution.audience.store.locking import join_audience, lock_subscriber
from distribution.audience.store.roles import require_free
from distribution.audience.store.standing import Fact, facts
from distribution.audience.wording import tidy, tidy_words
from distribution.db import upsert
from distribution.errors import NotFound, Refused
from distribution.models import ConsentEvent, Enterprise, Interest, Subscriber, Topic, WatchWord
from distribution.words import Cause, Decision, Edition, Frequency, MailFormat, Role, TopicsFrom

AddressHasher = Callable[[str], str]
"""Makes the keyed hash of an address key, see `links.Keyring.address_hash`."""


class AlreadySubscribed(Refused):
    """Raised when an address that is to be added is somebody's already."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} 已在册：没有新增；查看请用 distribution subscriber show {email}")


class Erased(Refused):
    """Raised when somebody is to be changed whose data is gone."""

    def __init__(self, subscriber_id: int) -> None:
        self.subscriber_id = subscriber_id
        super().__init__(f"编号 {subscriber_id} 的资料已应本人要求删除：不能再修改")


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """A contact to be added."""

    address: EmailAddress
    name: str
    enterprise: str = ""
    """Its name; an unknown one is added, none is allowed."""
    role: Role = Role.OTHER
    phone: str = ""
    edition: Edition = Edition.PERSONALISED
    frequency: Frequency = Frequency.EVERY_ISSUE
    format: MailFormat = MailFormat.HTML
    topics: tuple[str, ...] = ()
    watch_words: tuple[str, ...] = ()
    consent: str = ""
    """What his consent to be mailed rests on; without it nothing is sent to him."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader wants to get; None leaves a thing as it is."""

    topics: Sequence[str] | None = None
    """Names or codes, in his own order."""
    watch_words: Sequence[str] | None = None
    edition: Edition | None = None
    frequency: Frequency | None = None
    format: MailFormat | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is held about one subscriber."""

    subscriber: Subscriber
    enterprise: Enterprise | None
    topics: tuple[Topic, ...]
    """His own."""
    default_topics: tuple[Topic, ...]
    """What he gets while he has none of his own."""
    topics_from: TopicsFrom
    """Whose choice counts now."""
    watch_words: tuple[str, ...]
    facts: tuple[Fact, ...]
    """All that keeps mail from him."""
    consents: tuple[ConsentEvent, ...]
    """The oldest first."""

    @property
    def barrier(self) -> Cause | None:
        """What keeps mail from him first of all; None: nothing does."""
        return self.facts[0].cause if self.facts else None


def add_subscriber(
    session: Session, new: NewSubscriber, hasher: AddressHasher, *, by: str, at: datetime
) -> Subscriber:
    """Add a contact with his interests and, where it is given, his consent.

    Of two who add one address at once, the database lets one; the other is AlreadySubscribed.
    Raises LiaisonTaken where the enterprise has a liaison already.
    """
    name = tidy("姓名", new.name, longest=100)
    join_audience(session)
    enterprise = (
        ensure_enterprise(session, new.enterprise, at=at) if new.enterprise.strip() else None
    )
    if enterprise is not None:
        require_free(session, enterprise, new.role)
    insert = upsert(session, Subscriber).values(
        enterprise_id=enterprise.id if enterprise else None,
        name=name,
        role=new.role,
        phone=tidy("电话", new.phone, longest=40) if new.phone.strip() else "",
        edition=new.edition,
        frequency=new.frequency,
        format=new.format,
        created_at=at,
        **spellings(new.address, hasher),
    )
    row: Subscriber | None = session.scalar(insert.on_conflict_do_nothing().returning(Subscriber))
    if row is None:
        raise AlreadySubscribed(new.address.written)
    if new.topics or new.watch_words:
        wishes = Wishes(topics=new.topics, watch_words=new.watch_words)
        set_interests(session, row, wishes, by=by)
    if new.consent.strip():
        agreed = Statement(Decision.GRANTED, wording=new.consent, channel="cli")
        record_consent(session, row.id, agreed, by=by, at=at)
    return row


def spellings(address: EmailAddress, hasher: AddressHasher) -> dict[str, str]:
    """The columns that hold an address."""
    return {
        "email": address.written,
        "email_key": address.key,
        "address_hash": hasher(address.key),
        "domain": address.key.rpartition("@")[2],
    }


def set_interests(session: Session, row: Subscriber, wishes: Wishes, *, by: str) -> dict[str, Any]:
    """Replace what a reader wants; returns what differed: field to (before, after).

    Who chose topics or watch words last is kept: no import changes what a reader chose himself.
    """
    lock_subscriber(session, row.id)
    # What somebody else has changed before the lock was ours is read again.
    row = session.get_one(Subscriber, row.id, populate_existing=True)
    require_held(row)
    changed: dict[str, Any] = {}
    if wishes.topics is not None:
        _set_topics(session, row, wishes.topics, changed)
    if wishes.watch_words is not None:
        _set_words(session, row, wishes.watch_words, changed)
    if changed:
        row.interests_by = by
    for field in ("edition", "frequency", "format"):
        value = getattr(wishes, field)
        if value is not None and getattr(row, field) is not value:
            changed[field] = (getattr(row, field).value, value.value)
            setattr(row, field, value)
    session.flush()
    return changed


def _set_topics(
    session: Session, row: Subscriber, names: Sequence[str], changed: dict[str, Any]
) -> None:
    chosen = topics.resolve(session, names, lock=True)  # nobody merges them meanwhile
    before, after = topics_of_reader(session, row.id), tuple(topic.code for topic in chosen)
    if after == before:
        return
    changed["topics"] = (list(before), list(after))
    session.execute(delete(Interest).where(Interest.subscriber_id == row.id))
    for position, topic in enumerate(chosen):
        session.add(Interest(subscriber_id=row.id, topic_id=topic.id, position=position))


def _set_words(
    session: Session, row: Subscriber, words: Sequence[str], changed: dict[str, Any]
) -> None:
    before, after = words_of_reader(session, row.id), tuple(tidy_words(words))
    if after == before:
        return
    changed["watch_words"] = (list(before), list(after))
    session.execute(delete(WatchWord).where(WatchWord.subscriber_id == row.id))
    for position, word in enumerate(after):
        session.add(WatchWord(subscriber_id=row.id, word=word, position=position))


def topics_of_reader(session: Session, subscriber_id: int) -> tuple[str, ...]:
    """Codes of the topics he chose himself, in his order."""
    query = select(Topic.code).join(Interest, Interest.topic_id == Topic.id)
    mine = query.where(Interest.subscriber_id == subscriber_id)
    return tuple(session.scalars(mine.order_by(Interest.position)))


def words_of_reader(session: Session, subscriber_id: int) -> tuple[str, ...]:
    """His watch words, in his order."""
    query = select(WatchWord.word).where(WatchWord.subscriber_id == subscriber_id)
    return tuple(session.scalars(query.order_by(WatchWord.position)))


def require_held(row: Subscriber) -> None:
    """Erased for somebody nothing may be written about any more."""
    if row.erased_at is not None:
        raise Erased(row.id)


def find_subscriber(session: Session, email: str) -> Subscriber:
    """The subscriber with this address, however it is spelt."""
    try:
        key = read_address(email).key
        row = session.scalar(select(Subscriber).where(Subscriber.email_key == key))
    except InvalidAddress:
        row = None
    if row is None:
        raise NotFound("订阅者", email, "distribution subscriber list --search 可按姓名或地址查找")
    return row


def profile(session: Session, row: Subscriber, *, at: datetime) -> Profile:
    """Everything held about a subscriber."""
    enterprise = session.get(Enterprise, row.enterprise_id) if row.enterprise_id else None
    own = topics_of_reader(session, row.id)
    theirs = enterprise_topics(session, enterprise) if enterprise else ()
    by_rule = default_topics(
        default_rules(session), row.role, enterprise.industry if enterprise else ""
    )
    default, whose = (theirs, TopicsFrom.ENTERPRISE) if theirs else (by_rule, TopicsFrom.DEFAULT)
    if own or not default:
        whose = TopicsFrom.OWN if own else TopicsFrom.NOBODY
    events = select(ConsentEvent).where(ConsentEvent.subscriber_id == row.id)
    return Profile(
        subscriber=row,
        enterprise=enterprise,
        topics=_topics(session, own),
        default_topics=_topics(session, default),
        topics_from=whose,
        watch_words=words_of_reader(session, row.id),
        facts=facts(session, row, at=at),
        consents=tuple(session.scalars(events.order_by(ConsentEvent.id))),
    )


def _topics(session: Session, codes: Sequence[str]) -> tuple[Topic, ...]:
    found = {
        topic.code: topic for topic in session.scalars(select(Topic).where(Topic.code.in_(codes)))
    }
    return tuple(found[code] for code in codes)


def count_subscribers(session: Session) -> int:
    """How many there are, whether they may be mailed or not."""
    return session.scalars(select(func.count(Subscriber.id))).one()
