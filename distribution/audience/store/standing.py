"""May somebody be mailed: one rule in SQL, and the facts behind it one by one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.clock import SHANGHAI
from distribution.db import database_day, database_time
from distribution.models import (
    ConsentEvent,
    Enterprise,
    Subscriber,
    SuppressedDomain,
    Suppression,
)
from distribution.words import Cause, Decision, Purpose, Tracking

_A_DAY = timedelta(days=1)


def decision(
    purpose: Purpose, of: InstrumentedAttribute[int] = Subscriber.id
) -> ColumnElement[str | None]:
    """SQL: the last word on this purpose of the subscriber that `of` names.

    NULL where there is none, or where the last was a mistake; a request is no word of his.
    """
    return (
        select(func.nullif(cast(ConsentEvent.decision, String), Decision.VOIDED.value))
        .where(
            ConsentEvent.subscriber_id == of,
            ConsentEvent.purpose == purpose,
            ConsentEvent.decision != Decision.REQUESTED,
        )
        .order_by(ConsentEvent.id.desc())
        .limit(1)
        .correlate(of.class_)
        .scalar_subquery()
    )


def agrees_to_tracking(of: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """SQL: the subscriber that `of` names agrees, by his last word, to be counted."""
    return decision(Purpose.TRACKING, of) == Decision.GRANTED.value


def readers_who_agree() -> Select[int]:
    """SQL: all subscribers of whom `agrees_to_tracking` is true, at once.

    For who counts most of them: asked of each row it would be a search of its own.
    """
    last = (
        select(func.max(ConsentEvent.id))
        .where(
            ConsentEvent.purpose == Purpose.TRACKING, ConsentEvent.decision != Decision.REQUESTED
        )
        .group_by(ConsentEvent.subscriber_id)
    )
    return select(ConsentEvent.subscriber_id).where(
        ConsentEvent.id.in_(last), ConsentEvent.decision == Decision.GRANTED
    )


def barrier(at: datetime | None = None) -> ColumnElement[str | None]:
    """SQL: why a row of `subscribers` may not be mailed (a Cause code); NULL where it may.

    It is derived afresh each time it is asked, at planning, at leasing and at the hand-over; of
    several causes the one a person decided about for good comes first. The database's clock says
    what has ended unless `at` does.
    """
    now: ColumnElement[Any] = literal(at) if at else select(database_time()).scalar_subquery()
    today: ColumnElement[Any] = (
        literal(at.astimezone(SHANGHAI).date()) if at else select(database_day()).scalar_subquery()
    )
    no_member = exists().where(Enterprise.id == Subscriber.enterprise_id, is_outside(today))
    passing = case(
        (Subscriber.departed_at.is_not(None), Cause.DEPARTED.value),
        (no_member.correlate(Subscriber), Cause.MEMBERSHIP.value),
        (Subscriber.paused_until > now, Cause.PAUSED.value),
        else_=None,
    )
    consent = case(
        {Decision.GRANTED.value: passing, Decision.WITHDRAWN.value: Cause.LEFT.value},
        value=decision(Purpose.DIGEST),
        else_=case((_requested(), Cause.PENDING.value), else_=Cause.NO_CONSENT.value),
    )
    return case(
        (Subscriber.erased_at.is_not(None), Cause.ERASED.value),
        (_suppressed(), Cause.SUPPRESSED.value),
        else_=consent,
    )


def count_mailable(session: Session) -> int:
    """How many may be mailed now."""
    query = select(func.count()).select_from(Subscriber).where(barrier().is_(None))
    return session.scalars(query).one()


def outsiders(session: Session) -> list[int]:
    """Enterprises whose membership has ended or is suspended, by the database's clock."""
    today = select(database_day()).scalar_subquery()
    query = select(Enterprise.id).where(is_outside(today)).order_by(Enterprise.id)
    return list(session.scalars(query))


def is_outside(today: ColumnElement[Any]) -> ColumnElement[bool]:
    """SQL: an enterprise's membership has ended or is suspended; NULL for one without an end."""
    return or_(Enterprise.member_until < today, Enterprise.suspended_at.is_not(None))


def _suppressed() -> ColumnElement[bool]:
    of_address = exists().where(Suppression.address_hash == Subscriber.address_hash)
    of_domain = exists().where(SuppressedDomain.domain == Subscriber.domain)
    return or_(of_address.correlate(Subscriber), of_domain.correlate(Subscriber))


def _requested() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            ConsentEvent.subscriber_id == Subscriber.id,
            ConsentEvent.purpose == Purpose.DIGEST,
            ConsentEvent.decision == Decision.REQUESTED,
        )
        .correlate(Subscriber)
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that keeps mail from somebody; several may hold together."""

    cause: Cause
    since: datetime | None
    """None where nobody ever said anything, or where it is not known."""
    detail: str = ""
    until: datetime | None = None


def facts(session: Session, row: Subscriber, *, at: datetime) -> tuple[Fact, ...]:
    """All that keeps mail from a subscriber now, what counts most first; none: he may be mailed.

    The first is the one `barrier` names.
    """
    return tuple(
        fact
        for found in (
            _of_suppression(session, row),
            _of_consent(session, row),
            _of_himself(row),
            _of_membership(session, row, at),
            _of_pause(row, at),
        )
        for fact in found
    )


def _of_suppression(session: Session, row: Subscriber) -> Iterator[Fact]:
    if row.erased_at is not None:
        yield Fact(Cause.ERASED, row.erased_at)
    address = session.get(Suppression, row.address_hash)
    if address is not None:
        detail = f"{address.reason.label}：{address.evidence}"
        yield Fact(Cause.SUPPRESSED, address.since, detail)
    domain = session.get(SuppressedDomain, row.domain)
    if domain is not None:
        detail = f"整个域名 {domain.domain}，{domain.reason.label}：{domain.evidence}"
        yield Fact(Cause.SUPPRESSED, domain.since, detail)


def _of_consent(session: Session, row: Subscriber) -> Iterator[Fact]:
    """What he said, or did not say, about digests."""
    query = select(ConsentEvent).where(
        ConsentEvent.subscriber_id == row.id, ConsentEvent.purpose == Purpose.DIGEST
    )
    events = session.scalars(query.order_by(ConsentEvent.id)).all()
    words = [event for event in events if event.decision is not Decision.REQUESTED]
    last = words[-1] if words else None
    if last is not None and last.decision is Decision.WITHDRAWN:
        yield Fact(Cause.LEFT, last.at, last.wording)
    elif last is None or last.decision is Decision.VOIDED:
        asked = [event for event in events if event.decision is Decision.REQUESTED]
        if asked:
            yield Fact(Cause.PENDING, asked[-1].at, asked[-1].wording)
        else:
            yield Fact(Cause.NO_CONSENT, last.at if last else None, last.wording if last else "")


def _of_himself(row: Subscriber) -> Iterator[Fact]:
    if row.departed_at is not None:
        yield Fact(Cause.DEPARTED, row.departed_at)


def _of_membership(session: Session, row: Subscriber, at: datetime) -> Iterator[Fact]:
    found = session.get(Enterprise, row.enterprise_id) if row.enterprise_id else None
    if found is None:
        return
    if found.suspended_at is not None:
        yield Fact(Cause.MEMBERSHIP, found.suspended_at, f"{found.name}：会籍已暂停")
    if found.member_until is not None and found.member_until < at.astimezone(SHANGHAI).date():
        ended = datetime.combine(found.member_until + _A_DAY, time(), SHANGHAI)
        yield Fact(Cause.MEMBERSHIP, ended, f"{found.name}：会籍至 {found.member_until}")


def _of_pause(row: Subscriber, at: datetime) -> Iterator[Fact]:
    if row.paused_until is not None and row.paused_until > at:
        yield Fact(Cause.PAUSED, None, until=row.paused_until)


@dataclass(frozen=True, slots=True)
class TrackingAnswer:
    """What a subscriber says about being counted."""

    tracking: Tracking
    since: datetime | None = None
    """When he said so; None where he never said anything."""


def tracking_answers(
    session: Session, subscriber_ids: Collection[int]
) -> dict[int, TrackingAnswer]:
    """What these subscribers say, by their last word, about being counted.

    Whose data was deleted on his wish, or in time, does not want to be, whatever he said before.
    """
    last = (
        select(func.max(ConsentEvent.id))
        .where(ConsentEvent.subscriber_id.in_(subscriber_ids))
        .where(ConsentEvent.purpose == Purpose.TRACKING)
        .where(ConsentEvent.decision != Decision.REQUESTED)
        .group_by(ConsentEvent.subscriber_id)
    )
    query = select(ConsentEvent.subscriber_id, ConsentEvent.decision, ConsentEvent.at)
    said = {
        row_id: TrackingAnswer(tracking_of(decided.value), at)
        for row_id, decided, at in session.execute(query.where(ConsentEvent.id.in_(last)))
    }
    gone = (Subscriber.id.in_(subscriber_ids), Subscriber.erased_at.is_not(None))
    erased = session.scalars(select(Subscriber.id).where(*gone))
    return (
        dict.fromkeys(subscriber_ids, TrackingAnswer(Tracking.UNKNOWN))
        | said
        | dict.fromkeys(erased, TrackingAnswer(Tracking.DENIED))
    )


def tracking_of(said: str | None) -> Tracking:
    """What a last word, see `decision`, means for counting."""
    if said == Decision.GRANTED.value:
        return Tracking.GRANTED
    return Tracking.DENIED if said == Decision.WITHDRAWN.value else Tracking.UNKNOWN
