"""SQL of readers who give themselves another address: what they ask for, and what they have done.

What is asked for is a letter that is begun and not written, whoever's the address is.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from distribution.delivery.store.letters import UNWRITTEN, begin_letter
from distribution.models import LETTER_WAITING, Audit, Letter, Subscriber
from distribution.words import LetterPurpose

MOVE = "reader.move"
"""The audit's word for: his own click has given him another address."""


def ask(session: Session, subscriber_id: int, address: str, *, at: datetime) -> None:
    """Begin a letter to the address (as it is compared) that a reader names as his new one."""
    key = f"moving:{subscriber_id}:{at.isoformat()}"
    begin_letter(session, key, LetterPurpose.MOVING, (address, subscriber_id), at=at)


def moves_due(session: Session) -> bool:
    """Whether anybody waits for what he asked to be answered."""
    return bool(session.scalar(select(exists(Letter.id).where(LETTER_WAITING, UNWRITTEN))))


def next_asked(session: Session) -> tuple[int, int] | None:
    """The oldest letter to be answered, and whose wish it is; nothing is locked by looking."""
    query = select(Letter.id, Subscriber.id).join(Subscriber, Subscriber.id == Letter.subscriber_id)
    asked = query.where(LETTER_WAITING, UNWRITTEN).order_by(Letter.id).limit(1)
    found = session.execute(asked).first()
    return None if found is None else (found[0], found[1])


def hold(session: Session, letter_id: int) -> Letter | None:
    """Lock a letter to be answered; None where it is answered, or its reader erased."""
    query = select(Letter).where(Letter.id == letter_id, LETTER_WAITING, UNWRITTEN)
    held = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(held)


def drop(session: Session, letter_id: int) -> None:
    """It is not to be written: of the address nothing is left."""
    session.execute(delete(Letter).where(Letter.id == letter_id))


def unanswered(before: datetime) -> Select[int]:
    """Wishes that no worker has answered for so long."""
    return select(Letter.id).where(LETTER_WAITING, UNWRITTEN, Letter.created_at < before)


def forget_unanswered(session: Session, ids: Collection[int]) -> None:
    """Nothing is left of the addresses; one that is being answered at this moment stays."""
    these = Letter.id.in_(ids) & LETTER_WAITING & UNWRITTEN
    session.execute(delete(Letter).where(these).execution_options(synchronize_session=False))


def moved_since(session: Session, subscriber_id: int, since: datetime) -> bool:
    """Whether a click in a letter has given him another address since then."""
    moves = exists().where(
        Audit.action == MOVE, Audit.subject == str(subscriber_id), Audit.at >= since
    )
    return bool(session.scalar(select(moves)))
