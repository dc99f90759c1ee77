"""What letters to readers are written on: templates, who signs them, where their links lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import clock, digests, issues
from distribution.compiler import Contact, Masthead
from distribution.delivery.store import letters
from distribution.links import Addresses
from distribution.models import Subscriber
from distribution.words import LetterPurpose, MailFormat

_TEMPLATES = {LetterPurpose.CONFIRMATION: "confirm", LetterPurpose.WELCOME: "welcome"}
"""The folders of letters that have one of their own."""
_TOLD = "told"
"""Of all others: a title, some paragraphs, perhaps one link."""


@dataclass(frozen=True, slots=True)
class Stationery:
    """An installation's."""

    templates: Sequence[Path]
    sender: tuple[str, str]
    """Name and address."""
    addresses: Addresses

    def masthead(self, session: Session) -> Masthead:
        """Who publishes, as the newest issue says; without label and numbers: no issue is meant.

        Where it does not say how the editors are reached, the sender's address does.
        """
        name, address = self.sender
        found = issues.latest_masthead(session)
        if found is None:
            return Masthead(name, 0, "", None, None, clock.today(), contact=Contact(email=address))
        contact = found.contact
        if not (contact.email or contact.phone):
            contact = replace(contact, email=address)
        return replace(found, label="", number=None, total_number=None, contact=contact)


def write_to(
    session: Session,
    stationery: Stationery,
    row: Subscriber | None,
    purpose: LetterPurpose,
    key: str,
    values: Mapping[str, object],
    *,
    at: datetime,
    recipient: str = "",
) -> int | None:
    """Write a letter to a subscriber; None where one of this key was written before.

    `recipient` is another address than his, or that of somebody who is none. Its templates see
    `values`, who publishes, and the letter's links. Raises BrokenTemplate.
    """
    own, subscriber_id = (row.email_key, row.id) if row else ("", None)
    to = (recipient or own, subscriber_id)
    letter_id = letters.begin_letter(session, key, purpose, to, at=at)
    if letter_id is not None:
        write_in(session, stationery, letter_id, row, purpose, values)
    return letter_id


def write_in(
    session: Session,
    stationery: Stationery,
    letter_id: int,
    row: Subscriber | None,
    purpose: LetterPurpose,
    values: Mapping[str, object],
) -> None:
    """What stands in a letter that is begun: see `write_to`."""
    addresses = stationery.addresses
    links = {
        "confirm_url": addresses.confirm(letter_id),
        "move_url": addresses.move(letter_id),
        "copy_url": addresses.copy(letter_id),
        "preferences_url": addresses.letter_preferences(letter_id),
        "unsubscribe_url": addresses.letter_unsubscribe(letter_id),
    }
    mail_format = row.format if row else MailFormat.HTML
    content = render(session, stationery, purpose, {**links, **values}, mail_format)
    letters.finish_letter(session, letter_id, content)


def render(
    session: Session,
    stationery: Stationery,
    purpose: LetterPurpose,
    values: Mapping[str, object],
    mail_format: MailFormat,
) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter; the last is empty for who wants text only."""
    rendered = digests.render_letter(
        stationery.templates,
        _TEMPLATES.get(purpose, _TOLD),
        {
            "issue": stationery.masthead(session),
            "sender_name": stationery.sender[0],
            "sender_address": stationery.sender[1],
            **values,
        },
    )
    html = "" if mail_format is MailFormat.TEXT else rendered.html
    return rendered.subject, rendered.text, html
