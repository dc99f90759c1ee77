"""Single mails: written with what they are about, posted one by one, never twice.

The same two steps as a run's mails: what is lost between intent and result is in doubt, and sent
again only where the transport can prove that it did not arrive.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import audience, digests, replies
from distribution.clock import SHANGHAI
from distribution.db import Transaction
from distribution.delivery import enlisting
from distribution.delivery.backoff import next_wait
from distribution.delivery.consequences import without_addresses
from distribution.delivery.halting import is_halted
from distribution.delivery.press import UNMAKEABLE
from distribution.delivery.recognising import recognise
from distribution.delivery.store import letters
from distribution.delivery.store.attachments import files_of
from distribution.delivery.store.barring import letter_barred
from distribution.delivery.store.times import present
from distribution.delivery.transport import (
    Envelope,
    Evidence,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
    Transport,
)
from distribution.links import Addresses
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState, SuppressionReason

MOST_ATTEMPTS = 8
_AT_ONCE = 50
_A_WHILE = timedelta(minutes=1)
_EVIDENCE = {Evidence.ACCEPTED: LetterState.SENT, Evidence.ABSENT: LetterState.WAITING}


@dataclass(frozen=True, slots=True)
class Office:
    """Who posts: the name and address letters come from, and how they are known again."""

    sender: tuple[str, str]
    addresses: Addresses
    patience: timedelta
    """After an intent of this age, whoever had it is dead."""
    rules: tuple[replies.Rule, ...] = ()
    """The admin's own, for what relays say."""
    switch: Path | None = None
    """The file that stops all sending while it is there."""
    mark: Path | None = None
    """The file by which this host recognises its ledger; None: it does not."""


async def post_due(
    transaction: Transaction,
    open_transport: Callable[[], Transport],
    office: Office,
    *,
    at: datetime,
) -> dict[LetterState, int]:
    """Post what is due; returns so many letters by what became of them.

    RelayUnavailable and the emergency switch end it: nothing is lost, the letters wait. Where other
    lanes go on, only those of this one do.
    SuspectLedger is raised before anything is done.
    """
    if office.mark is not None:
        recognise(transaction, office.mark)
    transport = open_transport()
    done: dict[LetterState, int] = {}
    try:
        await _recover(transaction, transport, office)
        with transaction() as session:
            due = list(letters.due_letters(session, _AT_ONCE))
            session.expunge_all()
        for letter in due:
            if office.switch is not None and is_halted(office.switch):
                break
            try:
                state = await _post(transaction, transport, office, letter, at)
            except RelayUnavailable as away:
                if not away.others_go_on:
                    raise
                state = _put_off(transaction, letter, away)
            if state is not None:
                done[state] = done.get(state, 0) + 1
    finally:
        await transport.close()
    if done and office.mark is not None:  # a copy made meanwhile is behind this step, too
        recognise(transaction, office.mark)
    return done


async def _post(
    transaction: Transaction, transport: Transport, office: Office, letter: Letter, at: datetime
) -> LetterState | None:
    """Hand one letter over; None where another process has it."""
    envelope = _envelope(office, letter)
    with transaction() as session:
        files = files_of(session, letter.id)
    try:
        body = message_of(letter, office, at=at, attached=files)
    except UNMAKEABLE as error:  # it must not keep the others waiting
        return _fail(transaction, letter, f"5.6.0 {error}")
    try:
        handover = await transport.begin(envelope)
    except RefusedByRelay as refused:
        return _settle_refused(transaction, office, letter, refused.reply)
    except NonAsciiAddressUnsupported:
        return _fail(transaction, letter, "5.6.7 no SMTPUTF8")
    with transaction() as session:
        state = _intend(session, letter.id, office)
    if state is not LetterState.HANDED:
        await handover.abandon()
        return state
    try:
        reply = await handover.finish(body)
    except OutcomeUnknown as lost:
        return _end(transaction, letter, LetterState.IN_DOUBT, str(lost))
    return _settle(transaction, office, letter, reply)


def _intend(session: Session, letter_id: int, office: Office) -> LetterState | None:
    """The intent, unless its reader must not be written to any more; None: others have it."""
    if not letters.mark_letter_handed(session, letter_id):
        return None
    hasher = office.addresses.keyring.address_hash
    reason = letter_barred(session, letter_id, hasher)
    if not reason:
        return LetterState.HANDED
    letters.cancel_letter(session, letter_id, reason)
    return LetterState.CANCELLED


def message_of(
    letter: Letter, office: Office, *, at: datetime, attached: Sequence[digests.Attachment] = ()
) -> bytes:
    """A letter as it goes out, with its files; `at` is its date."""
    return digests.build_letter(
        digests.RenderedLetter(letter.subject, letter.text, letter.html),
        sender=office.sender,
        recipient=letter.recipient,
        message_id=office.addresses.letter_id(letter.id),
        date=at.astimezone(SHANGHAI),
        extra=_extra(letter, office.addresses),
        attached=attached,
    )


def _extra(letter: Letter, addresses: Addresses) -> list[tuple[str, str]]:
    """One-click unsubscribing (RFC 8058) for whoever is subscribed; whom an answer is meant for."""
    if letter.reply_to:
        return [("Reply-To", f"<{letter.reply_to}>")]
    if letter.purpose is not LetterPurpose.WELCOME:
        return []
    return [
        ("List-Unsubscribe", f"<{addresses.letter_unsubscribe(letter.id)}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _fail(transaction: Transaction, letter: Letter, words: str) -> LetterState:
    """It can never go out."""
    return _end(transaction, letter, LetterState.FAILED, words, letter.attempts)


def _put_off(transaction: Transaction, letter: Letter, away: RelayUnavailable) -> LetterState:
    """Those behind it must not wait for the relays of its lane."""
    state, wait = LetterState.WAITING, max(away.wait, _A_WHILE)
    with transaction() as session:
        letters.settle_letter(
            session, letter.id, state, str(away), wait=wait, attempts=letter.attempts
        )
    return state


def _settle(transaction: Transaction, office: Office, letter: Letter, reply: Reply) -> LetterState:
    """The final reply, after the message had come."""
    if not reply.positive:
        return _settle_refused(transaction, office, letter, reply, body_came=True)
    return _end(transaction, letter, LetterState.SENT, f"{reply.code} {reply.text}")


def _end(
    transaction: Transaction,
    letter: Letter,
    state: LetterState,
    words: str,
    attempts: int | None = None,
) -> LetterState:
    at_once = timedelta(0)
    with transaction() as session:
        letters.settle_letter(session, letter.id, state, words, wait=at_once, attempts=attempts)
    return state


def _settle_refused(
    transaction: Transaction,
    office: Office,
    letter: Letter,
    reply: Reply,
    *,
    body_came: bool = False,
) -> LetterState:
    """Wait where trying again can help; a reader who is not there is written to no more."""
    provider = replies.provider_of(letter.recipient)
    judgement = replies.judge(reply.code, reply.text, provider, own=office.rules)
    tried, words = letter.attempts + 1, f"{reply.code} {reply.text}"
    waits = judgement.cause is None and tried < MOST_ATTEMPTS
    state = LetterState.WAITING if waits else LetterState.FAILED
    wait, early = next_wait(tried, judgement.wait, 0.5), not body_came
    seen = letter.attempts if early else None
    with transaction() as session:
        letters.settle_letter(
            session, letter.id, state, words, wait=wait, attempts=seen, counts=early
        )
        if judgement.dead and not body_came:
            bury(session, letter.id, words, source="寄信时的应答", at=present(session))
    return state


def bury(session: Session, letter_id: int, words: str, *, source: str, at: datetime) -> bool:
    """Suppress the address a letter went to, whoever's it is; whether that was new.

    Of its reader's own letters only while the address is his still.
    """
    found = letters.find_letters(session, [letter_id]).get(letter_id)
    address_hash = None if found is None else _address_hash_of(session, found)
    evidence = f"{without_addresses(words)}（{source}）"
    return address_hash is not None and audience.suppress(
        session, address_hash, SuppressionReason.HARD_BOUNCE, evidence=evidence, at=at
    )


def _address_hash_of(session: Session, letter: letters.SentLetter) -> str | None:
    if letter.purpose in letters.ASKING:  # its key bears it
        return enlisting.address_hash_of(letter)
    if letter.subscriber_id is None:
        return None
    return audience.address_hash_of(session, letter.subscriber_id, letter.recipient)


async def _recover(transaction: Transaction, transport: Transport, office: Office) -> None:
    """Settle letters whose process died; what nobody can know is in doubt."""
    with transaction() as session:
        lost = list(letters.lost_letters(session, office.patience))
        session.expunge_all()
    for letter in lost:
        found = await _evidence(transport, office.addresses.letter_ids(letter.id))
        state = _EVIDENCE.get(found, LetterState.IN_DOUBT)
        _end(transaction, letter, state, found.value, letter.attempts)


async def _evidence(transport: Transport, message_ids: list[str]) -> Evidence:
    """What can be proven of a letter that went under one of these."""
    found = {await transport.evidence(one) for one in message_ids}
    if Evidence.ACCEPTED in found:
        return Evidence.ACCEPTED
    return Evidence.ABSENT if found == {Evidence.ABSENT} else Evidence.UNKNOWN


def _envelope(office: Office, letter: Letter) -> Envelope:
    return Envelope(
        sender=office.addresses.letter_return_path(letter.id),
        recipient=letter.recipient,
        message_id=office.addresses.letter_id(letter.id),
        lane=replies.lane_of(letter.recipient),
    )
