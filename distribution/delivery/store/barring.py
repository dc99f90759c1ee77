"""SQL of the last look at a letter: whether it may still go, asked with the intent."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audience
from distribution.models import Letter, Subscriber
from distribution.words import Cause, LetterPurpose

AGREED = "已经同意，不必再确认"
MOVED = "邮箱已改"
_TO_STAFF = (
    LetterPurpose.MEMBERSHIP_ENDING, LetterPurpose.PROOF, LetterPurpose.ALERT,
    LetterPurpose.REMINDER, LetterPurpose.REPORT, LetterPurpose.FORWARDED,
)  # fmt: skip
_OF_HIS_DEEDS = (
    LetterPurpose.MOVING, LetterPurpose.CHANGED, LetterPurpose.COPY, LetterPurpose.ALREADY,
)  # fmt: skip


def letter_barred(session: Session, letter_id: int, hasher: Callable[[str], str]) -> str:
    """Why a letter must not go now, in words; empty: it may.

    None goes to an address out of use, be it nobody's yet; what staff get and the last letter to
    one who is erased do. A request to confirm goes to who has not said a word yet only.
    """
    query = (
        select(
            Letter.purpose,
            Letter.recipient,
            Letter.subscriber_id,
            audience.barrier(),
            Subscriber.email_key != Letter.recipient,
        )
        .outerjoin(Subscriber, Subscriber.id == Letter.subscriber_id)
        .where(Letter.id == letter_id)
    )
    purpose, recipient, whose, why, moved = session.execute(query).one()
    if purpose in (*_TO_STAFF, LetterPurpose.ERASED):
        return ""
    if audience.is_suppressed(session, recipient, hasher(recipient)):
        return Cause.SUPPRESSED.label
    return "" if whose is None else _reader_barred(purpose, why, moved=moved)


def _reader_barred(purpose: LetterPurpose, why: str | None, *, moved: bool) -> str:
    """The same for what is known of the subscriber it is about."""
    if purpose in _OF_HIS_DEEDS:
        return _deed_barred(purpose, why, moved=moved)
    if purpose is LetterPurpose.CONFIRMATION:
        if why is None:
            return AGREED
        why = None if why == Cause.PENDING.value else why
    if why is not None:
        return Cause(why).label
    return MOVED if moved else ""


def _deed_barred(purpose: LetterPurpose, why: str | None, *, moved: bool) -> str:
    """The same for what a reader is told of his own deeds, left and paused as he may be by now."""
    if why == Cause.ERASED.value:
        return Cause.ERASED.label
    return MOVED if moved and purpose is LetterPurpose.COPY else ""
