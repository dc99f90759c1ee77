"""SQL of what comes back: the inbox, returned mails. Nothing here commits.

On PostgreSQL two judges never wait for each other's inbox rows: what one has locked, the other
passes over. What they must wait for they lock by ascending id, runs before deliveries before
subscribers.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from distribution.db import upsert
from distribution.events.requests import Request, from_json
from distribution.models import (
    UNJUDGED,
    Article,
    Delivery,
    Inbox,
    ReturnedMail,
    Run,
)
from distribution.words import Consequence, Signal

REQUESTS = (Signal.OPEN, Signal.CLICK, Signal.ACT)
_MAILS = (Signal.MAIL, Signal.NOTICE)


# -- the inbox -----------------------------------------------------------------------------------


def add_mail(
    session: Session, fingerprint: str, raw: bytes, at: datetime, *, source: str = ""
) -> tuple[int, bool]:
    """The mail's id, and whether it is new here; `source` is of a provider's notice."""
    row = {
        "signal": Signal.NOTICE if source else Signal.MAIL,
        "at": at,
        "fingerprint": fingerprint,
        "content": {"source": source} if source else {},
        "raw": raw,
    }
    added = upsert(session, Inbox).values(row).on_conflict_do_nothing().returning(Inbox.id)
    inbox_id = session.scalar(added)
    if inbox_id is not None:
        return inbox_id, True
    known = select(Inbox.id).where(Inbox.fingerprint == fingerprint)
    return session.scalars(known).one(), False


def unjudged(
    session: Session, signals: Collection[Signal], before: datetime, limit: int
) -> list[int]:
    """Oldest first."""
    query = (
        select(Inbox.id)
        .where(UNJUDGED, Inbox.signal.in_(signals), Inbox.at < before)
        .order_by(Inbox.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def take_requests(session: Session, inbox_ids: Collection[int]) -> dict[int, Request]:
    """Lock those that nobody judges and nobody has judged."""
    query = (
        select(Inbox.id, Inbox.signal, Inbox.at, Inbox.content)
        .where(UNJUDGED, Inbox.id.in_(inbox_ids), Inbox.signal.in_(REQUESTS))
        .order_by(Inbox.id)
        .with_for_update(skip_locked=True)
    )
    return {row.id: from_json(row.signal, row.at, row.content) for row in session.execute(query)}


def remove(session: Session, inbox_ids: Collection[int]) -> None:
    """Judged requests leave."""
    session.execute(
        delete(Inbox).where(Inbox.id.in_(inbox_ids)).execution_options(synchronize_session=False)
    )


def take_mails(session: Session, inbox_ids: Collection[int]) -> dict[int, tuple[datetime, str]]:
    """Lock those that nobody judges and nobody has judged; gives when they came.

    And the source of a provider's notice; empty for a mail.
    """
    query = (
        select(Inbox.id, Inbox.at, Inbox.content)
        .where(UNJUDGED, Inbox.id.in_(inbox_ids), Inbox.signal.in_(_MAILS))
        .order_by(Inbox.id)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(query)
    return {row.id: (row.at, str(row.content.get("source", ""))) for row in rows}


def raw_mail(session: Session, inbox_id: int) -> bytes:
    """One mail, read one at a time: some carry back all that was attached."""
    return session.scalar(select(Inbox.raw).where(Inbox.id == inbox_id)) or b""


def mark_judged(session: Session, inbox_ids: Collection[int], at: datetime) -> None:
    """Mails stay where they are, as evidence."""
    session.execute(
        update(Inbox)
        .where(Inbox.id.in_(inbox_ids))
        .values(judged_at=at)
        .execution_options(synchronize_session=False)
    )


# -- what it speaks of ---------------------------------------------------------------------------


def issues_of(session: Session, run_ids: Collection[int]) -> dict[int, int]:
    """The issue of each of these runs; those that do not exist are left out."""
    query = select(Run.id, Run.issue_id).where(Run.id.in_(run_ids))
    return {row.id: row.issue_id for row in session.execute(query)}


def articles_of(session: Session, issue_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """The ids of these issues' articles, by issue and position."""
    query = select(Article.issue_id, Article.position, Article.id)
    rows = session.execute(query.where(Article.issue_id.in_(issue_ids)))
    return {(row.issue_id, row.position): row.id for row in rows}


def lock_ledger(
    session: Session, run_ids: Collection[int], delivery_ids: Collection[int]
) -> dict[int, datetime | None]:
    """Take beforehand, in order, what references and doubts settled later would lock out of it.

    The runs only so far as nobody may delete or steer them meanwhile. Gives when each of the
    deliveries was handed to the relay.
    """
    runs = select(Run.id).where(Run.id.in_(run_ids)).order_by(Run.id)
    session.execute(runs.with_for_update(read=True, key_share=True)).all()
    mails = select(Delivery.id, Delivery.handed_at).where(Delivery.id.in_(delivery_ids))
    rows = session.execute(mails.order_by(Delivery.id).with_for_update(key_share=True))
    return {row.id: row.handed_at for row in rows}


# -- what is written down ------------------------------------------------------------------------


def add_returned(session: Session, **facts: Any) -> None:  # noqa: ANN401 - models.ReturnedMail's
    """Append one understood mail."""
    session.execute(insert(ReturnedMail).values(**facts))


def mark_consequence(session: Session, inbox_id: int, consequence: Consequence) -> None:
    """What a returned mail led to, in the transaction that writes it down."""
    session.execute(
        update(ReturnedMail)
        .where(ReturnedMail.inbox_id == inbox_id)
        .values(consequence=consequence)
        .execution_options(synchronize_session=False)
    )


def understood(session: Session, inbox_id: int) -> bool | None:
    """Whether a mail names a mail of ours, or is known to mean nothing; None while unjudged."""
    query = (
        select(Inbox.judged_at, ReturnedMail.kind, ReturnedMail.delivery_id, ReturnedMail.letter_id)
        .join(ReturnedMail, ReturnedMail.inbox_id == Inbox.id, isouter=True)
        .where(Inbox.id == inbox_id)
    )
    row = session.execute(query).one_or_none()
    if row is None or row.judged_at is None:
        return None
    ours = row.delivery_id is not None or row.letter_id is not None
    return ours or (row.kind is not None and row.kind.harmless)
