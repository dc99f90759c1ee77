"""A reader is erased: what is due to him is skipped, what he got keeps its place in the books."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from distribution.audience import Traces
from distribution.delivery.ledger import Result, settle
from distribution.delivery.store import erased_letters as letters
from distribution.delivery.store import forgetting as store
from distribution.delivery.store import rows
from distribution.errors import Refused
from distribution.words import Cause, DeliveryState, LetterState

_UNDER_WAY = (DeliveryState.LEASED, DeliveryState.HANDED)
_DUE = (DeliveryState.PLANNED, DeliveryState.DEFERRED)
_A_MOMENT = timedelta(minutes=1)
_BY = "privacy"


class UnderWay(Refused):
    """Raised when a mail to somebody is just being handed to the relay."""

    def __init__(self, delivery_ids: Sequence[int] = (), letter_ids: Sequence[int] = ()) -> None:
        self.delivery_ids, self.letter_ids = tuple(delivery_ids), tuple(letter_ids)
        super().__init__("有一封给他的邮件正在交付，没有改动任何内容：请一分钟后再试")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done to a reader's deliveries."""

    delivery_ids: tuple[int, ...]
    """All of his, whose mails may lie elsewhere."""
    renamed: int
    skipped: int
    replies: int
    """Relay's words that named him."""


def forget(session: Session, subscriber_id: int, traces: Traces, pseudonym: str) -> Forgotten:
    """Skip what is due to him and take his name off all his deliveries; raises UnderWay.

    Hashes stay: they hold his slots, and the seals of past runs are made of them.
    """
    held = store.hold(session, subscriber_id)
    if under_way := [row for row, state in held.items() if state in _UNDER_WAY]:
        raise UnderWay(under_way)
    due = [row for row, state in held.items() if state in _DUE]
    skipped = _skip(session, due)
    return Forgotten(
        tuple(held),
        renamed=store.rename(session, list(held), pseudonym),
        skipped=skipped,
        replies=store.scrub_replies(session, list(held), traces),
    )


def forget_letters(
    session: Session, subscriber_id: int, traces: Traces, pseudonym: str
) -> tuple[tuple[int, ...], int]:
    """Blank the letters to a reader; those that wait are never sent. Raises UnderWay.

    Gives their numbers, and how many still named him. To be called with the reader locked: who
    writes to him has him locked too.
    """
    his = letters.hold_letters(session, subscriber_id, traces)
    if under_way := [letter.id for letter in his if letter.state is LetterState.HANDED]:
        raise UnderWay(letter_ids=under_way)
    changed = letters.blank_letters(session, his, traces, pseudonym)
    return tuple(letter.id for letter in his), changed


def _skip(session: Session, due: Sequence[int]) -> int:
    """As a lease does with readers who have left: taken, and settled at once."""
    if not due:
        return 0
    token = f"{_BY}.{secrets.token_hex(8)}"
    rows.take(session, due, token, _A_MOMENT)
    results = [Result(row, token, DeliveryState.SKIPPED, Cause.ERASED) for row in due]
    return len(settle(session, results, by=_BY))
