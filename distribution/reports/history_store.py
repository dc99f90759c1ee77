"""SQL of one person's life with the magazine: each query gives one kind of rows, oldest first."""

from collections.abc import Sequence

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from distribution.models import (
    Article,
    Audit,
    ConsentEvent,
    Delivery,
    DeliveryEvent,
    Import,
    ImportRow,
    Inbox,
    Issue,
    Letter,
    PrivacyRequest,
    ReadingEvent,
    ReturnedMail,
    Run,
    Selection,
    Subscriber,
    SuppressedDomain,
    Suppression,
)
from distribution.reports.returned_store import about

_ABOUT_HIM = ("subscriber.", "reader.", "consent.", "privacy.", "request.")
"""Beginnings of the audit's actions whose subject is a subscriber's id."""
_SUPPRESSION = "suppression."
"""Of those whose subject is the keyed hash of an address."""


def consents_of(session: Session, subscriber_id: int) -> Sequence[ConsentEvent]:
    """What he said."""
    query = select(ConsentEvent).where(ConsentEvent.subscriber_id == subscriber_id)
    return session.scalars(query.order_by(ConsentEvent.id)).all()


def imports_of(session: Session, subscriber_id: int) -> Sequence[Row[ImportRow, Import]]:
    """Rows of files that were about him."""
    query = (
        select(ImportRow, Import)
        .join(Import, Import.id == ImportRow.import_id)
        .where(ImportRow.subscriber_id == subscriber_id)
        .order_by(Import.id, ImportRow.line)
    )
    return session.execute(query).all()


def deliveries_of(
    session: Session, subscriber_id: int
) -> Sequence[Row[Delivery, Run, Issue, Selection]]:
    """Every issue that was to be sent to him."""
    query = (
        select(Delivery, Run, Issue, Selection)
        .join(Run, Run.id == Delivery.run_id)
        .join(Issue, Issue.id == Run.issue_id)
        .join(Selection, Selection.id == Delivery.selection_id)
        .where(Delivery.subscriber_id == subscriber_id)
        .order_by(Delivery.id)
    )
    return session.execute(query).all()


def letters_of(session: Session, row: Subscriber) -> Sequence[Letter]:
    """Single mails to him, and those to his address that name no subscriber."""
    of_address = func.lower(Letter.recipient).in_({row.email.lower(), row.email_key})
    query = select(Letter).where(
        or_(Letter.subscriber_id == row.id, and_(Letter.subscriber_id.is_(None), of_address))
    )
    return session.scalars(query.order_by(Letter.id)).all()


def delivery_events_of(session: Session, subscriber_id: int) -> Sequence[DeliveryEvent]:
    """What happened to his deliveries."""
    query = (
        select(DeliveryEvent)
        .join(Delivery, Delivery.id == DeliveryEvent.delivery_id)
        .where(Delivery.subscriber_id == subscriber_id)
    )
    return session.scalars(query.order_by(DeliveryEvent.id)).all()


def articles_of(session: Session, issue_ids: Sequence[int]) -> dict[int, Article]:
    """The articles of these issues, by id."""
    rows = session.scalars(select(Article).where(Article.issue_id.in_(issue_ids)))
    return {row.id: row for row in rows}


def readings_of(session: Session, subscriber_id: int) -> Sequence[Row[ReadingEvent, str | None]]:
    """Opens and clicks that name a delivery of his, with the title of what was clicked."""
    query = (
        select(ReadingEvent, Article.title)
        .join(Delivery, Delivery.id == ReadingEvent.delivery_id)
        .outerjoin(Article, Article.id == ReadingEvent.article_id)
        .where(Delivery.subscriber_id == subscriber_id)
        .order_by(ReadingEvent.at, ReadingEvent.id)
    )
    return session.execute(query).all()


def returned_of(
    session: Session, subscriber_id: int
) -> Sequence[Row[ReturnedMail, Inbox, int | None]]:
    """Mails that came back and speak of a delivery or letter of his, with the delivery's run."""
    query = (
        select(ReturnedMail, Inbox, Delivery.run_id)
        .join(Inbox, Inbox.id == ReturnedMail.inbox_id)
        .outerjoin(Delivery, Delivery.id == ReturnedMail.delivery_id)
        .where(about(subscriber_id))
        .order_by(ReturnedMail.at, ReturnedMail.inbox_id)
    )
    return session.execute(query).all()


def deeds_about(session: Session, row: Subscriber) -> Sequence[Audit]:
    """What people did about him and his address, by command line or web."""
    actions = or_(*(Audit.action.startswith(start) for start in _ABOUT_HIM))
    about_him = and_(Audit.subject == str(row.id), actions)
    about_address = and_(Audit.subject == row.address_hash, Audit.action.startswith(_SUPPRESSION))
    query = select(Audit).where(or_(about_him, about_address))
    return session.scalars(query.order_by(Audit.id)).all()


def suppression_of(session: Session, row: Subscriber) -> Suppression | None:
    """Whether his address is out of use."""
    return session.get(Suppression, row.address_hash)


def suppressed_domain_of(session: Session, row: Subscriber) -> SuppressedDomain | None:
    """Whether all addresses of his domain are out of use."""
    return session.get(SuppressedDomain, row.domain)


def requests_of(session: Session, row: Subscriber) -> Sequence[PrivacyRequest]:
    """What he asked about his data."""
    his = or_(
        PrivacyRequest.subscriber_id == row.id, PrivacyRequest.address_hash == row.address_hash
    )
    return session.scalars(select(PrivacyRequest).where(his).order_by(PrivacyRequest.id)).all()
