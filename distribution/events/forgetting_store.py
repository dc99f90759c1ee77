"""SQL that removes what came back about a reader, once it is judged; the judgements stay."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from distribution import audience
from distribution.audience import Traces
from distribution.models import Inbox, Letter, ReturnedMail
from distribution.words import Signal

_MAILS = (Signal.MAIL, Signal.NOTICE)
_PAGE = 20
"""Mails looked into at a time: some carry back all that was attached."""


def mails(session: Session) -> Iterator[tuple[int, bool, bytes]]:
    """Every mail whose text is kept: its id, whether it is judged, and the text."""
    last = 0
    while True:
        query = (
            select(Inbox.id, Inbox.judged_at, Inbox.raw)
            .where(
                Inbox.id > last,
                Inbox.signal.in_(_MAILS),
                Inbox.raw.is_not(None),
            )
            .order_by(Inbox.id)
            .limit(_PAGE)
        )
        rows = session.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield row.id, row.judged_at is not None, row.raw or b""
        last = rows[-1].id


def mails_of(session: Session, subscriber_id: int, delivery_ids: Collection[int]) -> set[int]:
    """Mails that speak of these deliveries, or of single mails to him."""
    letters = select(Letter.id).where(Letter.subscriber_id == subscriber_id)
    his = or_(ReturnedMail.delivery_id.in_(delivery_ids), ReturnedMail.letter_id.in_(letters))
    return set(session.scalars(select(ReturnedMail.inbox_id).where(his)))


def texts(session: Session, inbox_ids: Collection[int]) -> dict[int, tuple[datetime, bytes]]:
    """When these mails came and what was written; those whose text is gone are left out."""
    query = select(Inbox.id, Inbox.at, Inbox.raw).where(
        Inbox.id.in_(inbox_ids), Inbox.raw.is_not(None)
    )
    rows = session.execute(query.order_by(Inbox.id))
    return {row.id: (row.at, row.raw or b"") for row in rows}


def drop_texts(session: Session, inbox_ids: Collection[int]) -> int:
    """What was written; that something came, and what it was, stays."""
    dropped = (
        update(Inbox)
        .where(Inbox.id.in_(inbox_ids), Inbox.raw.is_not(None))
        .values(raw=None, content={})
        .returning(Inbox.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(dropped).all())


def scrub_diagnostics(session: Session, inbox_ids: Sequence[int], traces: Traces) -> int:
    """Leave him out of mail systems' words, in these mails by name too; the codes stay."""
    conditions = (
        (ReturnedMail.inbox_id.in_(inbox_ids), traces),
        (
            audience.shows(traces.without_names(), ReturnedMail.diagnostic),
            traces.without_names(),
        ),
    )
    changed = 0
    for condition, of in conditions:
        for row in session.scalars(select(ReturnedMail).where(condition)):
            scrubbed = of.scrub(row.diagnostic)
            if scrubbed != row.diagnostic:
                row.diagnostic = scrubbed
                changed += 1
        session.flush()
    return changed
