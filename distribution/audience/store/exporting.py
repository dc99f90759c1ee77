"""SQL of exports: all that is held of many subscribers or enterprises, read in one pass."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.audience.store.listing import (
    ENTERPRISE_ORDERS,
    ORDERS,
    TheseEnterprises,
    Those,
    conditions,
    conditions_of_enterprises,
)
from distribution.audience.store.standing import barrier, tracking_of
from distribution.models import (
    ConsentEvent,
    Enterprise,
    EnterpriseInterest,
    Interest,
    Subscriber,
    Topic,
    WatchWord,
)
from distribution.words import (
    Cause,
    Decision,
    Edition,
    Frequency,
    MailFormat,
    Purpose,
    Role,
    Tracking,
)

_SLICE = 1000
"""Rows whose interests and words are asked for together."""


@dataclass(frozen=True, slots=True)
class ExportedContact:
    """A subscriber as a list of contacts holds him.

    The list cannot say that somebody has left his enterprise. It names no role of his then, which
    may be another's now, and nothing that his consent rests on: whoever imports the list elsewhere
    must not mail him.
    """

    enterprise: str
    name: str
    role: Role | None
    email: str
    phone: str
    topics: tuple[str, ...]
    """Names of those he chose himself, in his order."""
    watch_words: tuple[str, ...]
    frequency: Frequency
    edition: Edition
    format: MailFormat
    basis: str
    """What his last consent rests on."""
    left: str
    """In what words he left, if that was his last word."""
    tracking: Tracking
    paused_until: datetime | None
    barrier: Cause | None


@dataclass(frozen=True, slots=True)
class ExportedEnterprise:
    """An enterprise as a list of enterprises holds it."""

    row: Row[Any]
    """Name, short_name, credit_code, region, industry, member_since, member_until, suspended_at,
    notes."""
    topics: tuple[str, ...]
    """Names of what its contacts get by default."""


def exported_contacts(
    session: Session, those: Those, *, at: datetime | None = None, order: str = "编号"
) -> Iterator[ExportedContact]:
    """All subscribers who are meant; some thousand are in memory at a time."""
    query = (
        select(
            Subscriber.id,
            Subscriber.name,
            Subscriber.role,
            Subscriber.email,
            Subscriber.phone,
            Subscriber.frequency,
            Subscriber.edition,
            Subscriber.format,
            Subscriber.paused_until,
            Subscriber.departed_at,
            Enterprise.name.label("enterprise"),
            barrier(at).label("why"),
        )
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(*conditions(those, at))
        .order_by(*ORDERS[order])
        .execution_options(yield_per=_SLICE)
    )
    for rows in session.execute(query).partitions():
        ids = [row.id for row in rows]
        topics, words = _topics_of(session, Interest.subscriber_id, ids), _words_of(session, ids)
        said = _said(session, ids)
        for row in rows:
            yield _contact(row, tuple(topics[row.id]), tuple(words[row.id]), said[row.id])


def _contact(
    row: Any,  # noqa: ANN401 - a row of the query above
    topics: tuple[str, ...],
    words: tuple[str, ...],
    said: "_Said",
) -> ExportedContact:
    return ExportedContact(
        enterprise=row.enterprise or "",
        name=row.name,
        role=None if row.departed_at else row.role,
        email=row.email,
        phone=row.phone,
        topics=topics,
        watch_words=words,
        frequency=row.frequency,
        edition=row.edition,
        format=row.format,
        basis="" if row.departed_at else said.basis,
        left=said.left,
        tracking=tracking_of(said.tracking),
        paused_until=row.paused_until,
        barrier=Cause(row.why) if row.why else None,
    )


@dataclass(slots=True)
class _Said:
    """What somebody's words amount to, the oldest first."""

    basis: str = ""
    left: str = ""
    tracking: str | None = None

    def hear(self, purpose: Purpose, decision: Decision, wording: str) -> None:
        if decision is Decision.REQUESTED:
            return
        if purpose is Purpose.TRACKING:
            self.tracking = None if decision is Decision.VOIDED else decision.value
            return
        self.left = wording if decision is Decision.WITHDRAWN else ""
        if decision is Decision.GRANTED:
            self.basis = wording
        elif decision is Decision.VOIDED:
            self.basis = ""


def _said(session: Session, ids: Collection[int]) -> defaultdict[int, _Said]:
    query = select(
        ConsentEvent.subscriber_id,
        ConsentEvent.purpose,
        ConsentEvent.decision,
        ConsentEvent.wording,
    )
    found: defaultdict[int, _Said] = defaultdict(_Said)
    mine = query.where(ConsentEvent.subscriber_id.in_(ids)).order_by(ConsentEvent.id)
    for owner, purpose, decision, wording in session.execute(mine):
        found[owner].hear(purpose, decision, wording)
    return found


def _topics_of(
    session: Session, owner: InstrumentedAttribute[int], ids: Collection[int]
) -> defaultdict[int, list[str]]:
    """Names of the topics that each of the owners chose, in their order."""
    table = owner.class_
    query = (
        select(owner, Topic.name)
        .join(Topic, Topic.id == table.topic_id)
        .where(owner.in_(ids))
        .order_by(owner, table.position)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for owner_id, name in session.execute(query):
        found[owner_id].append(name)
    return found


def _words_of(session: Session, ids: Collection[int]) -> defaultdict[int, list[str]]:
    query = select(WatchWord.subscriber_id, WatchWord.word).where(WatchWord.subscriber_id.in_(ids))
    found: defaultdict[int, list[str]] = defaultdict(list)
    for owner_id, word in session.execute(query.order_by(WatchWord.position)):
        found[owner_id].append(word)
    return found


def exported_enterprises(
    session: Session, these: TheseEnterprises, *, today: date, order: str = "编号"
) -> Iterator[ExportedEnterprise]:
    """All enterprises that are meant."""
    columns: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...] = (
        Enterprise.id,
        Enterprise.name,
        Enterprise.short_name,
        Enterprise.credit_code,
        Enterprise.region,
        Enterprise.industry,
        Enterprise.member_since,
        Enterprise.member_until,
        Enterprise.suspended_at,
        Enterprise.notes,
    )
    query = (
        select(*columns)
        .where(*conditions_of_enterprises(these, today))
        .order_by(*ENTERPRISE_ORDERS[order])
        .execution_options(yield_per=_SLICE)
    )
    for rows in session.execute(query).partitions():
        topics = _topics_of(session, EnterpriseInterest.enterprise_id, [row.id for row in rows])
        for row in rows:
            yield ExportedEnterprise(row, tuple(topics[row.id]))
