"""Telling a reader by letter what was changed in his name: it may not have been he who did it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience
from distribution.clock import SHANGHAI
from distribution.delivery.stationery import Stationery, render, write_to
from distribution.delivery.store import letters
from distribution.models import Subscriber
from distribution.templates import BrokenTemplate
from distribution.words import Cause, LetterPurpose, MailFormat

log = logging.getLogger(__name__)

MOST_A_DAY = 3
"""Letters of one kind to one reader: whoever holds a link of his must not flood him."""
_NO_LINK = dict.fromkeys(("move_url", "copy_url", "preferences_url", "unsubscribe_url"), "")


@dataclass(frozen=True, slots=True)
class Told:
    """What a letter says."""

    kind: str
    """ASCII: letters of one kind are counted together."""
    title: str
    paragraphs: Sequence[str]
    way: str = ""
    """Where its link leads: preferences, unsubscribe, move or copy; empty: it has none."""
    label: str = ""
    """What the link is called."""

    def values(self) -> dict[str, object]:
        """As the templates see it."""
        return {
            "title": self.title,
            "paragraphs": list(self.paragraphs),
            "way": self.way,
            "label": self.label,
        }


def tell(
    session: Session,
    stationery: Stationery,
    row: Subscriber,
    told: Told,
    *,
    at: datetime,
    purpose: LetterPurpose = LetterPurpose.CHANGED,
    recipient: str = "",
) -> int | None:
    """Write a reader, or another address of his, what was done; gives the letter's number.

    None where it cannot be written, or has been often enough: what was done stands all the same.
    """
    causes = {fact.cause for fact in audience.facts(session, row, at=at)}
    if Cause.ERASED in causes or (Cause.SUPPRESSED in causes and not recipient):
        return None
    day = at.astimezone(SHANGHAI).date()
    keys = [f"{told.kind}:{row.id}:{day}:{number}" for number in range(1, MOST_A_DAY + 1)]
    free = sorted(set(keys) - letters.written(session, keys).keys())
    if not free:
        return None
    try:
        with session.begin_nested():
            return write_to(
                session,
                stationery,
                row,
                purpose,
                free[0],
                told.values(),
                at=at,
                recipient=recipient,
            )
    except BrokenTemplate:
        log.exception("no letter of %s to subscriber %d", told.kind, row.id)
        return None


def bid_farewell(
    session: Session,
    stationery: Stationery,
    to: tuple[int, str, MailFormat],
    told: Told,
    *,
    at: datetime,
) -> None:
    """Write to one (number, address, format) whose data has just been erased.

    Once the letter is out, nothing is left in it that names him.
    """
    number, recipient, mail_format = to
    erased = LetterPurpose.ERASED
    try:
        content = render(session, stationery, erased, _NO_LINK | told.values(), mail_format)
    except BrokenTemplate:
        log.exception("no letter to subscriber %d who is erased", number)
        return
    to_him = (recipient, number)
    letter_id = letters.begin_letter(session, f"erased:{number}", erased, to_him, at=at)
    if letter_id is not None:
        letters.finish_letter(session, letter_id, content)
