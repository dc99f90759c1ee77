"""SQL of letters: written once per key, handed over with an intent, settled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.delivery.store.attachments import attach
from distribution.delivery.store.installation import given_id, trusted
from distribution.delivery.store.times import moment
from distribution.digests import Attachment
from distribution.errors import NotFound
from distribution.models import LETTER_HANDED, LETTER_WAITING, Letter
from distribution.words import LetterPurpose, LetterState

UNWRITTEN = (Letter.purpose == LetterPurpose.MOVING) & (Letter.text == "")
"""Begun by a reader on the web; a worker decides whether it is written, see `store.moves`."""
_OPEN = (LetterState.WAITING, LetterState.HANDED)
_BLANK = ("", "", "")
ASKING = (LetterPurpose.CONFIRMATION, LetterPurpose.ALREADY, LetterPurpose.MOVING)
"""Letters that are counted by address: `what:hash:number` is their key."""


def add_letter(
    session: Session,
    key: str,
    purpose: LetterPurpose,
    recipient: str,
    content: tuple[str, str, str],
    *,
    at: datetime,
    attached: Sequence[Attachment] = (),
) -> bool:
    """Write a letter (subject, text, HTML) and what goes with it.

    False where one of this key was written before.
    """
    letter_id = _insert(session, key, purpose, (recipient, None), content, at)
    if letter_id is not None:
        attach(session, letter_id, attached)
    return letter_id is not None


def pass_on(
    session: Session,
    key: str,
    recipient: str,
    writer: tuple[int | None, str | None],
    content: tuple[str, str],
    *,
    at: datetime,
) -> bool:
    """Pass on what a reader (id, address to answer to) wrote; False where it was done before.

    It is about him, not to him: whether he may be mailed does not matter.
    """
    subscriber_id, reply_to = writer
    to = (recipient, subscriber_id)
    letter_id = _insert(session, key, LetterPurpose.FORWARDED, to, (*content, ""), at)
    if letter_id is None:
        return False
    session.execute(update(Letter).where(Letter.id == letter_id).values(reply_to=reply_to))
    return True


def passed_on(session: Session, subscriber_id: int, since: datetime) -> int:
    """How many letters were made of what a reader wrote since then."""
    query = select(func.count()).where(
        Letter.subscriber_id == subscriber_id,
        Letter.purpose == LetterPurpose.FORWARDED,
        Letter.created_at > since,
    )
    return session.scalars(query).one()


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A single mail as those see it who meet it again."""

    letter_id: int
    subscriber_id: int | None
    """To whom it went; None where it went to staff, whoever it is about."""
    recipient: str
    purpose: LetterPurpose
    key: str


def find_letters(session: Session, letter_ids: Collection[int]) -> dict[int, SentLetter]:
    """Letters by their ids; those that do not exist are left out."""
    to_him = case((Letter.purpose != LetterPurpose.FORWARDED, Letter.subscriber_id))
    query = select(Letter.id, to_him, Letter.recipient, Letter.purpose, Letter.key)
    rows = session.execute(query.where(Letter.id.in_(letter_ids)))
    return {row[0]: SentLetter(*row) for row in rows}


def mark_returned(session: Session, letter_id: int, words: str) -> None:
    """It did not arrive after all."""
    went = (LetterState.SENT, LetterState.HANDED, LetterState.IN_DOUBT)
    session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state.in_(went))
        .values(state=LetterState.FAILED, reply=words[:500], settled_at=database_time())
    )
    _blank_last(session, letter_id)


def begin_letter(
    session: Session, key: str, purpose: LetterPurpose, to: tuple[str, int | None], *, at: datetime
) -> int | None:
    """A letter to an address of a subscriber, empty until `finish_letter`: its links name it.

    None where one of this key was written before.
    """
    return _insert(session, key, purpose, to, _BLANK, at)


def finish_letter(session: Session, letter_id: int, content: tuple[str, str, str]) -> None:
    """What stands in it: subject, text, HTML."""
    subject, text, html = content
    session.execute(
        update(Letter)
        .where(Letter.id == letter_id)
        .values(subject=subject[:300], text=text, html=html)
        .execution_options(synchronize_session=False)
    )


def _insert(
    session: Session,
    key: str,
    purpose: LetterPurpose,
    to: tuple[str, int | None],
    content: tuple[str, str, str],
    at: datetime,
) -> int | None:
    (recipient, subscriber_id), (subject, text, html) = to, content
    number = given_id(session, Letter)
    insert = upsert(session, Letter).values(
        **({} if number is None else {"id": number}),
        key=key,
        purpose=purpose,
        subscriber_id=subscriber_id,
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
    return session.scalar(insert.on_conflict_do_nothing().returning(Letter.id))


def written(session: Session, keys: Collection[str]) -> dict[str, datetime]:
    """Those of the keys that a letter bears, and when it was written."""
    query = select(Letter.key, Letter.created_at).where(Letter.key.in_(keys))
    return {row[0]: row[1] for row in session.execute(query)}


def written_since(
    session: Session, subscriber_id: int, purpose: LetterPurpose, since: datetime
) -> Sequence[int]:
    """The letters of this purpose a subscriber was written since then, the newest first."""
    query = select(Letter.id).where(
        Letter.subscriber_id == subscriber_id,
        Letter.purpose == purpose,
        Letter.created_at > since,
    )
    return session.scalars(query.order_by(Letter.id.desc())).all()


def find_letter(session: Session, letter_id: int) -> Letter:
    """A letter by its number; raises NotFound."""
    row = session.get(Letter, letter_id)
    if row is None:
        raise NotFound("单独的信", str(letter_id), "distribution letter list 列出全部")
    return row


def list_letters(
    session: Session,
    *,
    state: LetterState | None = None,
    purpose: LetterPurpose | None = None,
    limit: int = 100,
) -> Sequence[Letter]:
    """Letters, the newest first."""
    query = select(Letter).order_by(Letter.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Letter.state == state)
    if purpose is not None:
        query = query.where(Letter.purpose == purpose)
    return session.scalars(query).all()


def letters_due(session: Session, patience: timedelta) -> bool:
    """Whether a letter's time has come, or one was lost between intent and result.

    Not while the ledger is not trusted, see `recognising`.
    """
    due = exists(Letter.id).where(LETTER_WAITING, Letter.next_attempt_at <= moment(), ~UNWRITTEN)
    lost = exists(Letter.id).where(LETTER_HANDED, Letter.handed_at < moment(-patience))
    return bool(session.scalar(select(and_(trusted(), or_(due, lost)))))


def due_letters(session: Session, limit: int) -> Sequence[Letter]:
    """Letters whose time has come, the oldest first."""
    query = (
        select(Letter)
        .where(LETTER_WAITING, Letter.next_attempt_at <= moment(), ~UNWRITTEN)
        .order_by(Letter.next_attempt_at, Letter.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def mark_letter_handed(session: Session, letter_id: int) -> bool:
    """The intent; False where somebody else has it."""
    mine = (
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == LetterState.WAITING, trusted())
        .values(state=LetterState.HANDED, handed_at=database_time(), attempts=Letter.attempts + 1)
    )
    return session.scalar(mine.returning(Letter.id)) is not None


def cancel_letter(session: Session, letter_id: int, reason: str) -> None:
    """Take an intent back for good: nothing was handed over."""
    session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == LetterState.HANDED)
        .values(
            state=LetterState.CANCELLED,
            reply=reason,
            attempts=Letter.attempts - 1,
            handed_at=None,
            settled_at=database_time(),
        )
    )


def settle_letter(
    session: Session,
    letter_id: int,
    state: LetterState,
    reply: str,
    *,
    wait: timedelta,
    attempts: int | None = None,
    counts: bool = False,
) -> None:
    """What became of it; a letter that goes on waiting is tried again after `wait`.

    `attempts` is for who has no intent of his own: the letter must not have had another since.
    His try `counts` as an attempt, or was one that somebody else has made.
    """
    of_this = () if attempts is None else (Letter.attempts == attempts,)
    session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state.in_(_OPEN), *of_this)
        .values(
            state=state,
            reply=reply[:500],
            attempts=Letter.attempts + int(counts),
            next_attempt_at=database_time(wait),
            settled_at=None if state is LetterState.WAITING else database_time(),
        )
    )
    if state is not LetterState.WAITING:
        _blank_last(session, letter_id)


def _blank_last(session: Session, letter_id: int) -> None:
    """The letter that says that everything is erased was the last that named its reader."""
    last = (Letter.id == letter_id) & (Letter.purpose == LetterPurpose.ERASED)
    last &= Letter.state.not_in(_OPEN)
    blank = dict.fromkeys(("recipient", "subject", "text", "html", "reply"), "")
    session.execute(update(Letter).where(last).values(**blank))


def resolve_letter(session: Session, letter_id: int, state: LetterState, reply: str) -> bool:
    """A doubt is decided by an admin; False where there is none."""
    decided = (
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == LetterState.IN_DOUBT)
        .values(
            state=state,
            reply=reply[:500],
            attempts=0,
            next_attempt_at=database_time(),
            settled_at=None if state is LetterState.WAITING else database_time(),
        )
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(decided) is not None


def lost_letters(session: Session, patience: timedelta) -> Sequence[Letter]:
    """Letters whose process died between intent and result."""
    query = select(Letter).where(LETTER_HANDED, Letter.handed_at < moment(-patience))
    return session.scalars(query.order_by(Letter.handed_at, Letter.id)).all()
