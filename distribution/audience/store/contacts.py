"""All SQL about enterprises, subscribers and what they want; `readers.py` has who is due."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, func, or_, select
from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience.address import EmailAddress, InvalidAddress, read_address
from distribution.audience.store.consent import Statement, lock_subscriber, record_consent
from distribution.audience.store.readers import barrier, decision
from distribution.audience.wording import tidy, tidy_words
from distribution.db import upsert
from distribution.errors import NotFound, Refused
from distribution.models import (
    ConsentEvent,
    Enterprise,
    EnterpriseInterest,
    Interest,
    Subscriber,
    Topic,
    WatchWord,
)
from distribution.words import Cause, Decision, Edition, Purpose, Role

AddressHasher = Callable[[str], str]
"""Makes the keyed hash of an address key, see `links.Keyring.address_hash`."""


class AlreadySubscribed(Refused):
    """Raised when an address that is to be added is somebody's already."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} 已在册：没有新增；查看请用 distribution subscriber show {email}")


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """A contact to be added."""

    address: EmailAddress
    name: str
    enterprise: str = ""
    """Its name; an unknown one is added, none is allowed."""
    role: Role = Role.OTHER
    edition: Edition = Edition.PERSONALISED
    topics: tuple[str, ...] = ()
    watch_words: tuple[str, ...] = ()
    consent: str = ""
    """What his consent to be mailed rests on; without it nothing is sent to him."""


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is held about one subscriber."""

    subscriber: Subscriber
    enterprise: Enterprise | None
    topics: tuple[Topic, ...]
    enterprise_topics: tuple[Topic, ...]
    watch_words: tuple[str, ...]
    barrier: Cause | None
    consents: tuple[ConsentEvent, ...]


def add_subscriber(
    session: Session, new: NewSubscriber, hasher: AddressHasher, *, by: str, at: datetime
) -> Subscriber:
    """Add a contact with his interests and, where it is given, his consent.

    Of two who add one address at once, the database lets one; the other is AlreadySubscribed.
    """
    name = tidy("姓名", new.name, longest=100)
    enterprise = (
        ensure_enterprise(session, new.enterprise, at=at) if new.enterprise.strip() else None
    )
    insert = upsert(session, Subscriber).values(
        enterprise_id=enterprise.id if enterprise else None,
        name=name,
        role=new.role,
        email=new.address.written,
        email_key=new.address.key,
        address_hash=hasher(new.address.key),
        edition=new.edition,
        created_at=at,
    )
    row: Subscriber | None = session.scalar(insert.on_conflict_do_nothing().returning(Subscriber))
    if row is None:
        raise AlreadySubscribed(new.address.written)
    set_interests(session, row, topic_names=new.topics, watch_words=new.watch_words)
    if new.consent.strip():
        agreed = Statement(Decision.GRANTED, wording=new.consent, channel="cli")
        record_consent(session, row.id, agreed, by=by, at=at)
    return row


def ensure_enterprise(
    session: Session, name: str, *, at: datetime, region: str = "", industry: str = ""
) -> Enterprise:
    """The enterprise of this name, added where it is new."""
    name = tidy("单位名称", name, longest=200)
    named = select(Enterprise).where(Enterprise.name == name)
    row = session.scalar(named)
    if row is None:
        insert = upsert(session, Enterprise).values(
            name=name, region=region, industry=industry, created_at=at
        )
        session.execute(insert.on_conflict_do_nothing())
        row = session.scalars(named).one()
    return row


def set_enterprise_topics(session: Session, row: Enterprise, topic_names: Sequence[str]) -> None:
    """Replace what its contacts get who chose nothing themselves."""
    chosen = topics.resolve(session, topic_names, lock=True)  # nobody merges them meanwhile
    session.execute(delete(EnterpriseInterest).where(EnterpriseInterest.enterprise_id == row.id))
    for position, topic in enumerate(chosen):
        session.add(EnterpriseInterest(enterprise_id=row.id, topic_id=topic.id, position=position))


def set_interests(
    session: Session,
    row: Subscriber,
    *,
    topic_names: Sequence[str] | None = None,
    watch_words: Sequence[str] | None = None,
    edition: Edition | None = None,
) -> None:
    """Replace a reader's topics, watch words or edition; None leaves one as it is."""
    lock_subscriber(session, row.id)
    # What somebody else has changed before the lock was ours is read again.
    row = session.get_one(Subscriber, row.id, populate_existing=True)
    if topic_names is not None:
        chosen = topics.resolve(session, topic_names, lock=True)  # nobody merges them meanwhile
        session.execute(delete(Interest).where(Interest.subscriber_id == row.id))
        for position, topic in enumerate(chosen):
            session.add(Interest(subscriber_id=row.id, topic_id=topic.id, position=position))
    if watch_words is not None:
        words = tidy_words(watch_words)
        session.execute(delete(WatchWord).where(WatchWord.subscriber_id == row.id))
        for position, word in enumerate(words):
            session.add(WatchWord(subscriber_id=row.id, word=word, position=position))
    if edition is not None:
        row.edition = edition
    session.flush()


def find_subscriber(session: Session, email: str) -> Subscriber:
    """The subscriber with this address, however it is spelt."""
    try:
        row = _by_key(session, read_address(email).key)
    except InvalidAddress:
        row = None
    if row is None:
        raise NotFound("订阅者", email, "distribution subscriber list --search 可按姓名或地址查找")
    return row


def profile(session: Session, row: Subscriber) -> Profile:
    """Everything held about a subscriber."""
    why = session.scalar(select(barrier()).where(Subscriber.id == row.id))
    chosen = (
        select(Topic)
        .join(Interest, Interest.topic_id == Topic.id)
        .where(Interest.subscriber_id == row.id)
        .order_by(Interest.position)
    )
    defaults = (
        select(Topic)
        .join(EnterpriseInterest, EnterpriseInterest.topic_id == Topic.id)
        .where(EnterpriseInterest.enterprise_id == row.enterprise_id)
        .order_by(EnterpriseInterest.position)
    )
    words = select(WatchWord.word).where(WatchWord.subscriber_id == row.id)
    events = select(ConsentEvent).where(ConsentEvent.subscriber_id == row.id)
    return Profile(
        subscriber=row,
        enterprise=session.get(Enterprise, row.enterprise_id) if row.enterprise_id else None,
        topics=tuple(session.scalars(chosen)),
        enterprise_topics=tuple(session.scalars(defaults)),
        watch_words=tuple(session.scalars(words.order_by(WatchWord.position))),
        barrier=Cause(why) if why else None,
        consents=tuple(session.scalars(events.order_by(ConsentEvent.id))),
    )


def subscribers(
    session: Session, *, search: str = "", limit: int = 100
) -> Sequence[Row[Subscriber, str | None, str | None]]:
    """Subscribers with the name of their enterprise and what keeps mail from them."""
    query = (
        select(Subscriber, Enterprise.name, barrier())
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .order_by(Subscriber.id)
        .limit(limit)
    )
    if search.strip():
        plain = unicodedata.normalize("NFKC", search.strip())
        wanted = [f"%{_literally(text)}%" for text in {plain, search.strip()}]
        columns = (Subscriber.email, Subscriber.email_key, Subscriber.name, Enterprise.name)
        query = query.where(
            or_(*(column.ilike(text, escape="\\") for column in columns for text in wanted))
        )
    return session.execute(query).all()


def count_subscribers(session: Session) -> int:
    """How many there are, whether they may be mailed or not."""
    return session.scalars(select(func.count(Subscriber.id))).one()


def enterprises(
    session: Session,
) -> Sequence[Row[Enterprise, int, int]]:
    """Enterprises with the number of their contacts, and of those who agreed to be mailed."""
    agreed = decision(Purpose.DIGEST) == Decision.GRANTED.value
    query = (
        select(
            Enterprise,
            func.count(Subscriber.id),
            func.count(Subscriber.id).filter(agreed),
        )
        .outerjoin(Subscriber, Subscriber.enterprise_id == Enterprise.id)
        .group_by(Enterprise.id)
        .order_by(Enterprise.id)
    )
    return session.execute(query).all()


def _by_key(session: Session, key: str) -> Subscriber | None:
    return session.scalar(select(Subscriber).where(Subscriber.email_key == key))


def _literally(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
