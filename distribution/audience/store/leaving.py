"""SQL of why readers leave, in their own words where they give any."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from distribution.audience.wording import tidy
from distribution.db import upsert
from distribution.models import ConsentEvent, Leaving
from distribution.words import LeavingReason

LONGEST = 500
"""Of a reader's own words, in characters."""


def note_leaving(
    session: Session, event_id: int, reason: LeavingReason | None, words: str, *, at: datetime
) -> bool:
    """Keep why a reader left, with what he said then; False where he has told before."""
    words = " ".join(words.split())
    row = upsert(session, Leaving).values(
        consent_event_id=event_id,
        reason=reason,
        words=tidy("说明", words, longest=LONGEST) if words else "",
        at=at,
    )
    added = row.on_conflict_do_nothing().returning(Leaving.consent_event_id)
    return session.scalar(added) is not None


def leavings(session: Session, subscriber_id: int) -> Sequence[Leaving]:
    """What a reader told, the oldest first."""
    query = select(Leaving).join(ConsentEvent, ConsentEvent.id == Leaving.consent_event_id)
    his = query.where(ConsentEvent.subscriber_id == subscriber_id)
    return session.scalars(his.order_by(Leaving.consent_event_id)).all()


def forget_words(session: Session, subscriber_id: int) -> int:
    """Drop a reader's own words; the reason he ticked stays, it names nobody."""
    his = select(ConsentEvent.id).where(ConsentEvent.subscriber_id == subscriber_id)
    dropped = (
        update(Leaving)
        .where(Leaving.consent_event_id.in_(his), Leaving.words != "")
        .values(words="")
        .returning(Leaving.consent_event_id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(dropped).all())
