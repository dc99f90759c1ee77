"""A reader's new address: it is his once somebody has clicked in the letter that went there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, audit
from distribution.audience import AddressHasher, AlreadySubscribed, ContactChanges, EmailAddress
from distribution.delivery.confirming import Standing
from distribution.delivery.stationery import Stationery, write_to
from distribution.delivery.store import letters, moves
from distribution.delivery.telling import Told, tell
from distribution.errors import NotFound
from distribution.models import Letter, Subscriber
from distribution.words import Cause, LetterPurpose

VALID = timedelta(days=7)
"""How long after it was written a letter's link can be used."""
BETWEEN = timedelta(hours=24)
MOST_EVER = 3
"""Letters to one address, whoever asked for them: it may be a stranger's."""
MOST_OF_ONE = 5
"""Letters one reader may cause in a month, to whatever addresses."""
_A_MONTH = timedelta(days=30)
_READER = "reader"


@dataclass(frozen=True, slots=True)
class Moving:
    """A letter to a new address, whose reader it is, and where that stands."""

    letter: Letter
    subscriber: Subscriber
    standing: Standing


def ask_to_move(
    session: Session,
    stationery: Stationery,
    row: Subscriber,
    address: EmailAddress,
    hasher: AddressHasher,
    *,
    at: datetime,
) -> int | None:
    """Write to an address that a reader names as his new one; gives the letter's number.

    None where it is somebody's already, is out of use, or has got as many letters as are decent:
    who asked is told the same in all cases.
    """
    audience.lock_subscriber(session, row.id)
    session.refresh(row)
    if row.erased_at is not None or not audience.is_free(session, address, hasher):
        return None
    recent = letters.written_since(session, row.id, LetterPurpose.MOVING, at - _A_MONTH)
    key = _next_key(session, hasher(address.key), at)
    if key is None or len(recent) >= MOST_OF_ONE:
        return None
    letter_id = write_to(
        session,
        stationery,
        row,
        LetterPurpose.MOVING,
        key,
        _asks(stationery, session),
        at=at,
        recipient=address.key,
    )
    if letter_id is not None:
        audit.record(
            session, "reader.ask_to_move", str(row.id), by=_READER, at=at, letter=letter_id
        )
    return letter_id


def _asks(stationery: Stationery, session: Session) -> dict[str, object]:
    """Nothing in it was written by whoever asked: it might be a stranger."""
    name = stationery.masthead(session).publication
    paragraphs = (
        f"您好：《{name}》摘要邮件的一位读者请求，今后改寄到这个邮箱。是您的话，请您亲自确认。",
        f"链接有效期 {VALID.days} 天。如果这不是您的意思，不必理会这封信：您不确认，就不会改。",
    )
    return Told("move", "请确认新的邮箱", paragraphs, "move", "确认改用这个邮箱").values()


def _next_key(session: Session, address_hash: str, at: datetime) -> str | None:
    """Of the address, not of the person: it is the mailbox that must not be flooded."""
    keys = [f"move:{address_hash}:{number}" for number in range(1, MOST_EVER + 1)]
    written = letters.written(session, keys)
    if len(written) == MOST_EVER or (written and at - max(written.values()) < BETWEEN):
        return None
    return next(key for key in keys if key not in written)


def move_asked(session: Session, letter_id: int, hasher: AddressHasher, *, at: datetime) -> Moving:
    """What a link leads to; raises NotFound where it is no letter to a new address."""
    letter = letters.find_letter(session, letter_id)
    if letter.purpose is not LetterPurpose.MOVING or letter.subscriber_id is None:
        raise NotFound("更换邮箱的信", str(letter_id), "这封信不是为更换邮箱写的")
    row = session.get_one(Subscriber, letter.subscriber_id, populate_existing=True)
    return Moving(letter, row, _standing(session, letter, row, hasher, at))


def _standing(
    session: Session, letter: Letter, row: Subscriber, hasher: AddressHasher, at: datetime
) -> Standing:
    if row.erased_at is not None:
        return Standing.ERASED
    if row.email_key == letter.recipient:
        return Standing.DONE
    if at >= letter.created_at + VALID:
        return Standing.EXPIRED
    newest = letters.written_since(session, row.id, LetterPurpose.MOVING, at - _A_MONTH)[:1]
    if list(newest) != [letter.id]:  # he has thought of another one since
        return Standing.VOID
    if moves.moved_since(session, row.id, letter.created_at):  # used, and set right since
        return Standing.VOID
    free = audience.is_free(session, audience.read_address(letter.recipient), hasher)
    return Standing.OPEN if free else Standing.BARRED


def move(
    session: Session,
    stationery: Stationery,
    letter_id: int,
    hasher: AddressHasher,
    *,
    at: datetime,
) -> tuple[Moving, bool]:
    """Make the address of a letter its reader's; his old one is told of it.

    Gives where it stands now, and whether this click brought it there. What was known against the
    old address stays with that address.
    """
    letter = letters.find_letter(session, letter_id)
    if letter.subscriber_id is not None:
        audience.lock_subscriber(session, letter.subscriber_id)
    found = move_asked(session, letter_id, hasher, at=at)
    if found.standing is not Standing.OPEN:
        return found, False
    row, old = found.subscriber, found.subscriber.email_key
    causes = {fact.cause for fact in audience.facts(session, row, at=at)}
    changes = ContactChanges(address=audience.read_address(letter.recipient))
    try:
        with session.begin_nested():
            audience.change_contact(session, row, changes, hasher)
    except AlreadySubscribed:  # somebody has taken it in this moment
        return move_asked(session, letter_id, hasher, at=at), False
    audit.record(session, moves.MOVE, str(row.id), by=_READER, at=at, letter=letter_id)
    if Cause.SUPPRESSED not in causes:  # the old address is out of use
        tell(session, stationery, row, _moved(session, stationery), at=at, recipient=old)
    return move_asked(session, letter_id, hasher, at=at), True


def _moved(session: Session, stationery: Stationery) -> Told:
    """To the old address: the new one is nobody's business there."""
    name = stationery.masthead(session).publication
    paragraphs = (
        f"您好：《{name}》的摘要邮件今后寄到您确认过的新邮箱，不再寄到这里。",
        "如果不是您本人改的，请尽快联系编辑部，我们帮您改回来。",
    )
    return Told("moved", "您的邮箱已更换", paragraphs)
