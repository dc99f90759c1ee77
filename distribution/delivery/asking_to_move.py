"""A reader names a new address: it is kept for every address in the same way, and answered later.

So nobody who holds a link learns from the answer, or from its time, whose address is known here.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, audit, limits
from distribution.audience import EmailAddress
from distribution.db import Transaction
from distribution.delivery.stationery import Stationery, write_in
from distribution.delivery.store import letters, moves
from distribution.delivery.telling import Told
from distribution.limits import Limit
from distribution.models import Letter, Subscriber
from distribution.templates import BrokenTemplate
from distribution.words import LetterPurpose

log = logging.getLogger(__name__)

VALID = timedelta(days=7)
"""How long after it was written a letter's link can be used."""
BETWEEN = timedelta(hours=24)
MOST_EVER = 3
"""Letters to one address, whoever asked for them: it may be a stranger's."""
OF_ONE = Limit("move.reader", 5, timedelta(days=30))
"""How often one reader may ask, for whatever addresses."""
IN_ALL = Limit("move.all", 300, timedelta(hours=1))
_AT_ONCE = 50
_READER = "reader"


def ask_to_move(
    session: Session,
    stationery: Stationery,
    row: Subscriber,
    address: EmailAddress,
    *,
    at: datetime,
) -> None:
    """Keep what a reader names as his new address; asked more often than is decent, it is let go.

    Who asked is told the same in all cases.
    """
    audience.lock_subscriber(session, row.id)
    session.refresh(row)
    signer = stationery.addresses.keyring.attest
    decent = limits.within(session, OF_ONE, str(row.id), signer, at=at)
    if decent and limits.within(session, IN_ALL, "", signer, at=at) and row.erased_at is None:
        moves.ask(session, row.id, address.key, at=at)


def answer_moves(transaction: Transaction, stationery: Stationery, *, at: datetime) -> int:
    """Answer what waits, each in a transaction of its own; returns how many were looked at."""
    for done in range(_AT_ONCE):
        with transaction() as session:
            asked = moves.next_asked(session)
            if asked is None:
                return done
            letter_id, subscriber_id = asked
            audience.lock_subscriber(session, subscriber_id)
            letter = moves.hold(session, letter_id)
            if letter is not None and not _write(session, stationery, letter, at):
                moves.drop(session, letter_id)
    return _AT_ONCE


def _write(session: Session, stationery: Stationery, letter: Letter, at: datetime) -> bool:
    """Ask the address; False where it is somebody's, out of use, or has got enough of letters."""
    row = session.get_one(Subscriber, letter.subscriber_id, populate_existing=True)
    address = audience.read_address(letter.recipient)
    hasher = stationery.addresses.keyring.address_hash
    key = _next_key(session, hasher(address.key), at)
    if key is None or not audience.is_free(session, address, hasher):
        return False
    try:
        with session.begin_nested():
            letter.key, letter.created_at = key, at
            values = _asks(stationery, session)
            write_in(session, stationery, letter.id, row, LetterPurpose.MOVING, values)
    except BrokenTemplate:
        log.exception("no letter to the new address of subscriber %d", row.id)
        return False
    audit.record(session, "reader.ask_to_move", str(row.id), by=_READER, at=at, letter=letter.id)
    return True


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
