"""A reader's new address: it is his once somebody has clicked in the letter that went there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, audit
from distribution.audience import AddressHasher, AlreadySubscribed, ContactChanges
from distribution.delivery.asking_to_move import VALID
from distribution.delivery.confirming import Standing
from distribution.delivery.stationery import Stationery
from distribution.delivery.store import letters, moves
from distribution.delivery.telling import Told, tell
from distribution.errors import NotFound
from distribution.models import Letter, Subscriber
from distribution.words import Cause, LetterPurpose

_A_MONTH = timedelta(days=30)
_READER = "reader"


@dataclass(frozen=True, slots=True)
class Moving:
    """A letter to a new address, whose reader it is, and where that stands."""

    letter: Letter
    subscriber: Subscriber
    standing: Standing
    left: bool = False
    """He has left: his address may change, and nothing is sent to it."""


def move_asked(session: Session, letter_id: int, hasher: AddressHasher, *, at: datetime) -> Moving:
    """What a link leads to; raises NotFound where it is no letter to a new address."""
    letter = letters.find_letter(session, letter_id)
    if letter.purpose is not LetterPurpose.MOVING or letter.subscriber_id is None:
        raise NotFound("更换邮箱的信", str(letter_id), "这封信不是为更换邮箱写的")
    row = session.get_one(Subscriber, letter.subscriber_id, populate_existing=True)
    left = any(fact.cause is Cause.LEFT for fact in audience.facts(session, row, at=at))
    return Moving(letter, row, _standing(session, letter, row, hasher, at), left)


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
        told = _moved(session, stationery, left=found.left)
        tell(session, stationery, row, told, at=at, recipient=old)
    return move_asked(session, letter_id, hasher, at=at), True


def _moved(session: Session, stationery: Stationery, *, left: bool) -> Told:
    """To the old address: the new one is nobody's business there."""
    name = stationery.masthead(session).publication
    here = f"《{name}》的摘要邮件今后寄到您确认过的新邮箱，不再寄到这里。"
    if left:
        here = f"您在《{name}》登记的邮箱已换成您确认过的那一个；此前已经退订，摘要邮件不会再寄。"
    paragraphs = (
        f"您好：{here}",
        "如果不是您本人改的，请尽快联系编辑部，我们帮您改回来。",
    )
    return Told("moved", "您的邮箱已更换", paragraphs)
