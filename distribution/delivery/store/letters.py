"""SQL of letters: written once per key, handed over with an intent, settled."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.delivery.store.times import moment
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState


def add_letter(
    session: Session,
    key: str,
    purpose: LetterPurpose,
    recipient: str,
    content: tuple[str, str, str],
    *,
    at: datetime,
) -> bool:
    """Write a letter (subject, text, HTML); False where one of this key was written before."""
    subject, text, html = content
    insert = upsert(session, Letter).values(
        key=key,
        purpose=purpose,
        recipient=recipient,
        subject=subject[:300],
        text=text,
        html=html,
        state=LetterState.WAITING,
        attempts=0,
        next_attempt_at=at,
        reply="",
        created_at=at,
    )
    return session.scalar(insert.on_conflict_do_nothing().returning(Letter.id)) is not None


def due_letters(session: Session, limit: int) -> Sequence[Letter]:
    """Letters whose time has come, the oldest first."""
    query = (
        select(Letter)
        .where(Letter.state == LetterState.WAITING, Letter.next_attempt_at <= moment())
        .order_by(Letter.next_attempt_at, Letter.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def mark_letter_handed(session: Session, letter_id: int) -> bool:
    """The intent; False where somebody else has it."""
    mine = (
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == LetterState.WAITING)
        .values(state=LetterState.HANDED, handed_at=database_time(), attempts=Letter.attempts + 1)
    )
    return session.scalar(mine.returning(Letter.id)) is not None


def settle_letter(
    session: Session, letter_id: int, state: LetterState, reply: str, *, wait: timedelta
) -> None:
    """What became of it; a letter that goes on waiting is tried again after `wait`."""
    session.execute(
        update(Letter)
        .where(
            Letter.id == letter_id,
            Letter.state.in_((LetterState.WAITING, LetterState.HANDED)),
        )
        .values(
            state=state,
            reply=reply[:500],
            next_attempt_at=database_time(wait),
            settled_at=None if state is LetterState.WAITING else database_time(),
        )
    )


def lost_letters(session: Session, patience: timedelta) -> Sequence[Letter]:
    """Letters whose process died between intent and result."""
    query = select(Letter).where(
        Letter.state == LetterState.HANDED, Letter.handed_at < moment(-patience)
    )
    return session.scalars(query.order_by(Letter.id)).all()
