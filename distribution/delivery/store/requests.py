"""SQL of letters that ask an address which is nobody's yet: given to its owner, or forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from distribution.db import database_time
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState

NOBODY = "forgotten@erased.invalid"
"""What stands for an address that never said yes; nothing can be sent to it (RFC 2606)."""
_WITHDRAWN = "登记已撤回"


def give_letters(session: Session, keys: Collection[str], subscriber_id: int) -> None:
    """They were written to somebody who is a subscriber now."""
    for letter in _of_nobody_yet(session, keys):
        letter.subscriber_id = subscriber_id
    session.flush()


def withdraw_letters(session: Session, keys: Collection[str]) -> None:
    """Those that wait are never sent, and none of them says to whom it was written."""
    _blank(session, _of_nobody_yet(session, keys))


def old_requests(before: datetime) -> Select[int]:
    """Letters that nobody has said yes to, and that are through."""
    return select(Letter.id).where(
        Letter.purpose == LetterPurpose.CONFIRMATION,
        Letter.subscriber_id.is_(None),
        Letter.recipient != NOBODY,
        Letter.state.not_in((LetterState.WAITING, LetterState.HANDED)),
        Letter.created_at < before,
    )


def forget_requests(session: Session, ids: Collection[int]) -> None:
    """That they were written, and when, stays under the hash of the address: it counts."""
    _blank(session, session.scalars(select(Letter).where(Letter.id.in_(ids))).all())


def _of_nobody_yet(session: Session, keys: Collection[str]) -> Sequence[Letter]:
    query = select(Letter).where(Letter.key.in_(keys), Letter.subscriber_id.is_(None))
    held = query.order_by(Letter.id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).all()


def _blank(session: Session, letters: Sequence[Letter]) -> None:
    for letter in letters:
        letter.recipient, letter.subject, letter.text, letter.html = NOBODY, "", "", ""
        letter.reply = ""
        if letter.state is LetterState.WAITING:
            letter.state, letter.reply = LetterState.CANCELLED, _WITHDRAWN
            letter.settled_at = database_time()
    session.flush()
