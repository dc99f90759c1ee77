"""Who asked on the web becomes a contact by the yes of his mailbox, and until then he is none."""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, audit
from distribution.audience import (
    AddressHasher,
    AlreadySubscribed,
    EmailAddress,
    NewSubscriber,
)
from distribution.delivery.store import requests
from distribution.delivery.store.letters import SentLetter
from distribution.errors import NotFound
from distribution.models import Letter, SignUp, Subscriber
from distribution.words import Decision, Purpose

MOST_EVER = 3
"""Letters to one address: who does not answer is not asked again and again."""
CHANNEL = "web"
_READER = "reader"


def keys_of(address_hash: str) -> list[str]:
    """Of all letters one address may ever get: it is the mailbox that must not be flooded."""
    return [f"confirm:{address_hash}:{number}" for number in range(1, MOST_EVER + 1)]


def address_hash_of(letter: Letter | SentLetter) -> str:
    """The hash of the address a letter was written to, whatever is left of the address."""
    return letter.key.split(":")[1]


def typed_for(session: Session, letter: Letter, *, lock: bool = False) -> SignUp | None:
    """What was typed on the web for the address of a letter, while it waits for a yes."""
    return audience.find_sign_up(session, address_hash_of(letter), lock=lock)


def hold(session: Session, letter: Letter) -> None:
    """Keep what was typed for the address of a letter, and whose it is, until the transaction ends.

    The contact first, as everywhere (see `audience.lock_subscriber`); of one who is added in this
    very moment nobody else knows yet.
    """
    audience.join_audience(session)
    waits = typed_for(session, letter)
    row = known(session, audience.read_address(waits.email)) if waits else None
    if row is not None:
        audience.lock_subscriber(session, row.id)
        session.refresh(row)
    typed_for(session, letter, lock=True)
    session.refresh(letter)  # another click may have made him a contact


def enlist(
    session: Session, letter: Letter, typed: SignUp, hasher: AddressHasher, *, at: datetime
) -> Subscriber:
    """The contact of the address, added where it is nobody's; what the office knows of him stays.

    His consent is not among it yet, only that he was asked for it, when and with which words.
    """
    new = audience.wanted(session, typed)
    row = known(session, new.address) or _add(session, new, hasher, at)
    words = audience.text_of(Purpose.DIGEST, Decision.GRANTED).words
    asked = audience.Statement(Decision.REQUESTED, words, channel=CHANNEL)
    audience.record_consent(session, row.id, asked, by=_READER, at=typed.asked_at)
    requests.give_letters(session, keys_of(typed.address_hash), row.id)
    session.refresh(letter)
    return row


def _add(session: Session, new: NewSubscriber, hasher: AddressHasher, at: datetime) -> Subscriber:
    try:
        row = audience.add_subscriber(session, new, hasher, by=_READER, at=at)
    except AlreadySubscribed:  # an admin has added him in this moment
        return audience.find_subscriber(session, new.address.key)
    unchecked = audience.claim_membership(session, row, at=at)
    audit.record(session, "reader.sign_up", str(row.id), by=_READER, at=at, unchecked=unchecked)
    return row


def known(session: Session, address: EmailAddress) -> Subscriber | None:
    """The contact who has the address already."""
    try:
        return audience.find_subscriber(session, address.key)
    except NotFound:
        return None


def disown(session: Session, letter: Letter) -> bool:
    """It was not he who asked: all that was typed for the address goes, and the address with it."""
    if letter.subscriber_id is not None or typed_for(session, letter, lock=True) is None:
        return False
    address_hash = address_hash_of(letter)
    audience.forget_sign_ups(session, [address_hash])
    requests.withdraw_letters(session, keys_of(address_hash))
    return True
