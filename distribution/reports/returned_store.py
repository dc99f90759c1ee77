"""SQL of what came back, one by one: one query for each source, merged in order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, cast, func, or_, select
from sqlalchemy import type_coerce as typed
from sqlalchemy.orm import Session

from distribution import audience
from distribution.models import (
    REFUSED,
    Delivery,
    DeliveryEvent,
    Enterprise,
    Inbox,
    Issue,
    Letter,
    ReturnedMail,
    Run,
    Subscriber,
)
from distribution.replies import COUNTED
from distribution.reports.originals import Original
from distribution.reports.returning import (
    CameBack,
    NothingCameBack,
    NotJudged,
    Wanted,
    WhileSending,
)
from distribution.words import Consequence, DeliveryState, Signal

_MAILS = (Signal.MAIL, Signal.NOTICE)


def came_back(session: Session, wanted: Wanted, *, limit: int) -> list[CameBack]:
    """What came back, the newest first."""
    found: list[CameBack] = []
    if wanted.mails:
        query = _mails().where(*_of_mails(wanted)).order_by(ReturnedMail.inbox_id.desc())
        found += map(_mail, session.execute(query.limit(limit)))
    if wanted.refusals:
        newest = _refusals().where(*_of_refusals(wanted)).order_by(refused_at().desc())
        found += map(_refusal, session.execute(newest.limit(limit)))
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def find_returned(session: Session, inbox_id: int) -> CameBack:
    """One mail that came back, by its number; raises NothingCameBack, NotJudged."""
    row = session.execute(_mails().where(ReturnedMail.inbox_id == inbox_id)).one_or_none()
    if row is not None:
        return _mail(row)
    waits = select(Inbox.id).where(Inbox.id == inbox_id, Inbox.signal.in_(_MAILS))
    if session.scalar(waits) is not None:
        raise NotJudged(inbox_id)
    raise NothingCameBack(str(inbox_id))


def find_refusal(session: Session, delivery_id: int) -> CameBack:
    """A delivery that was refused while sending; raises NothingCameBack."""
    row = session.execute(_refusals().where(Delivery.id == delivery_id)).one_or_none()
    if row is None:
        raise NothingCameBack(f"d{delivery_id}")
    return _refusal(row)


def original(session: Session, inbox_id: int, *, erased: bool | None) -> Original:
    """A mail or notice as it came; `erased` is known where its reader is."""
    row = session.execute(select(Inbox.content, Inbox.raw).where(Inbox.id == inbox_id)).one()
    return Original(row.raw, str(row.content.get("source", "")), erased)


def replies_to(session: Session, delivery_id: int) -> Sequence[DeliveryEvent]:
    """What happened to a delivery, in order, with the relay's words."""
    query = select(DeliveryEvent).where(DeliveryEvent.delivery_id == delivery_id)
    return session.scalars(query.order_by(DeliveryEvent.id)).all()


def address_hash(session: Session, one: CameBack) -> str | None:
    """Of the address our mail went to; None where it is not known any more."""
    if one.delivery_id is not None:
        return session.scalar(select(Delivery.address_hash).where(Delivery.id == one.delivery_id))
    if one.subscriber_id is None:
        return None
    return audience.address_hash_of(session, one.subscriber_id, one.recipient)


# -- refusals ------------------------------------------------------------------------------------


def refused() -> ColumnElement[bool]:
    """SQL: a row of `deliveries` was refused while sending; apart, for its index and its names."""
    return Delivery.id.in_(select(Delivery.id).where(REFUSED).correlate(None))


def refused_at() -> ColumnElement[Any]:
    """SQL: when a refused row of `deliveries` was given up."""
    ended = (DeliveryState.FAILED, DeliveryState.EXPIRED)
    last = select(func.max(DeliveryEvent.at)).where(
        DeliveryEvent.delivery_id == Delivery.id, DeliveryEvent.state.in_(ended)
    )
    return func.coalesce(last.correlate(Delivery).scalar_subquery(), Delivery.next_attempt_at)


def followed() -> ColumnElement[Any]:
    """SQL: what followed from the refusal of a row of `deliveries`.

    What expired was not followed when it did; yet it counts when the next issue comes back.
    """
    nothing = Delivery.consequence.is_(None)
    expired = and_(nothing, Delivery.state == DeliveryState.EXPIRED, Delivery.meaning.in_(COUNTED))
    said = func.coalesce(cast(Delivery.consequence, String), Consequence.NONE.value)
    return typed(
        case((expired, Consequence.COUNTED.value), else_=said), ReturnedMail.consequence.type
    )


def _refusals() -> Select[*tuple[Any, ...]]:
    words = (
        select(DeliveryEvent.reply)
        .where(DeliveryEvent.delivery_id == Delivery.id, DeliveryEvent.reply != "")
        .order_by(DeliveryEvent.id.desc())
        .limit(1)
        .correlate(Delivery)
        .scalar_subquery()
    )
    return (
        select(
            refused_at().label("at"),
            Delivery.id.label("delivery_id"),
            Delivery.run_id,
            Delivery.lane,
            Delivery.meaning,
            followed().label("consequence"),
            Delivery.recipient,
            words.label("words"),
            Issue.year,
            Issue.label,
            Subscriber.id.label("subscriber_id"),
            Subscriber.name,
            Subscriber.erased_at,
            Enterprise.name.label("enterprise"),
        )
        .select_from(Delivery)
        .join(Run, Run.id == Delivery.run_id)
        .join(Issue, Issue.id == Run.issue_id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(refused())
    )


def _of_refusals(wanted: Wanted) -> list[ColumnElement[bool]]:
    when = refused_at()
    columns: dict[Any, object] = {
        Delivery.meaning: wanted.meaning,
        Delivery.run_id: wanted.run_id,
        Delivery.subscriber_id: wanted.subscriber_id,
        Subscriber.enterprise_id: wanted.enterprise_id,
    }
    found = [column == value for column, value in columns.items() if value is not None]
    if wanted.consequence is not None:
        found.append(followed() == wanted.consequence)
    if wanted.since is not None:
        found.append(when >= wanted.since)
    if wanted.before is not None:
        found.append(when < wanted.before)
    return found


def _refusal(row: Row[*tuple[Any, ...]]) -> CameBack:
    return CameBack(
        inbox_id=None,
        at=row.at,
        kind=WhileSending.REFUSED,
        meaning=row.meaning,
        consequence=row.consequence,
        lane=row.lane,
        status="",
        words=row.words or "",
        rule="",
        found_by=None,
        delivery_id=row.delivery_id,
        run_id=row.run_id,
        issue=f"{row.year}-{row.label}",
        letter_id=None,
        purpose=None,
        recipient=row.recipient,
        subscriber_id=row.subscriber_id,
        name=row.name,
        enterprise=row.enterprise or "",
        erased=row.erased_at is not None,
    )


# -- mails ---------------------------------------------------------------------------------------


def about(subscriber_id: int) -> ColumnElement[bool]:
    """SQL: a returned mail speaks of a delivery or a letter of his; each by its index."""
    deliveries = select(Delivery.id).where(Delivery.subscriber_id == subscriber_id)
    letters = select(Letter.id).where(Letter.subscriber_id == subscriber_id)
    return or_(
        ReturnedMail.delivery_id.in_(deliveries.correlate(None)),
        ReturnedMail.letter_id.in_(letters.correlate(None)),
    )


def _mails() -> Select[*tuple[Any, ...]]:
    reader = func.coalesce(Delivery.subscriber_id, Letter.subscriber_id)
    return (
        select(
            ReturnedMail,
            Delivery.run_id,
            Letter.purpose,
            func.coalesce(Delivery.recipient, Letter.recipient, "").label("recipient"),
            Issue.year,
            Issue.label,
            Subscriber.id.label("subscriber_id"),
            Subscriber.name,
            Subscriber.erased_at,
            Enterprise.name.label("enterprise"),
        )
        .outerjoin(Delivery, Delivery.id == ReturnedMail.delivery_id)
        .outerjoin(Letter, Letter.id == ReturnedMail.letter_id)
        .outerjoin(Run, Run.id == Delivery.run_id)
        .outerjoin(Issue, Issue.id == Run.issue_id)
        .outerjoin(Subscriber, Subscriber.id == reader)
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
    )


def _of_mails(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns: dict[Any, object] = {
        ReturnedMail.kind: wanted.kind,
        ReturnedMail.meaning: wanted.meaning,
        ReturnedMail.consequence: wanted.consequence,
        Delivery.run_id: wanted.run_id,
        Subscriber.enterprise_id: wanted.enterprise_id,
    }
    found = [column == value for column, value in columns.items() if value is not None]
    if wanted.subscriber_id is not None:
        found.append(about(wanted.subscriber_id))
    if wanted.unmatched:
        found += [ReturnedMail.delivery_id.is_(None), ReturnedMail.letter_id.is_(None)]
    if wanted.since is not None:
        found.append(ReturnedMail.at >= wanted.since)
    if wanted.before is not None:
        found.append(ReturnedMail.at < wanted.before)
    return found


def _mail(row: Row[*tuple[Any, ...]]) -> CameBack:
    mail: ReturnedMail = row.ReturnedMail
    return CameBack(
        inbox_id=mail.inbox_id,
        at=mail.at,
        kind=mail.kind,
        meaning=mail.meaning,
        consequence=mail.consequence,
        lane=mail.lane,
        status=mail.status,
        words=mail.diagnostic,
        rule=mail.rule,
        found_by=mail.found_by,
        delivery_id=mail.delivery_id,
        run_id=row.run_id,
        issue=f"{row.year}-{row.label}" if row.year else "",
        letter_id=mail.letter_id,
        purpose=row.purpose,
        recipient=row.recipient,
        subscriber_id=row.subscriber_id,
        name=row.name or "",
        enterprise=row.enterprise or "",
        erased=row.erased_at is not None,
    )
