"""Single mails: written with what they are about, posted one by one, never twice.

The same two steps as a run's mails: what is lost between intent and result is in doubt, and sent
again only where the transport can prove that it did not arrive.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import digests
from distribution.clock import SHANGHAI
from distribution.db import Transaction
from distribution.delivery.backoff import next_wait
from distribution.delivery.press import UNMAKEABLE
from distribution.delivery.store import letters
from distribution.delivery.transport import (
    Envelope,
    Evidence,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    Reply,
    Transport,
)
from distribution.links import Addresses
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState

MOST_ATTEMPTS = 8
_PERMANENT = 500
_AT_ONCE = 50
_EVIDENCE = {Evidence.ACCEPTED: LetterState.SENT, Evidence.ABSENT: LetterState.WAITING}


@dataclass(frozen=True, slots=True)
class Office:
    """Who posts: the name and address letters come from, and how they are known again."""

    sender: tuple[str, str]
    addresses: Addresses
    patience: timedelta
    """After an intent of this age, whoever had it is dead."""


async def post_due(
    transaction: Transaction,
    open_transport: Callable[[], Transport],
    office: Office,
    *,
    at: datetime,
) -> dict[LetterState, int]:
    """Post what is due; returns so many letters by what became of them.

    RelayUnavailable ends it: nothing is lost, the letters wait.
    """
    transport = open_transport()
    done: dict[LetterState, int] = {}
    try:
        await _recover(transaction, transport, office)
        with transaction() as session:
            due = list(letters.due_letters(session, _AT_ONCE))
            session.expunge_all()
        for letter in due:
            state = await _post(transaction, transport, office, letter, at)
            if state is not None:
                done[state] = done.get(state, 0) + 1
    finally:
        await transport.close()
    return done


async def _post(
    transaction: Transaction, transport: Transport, office: Office, letter: Letter, at: datetime
) -> LetterState | None:
    """Hand one letter over; None where another process has it."""
    envelope = _envelope(office, letter)
    try:
        body = message_of(letter, office, at=at)
    except UNMAKEABLE as error:  # it must not keep the others waiting
        return _settle(transaction, letter, Reply(550, f"5.6.0 {error}"))
    try:
        handover = await transport.begin(envelope)
    except RefusedByRelay as refused:
        return _settle(transaction, letter, refused.reply)
    except NonAsciiAddressUnsupported:
        return _settle(transaction, letter, Reply(550, "5.6.7 no SMTPUTF8"))
    with transaction() as session:
        state = _intend(session, letter.id)
    if state is not LetterState.HANDED:
        await handover.abandon()
        return state
    try:
        reply = await handover.finish(body)
    except OutcomeUnknown as lost:
        with transaction() as session:
            letters.settle_letter(
                session, letter.id, LetterState.IN_DOUBT, str(lost), wait=timedelta(0)
            )
        return LetterState.IN_DOUBT
    return _settle(transaction, letter, reply)


def _intend(session: Session, letter_id: int) -> LetterState | None:
    """The intent, unless its reader must not be written to any more; None: others have it."""
    if not letters.mark_letter_handed(session, letter_id):
        return None
    reason = letters.letter_barred(session, letter_id)
    if not reason:
        return LetterState.HANDED
    letters.cancel_letter(session, letter_id, reason)
    return LetterState.CANCELLED


def message_of(letter: Letter, office: Office, *, at: datetime) -> bytes:
    """A letter as it goes out; `at` is its date."""
    return digests.build_letter(
        digests.RenderedLetter(letter.subject, letter.text, letter.html),
        sender=office.sender,
        recipient=letter.recipient,
        message_id=office.addresses.letter_id(letter.id),
        date=at.astimezone(SHANGHAI),
        extra=_extra(letter, office.addresses),
    )


def _extra(letter: Letter, addresses: Addresses) -> list[tuple[str, str]]:
    """One-click unsubscribing (RFC 8058) for whoever is subscribed."""
    if letter.purpose is not LetterPurpose.WELCOME:
        return []
    return [
        ("List-Unsubscribe", f"<{addresses.letter_unsubscribe(letter.id)}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _settle(transaction: Transaction, letter: Letter, reply: Reply) -> LetterState:
    tried = letter.attempts + 1
    if reply.positive:
        state = LetterState.SENT
    elif reply.code >= _PERMANENT or tried >= MOST_ATTEMPTS:
        state = LetterState.FAILED
    else:
        state = LetterState.WAITING
    wait = next_wait(tried, timedelta(0), 0.5)
    with transaction() as session:
        letters.settle_letter(session, letter.id, state, f"{reply.code} {reply.text}", wait=wait)
    return state


async def _recover(transaction: Transaction, transport: Transport, office: Office) -> None:
    """Settle letters whose process died; what nobody can know is in doubt."""
    with transaction() as session:
        lost = list(letters.lost_letters(session, office.patience))
        session.expunge_all()
    for letter in lost:
        found = await _evidence(transport, office.addresses.letter_ids(letter.id))
        state = _EVIDENCE.get(found, LetterState.IN_DOUBT)
        with transaction() as session:
            letters.settle_letter(session, letter.id, state, found.value, wait=timedelta(0))


async def _evidence(transport: Transport, message_ids: list[str]) -> Evidence:
    """What can be proven of a letter that went under one of these."""
    found = {await transport.evidence(one) for one in message_ids}
    if Evidence.ACCEPTED in found:
        return Evidence.ACCEPTED
    return Evidence.ABSENT if found == {Evidence.ABSENT} else Evidence.UNKNOWN


def _envelope(office: Office, letter: Letter) -> Envelope:
    return Envelope(
        sender=office.sender[1],
        recipient=letter.recipient,
        message_id=office.addresses.letter_id(letter.id),
    )
