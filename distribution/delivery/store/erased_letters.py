"""SQL that takes somebody out of the letters to him; that they were written stays."""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from distribution.audience import Traces
from distribution.db import database_time
from distribution.delivery.store.attachments import detach
from distribution.models import Letter
from distribution.words import Cause, LetterPurpose, LetterState


def hold_letters(session: Session, subscriber_id: int, traces: Traces) -> Sequence[Letter]:
    """Lock the letters to him, and those that only ask one of his addresses.

    Whoever is just handing one over is waited for.
    """
    query = _to_him(subscriber_id, traces).order_by(Letter.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def blank_letters(
    session: Session, letters: Sequence[Letter], traces: Traces, pseudonym: str
) -> int:
    """Nothing of what they say is left, and who waited for one waits no more; how many changed."""
    changed = 0
    for letter in letters:
        changed += letter.recipient != pseudonym
        letter.recipient, letter.reply = pseudonym, traces.scrub(letter.reply)
        letter.subject = letter.text = letter.html = ""
        letter.reply_to = None
        if letter.state is LetterState.WAITING:
            letter.state, letter.reply = LetterState.CANCELLED, Cause.ERASED.label
            letter.settled_at = database_time()
    detach(session, [letter.id for letter in letters])
    session.flush()
    return changed


def _to_him(subscriber_id: int, traces: Traces) -> Select[Letter]:
    """Also where another reader has named one of his addresses as his own new one.

    SQLite's lower() knows ASCII only, as the addresses of nearly everybody do.
    """
    of_address = func.lower(Letter.recipient).in_([form.lower() for form in traces.addresses])
    return select(Letter).where(
        or_(
            Letter.subscriber_id == subscriber_id,
            of_address
            & (Letter.subscriber_id.is_(None) | (Letter.purpose == LetterPurpose.MOVING)),
        )
    )
