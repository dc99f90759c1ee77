"""SQL of what is past its time: one query for each kind, and what is done with what it finds."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from distribution import audience, delivery, events
from distribution.delivery import is_through
from distribution.models import (
    Audit,
    Base,
    ConsentEvent,
    Delivery,
    DeliveryEvent,
    Import,
    ImportRow,
    Inbox,
    Letter,
    ReadingEvent,
    ReturnedMail,
    Subscriber,
)
from distribution.words import Decision, LetterState, Purpose, Signal

_EMPTY = "{}"


def old_mails(before: datetime) -> Select[int]:
    """Judged mails whose text is kept."""
    return select(Inbox.id).where(
        Inbox.signal.in_((Signal.MAIL, Signal.NOTICE)),
        Inbox.judged_at.is_not(None),
        Inbox.raw.is_not(None),
        Inbox.at < before,
    )


def old_letters(before: datetime) -> Select[int]:
    """Single mails that are through and whose text is kept."""
    through = Letter.state.not_in((LetterState.WAITING, LetterState.HANDED))
    return select(Letter.id).where(through, Letter.text != "", Letter.created_at < before)


def empty_letters(session: Session, ids: Collection[int]) -> None:
    """To whom it was sent, about what and when, stays."""
    _change(session, Letter, Letter.id.in_(ids), text="", html="", reply_to=None)
    delivery.detach(session, ids)


def mails_of_the_erased(before: datetime) -> Select[int]:
    """Judged mails that came about somebody after he was erased, with text of any kind."""
    whose = func.coalesce(Delivery.subscriber_id, Letter.subscriber_id)
    of_erased = (
        select(ReturnedMail.inbox_id)
        .outerjoin(Delivery, Delivery.id == ReturnedMail.delivery_id)
        .outerjoin(Letter, Letter.id == ReturnedMail.letter_id)
        .join(Subscriber, Subscriber.id == whose)
        .where(Subscriber.erased_at.is_not(None))
    )
    said = select(ReturnedMail.inbox_id).where(ReturnedMail.diagnostic != "")
    late = ReturnedMail.at >= Subscriber.erased_at
    kept = or_(Inbox.raw.is_not(None), Inbox.id.in_(said))
    return select(Inbox.id).where(
        Inbox.judged_at < before, Inbox.id.in_(of_erased.where(late)), kept
    )


def drop_mails(session: Session, ids: Collection[int]) -> None:
    """The text goes; the judgement stays."""
    _change(session, Inbox, Inbox.id.in_(ids), raw=None, content={})


def drop_mails_and_words(session: Session, ids: Collection[int]) -> None:
    """Of the judgement only kind and status stay."""
    drop_mails(session, ids)
    drop_diagnostics(session, ids)


def old_readings(before: datetime) -> Select[int]:
    """Opens and clicks that say whose they are."""
    return select(ReadingEvent.id).where(
        ReadingEvent.delivery_id.is_not(None), ReadingEvent.at < before
    )


def make_anonymous(session: Session, ids: Collection[int]) -> None:
    """Counts per run and article stay; those of readers who no longer agree count nowhere."""
    disagree = ~func.coalesce(audience.agrees_to_tracking(Delivery.subscriber_id), False)
    refused = select(Delivery.id).where(Delivery.id == ReadingEvent.delivery_id, disagree)
    session.execute(
        delete(ReadingEvent)
        .where(ReadingEvent.id.in_(ids), refused.correlate(ReadingEvent).exists())
        .execution_options(synchronize_session=False)
    )
    _change(session, ReadingEvent, ReadingEvent.id.in_(ids), delivery_id=None, **events.UNTRACED)


def old_networks(before: datetime) -> Select[int]:
    """Opens and clicks that say how they came: old ones, and those of who no longer agrees."""
    disagree = ~func.coalesce(audience.agrees_to_tracking(Delivery.subscriber_id), False)
    refused = select(Delivery.id).where(Delivery.id == ReadingEvent.delivery_id, disagree)
    gone = or_(ReadingEvent.at < before, refused.correlate(ReadingEvent).exists())
    return select(ReadingEvent.id).where(ReadingEvent.agent != "", gone)


def forget_networks(session: Session, ids: Collection[int]) -> None:
    """Who it was, by which rule, and from which kind of network stays."""
    _change(session, ReadingEvent, ReadingEvent.id.in_(ids), showed="", agent="", network="")


def old_requests(before: datetime) -> Select[int]:
    """Opens and clicks that could not be judged in all that time, as they came."""
    return select(Inbox.id).where(Inbox.signal.in_(events.REQUESTS), Inbox.at < before)


def drop_requests(session: Session, ids: Collection[int]) -> None:
    """They are counted nowhere."""
    session.execute(
        delete(Inbox).where(Inbox.id.in_(ids)).execution_options(synchronize_session=False)
    )


def old_import_rows(before: datetime) -> Select[int, int]:
    """Rows of files that still say what there was before and after."""
    kept = or_(cast(ImportRow.before, String) != _EMPTY, cast(ImportRow.after, String) != _EMPTY)
    return (
        select(ImportRow.import_id, ImportRow.line)
        .join(Import, Import.id == ImportRow.import_id)
        .where(Import.at < before, kept)
    )


def empty_import_rows(session: Session, keys: Collection[tuple[int, int]]) -> None:
    """What became of the row stays."""
    these = tuple_(ImportRow.import_id, ImportRow.line).in_(list(keys))
    _change(session, ImportRow, these, before={}, after={})


def old_audit(before: datetime) -> Select[int]:
    """Deeds with details."""
    return select(Audit.id).where(Audit.at < before, cast(Audit.detail, String) != _EMPTY)


def empty_audit(session: Session, ids: Collection[int]) -> None:
    """Who did what to which stays."""
    _change(session, Audit, Audit.id.in_(ids), detail={})


def old_replies(before: datetime) -> Select[int]:
    """What relays said about deliveries that are through."""
    return (
        select(DeliveryEvent.id)
        .join(Delivery, Delivery.id == DeliveryEvent.delivery_id)
        .where(DeliveryEvent.reply != "", DeliveryEvent.at < before, is_through())
    )


def drop_replies(session: Session, ids: Collection[int]) -> None:
    """State and cause stay."""
    _change(session, DeliveryEvent, DeliveryEvent.id.in_(ids), reply="")


def old_diagnostics(before: datetime) -> Select[int]:
    """What mail systems said in mails that came back."""
    return select(ReturnedMail.inbox_id).where(
        ReturnedMail.diagnostic != "", ReturnedMail.at < before
    )


def drop_diagnostics(session: Session, ids: Collection[int]) -> None:
    """Kind and status stay."""
    _change(session, ReturnedMail, ReturnedMail.inbox_id.in_(ids), diagnostic="")


def left_before(before: datetime) -> Select[int]:
    """Contacts who left their enterprise, or withdrew their consent by their last word."""
    last = (
        select(ConsentEvent.decision, ConsentEvent.at)
        .where(
            ConsentEvent.subscriber_id == Subscriber.id,
            ConsentEvent.purpose == Purpose.DIGEST,
            ConsentEvent.decision != Decision.REQUESTED,
        )
        .order_by(ConsentEvent.id.desc())
        .limit(1)
        .correlate(Subscriber)
    )
    said = last.with_only_columns(cast(ConsentEvent.decision, String)).scalar_subquery()
    said_at = last.with_only_columns(ConsentEvent.at).scalar_subquery()
    withdrew = and_(said == Decision.WITHDRAWN.value, said_at < before)
    return select(Subscriber.id).where(
        Subscriber.erased_at.is_(None), or_(Subscriber.departed_at < before, withdrew)
    )


def count(session: Session, query: Select[*tuple[Any, ...]]) -> int:
    """How many rows a query finds."""
    return session.scalars(select(func.count()).select_from(query.subquery())).one()


def some(
    session: Session, query: Select[*tuple[Any, ...]], limit: int, *, after: object = None
) -> list[Any]:
    """The next keys of a query behind `after`: single ids bare, of several columns as tuples.

    Whoever asks again from the start goes through all that is done already, again and again.
    """
    key = query.selected_columns
    query = query.order_by(*key).limit(limit)
    if after is not None:
        behind = key[0] > after if len(key) == 1 else tuple_(*key) > after
        query = query.where(behind)
    rows = session.execute(query).all()
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


def _change(
    session: Session,
    kind: type[Base],
    where: ColumnElement[bool],
    **values: Any,  # noqa: ANN401 - of its columns
) -> None:
    session.execute(
        update(kind).where(where).values(**values).execution_options(synchronize_session=False)
    )
