"""Finds whose mail it is that came back: the delivery or letter it speaks of, and how we know."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, delivery
from distribution.delivery import Sent, SentLetter
from distribution.links import Addresses, Keyring
from distribution.replies import ReturnedReport
from distribution.words import FoundBy, Returned

RECENT = timedelta(days=10)
"""How long after its acceptance a mail may bounce: relays give up within five days (RFC 5321)."""

_TOKEN = re.compile(r"<?(?:[bl]-)?[a-z2-7]{36}@", re.IGNORECASE)
_SPEAKS_OF_A_MAIL = (Returned.BOUNCE, Returned.DELAYED, Returned.COMPLAINT)
_SAYS_A_PROVIDER = (*_SPEAKS_OF_A_MAIL, Returned.LEAVE)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that came back, understood, and what of ours it speaks of, if anything."""

    inbox_id: int
    at: datetime
    report: ReturnedReport
    sent: Sent | None = None
    letter: SentLetter | None = None
    found_by: FoundBy | None = None
    genuine: bool = False
    """A provider's notice, whose signature was checked: its word for the recipient is enough."""

    @property
    def known(self) -> bool:
        """Whether it is certain whose mail it is: parsing then only says why."""
        if self.genuine:
            return self.found_by is not None
        return self.found_by not in (None, FoundBy.RECIPIENT)

    @property
    def recipient(self) -> str:
        """Whom our mail went to; empty where none was found."""
        ours = self.sent or self.letter
        return ours.recipient if ours else ""

    @property
    def subscriber_id(self) -> int | None:
        """Whose mail it was."""
        ours = self.sent or self.letter
        return ours.subscriber_id if ours else None


@dataclass(frozen=True, slots=True)
class _Trace:
    row: int
    found_by: FoundBy
    of_letter: bool = False


def trace(
    session: Session,
    taken: Mapping[int, tuple[datetime, str]],
    reports: Mapping[int, ReturnedReport],
    addresses: Addresses,
) -> list[Mail]:
    """What each of these mails speaks of, by inbox id.

    `taken` says when they came, and from which provider where they are notices.
    """
    traces = {
        inbox_id: list(_by_token(report, addresses))
        or _by_recipient(session, report, addresses.keyring, taken[inbox_id])
        for inbox_id, report in reports.items()
    }
    everything = [one for found in traces.values() for one in found]
    sent = delivery.find_sent(session, {one.row for one in everything if not one.of_letter})
    letters = delivery.find_letters(session, {one.row for one in everything if one.of_letter})
    mails = []
    for inbox_id, report in reports.items():
        at, source = taken[inbox_id]
        real = (one for one in traces[inbox_id] if one.row in (letters if one.of_letter else sent))
        one = next(real, None)
        mails.append(
            Mail(
                inbox_id,
                at,
                report,
                sent=sent[one.row] if one and not one.of_letter else None,
                letter=letters[one.row] if one and one.of_letter else None,
                found_by=one.found_by if one else None,
                genuine=bool(source),
            )
        )
    return mails


def keys_of(addresses: Iterable[str]) -> list[str]:
    """Addresses as they are compared; what is none is left out."""
    keys = []
    for address in addresses:
        try:
            keys.append(audience.read_address(address).key)
        except audience.InvalidAddress:
            continue  # other systems write there what they like
    return list(dict.fromkeys(keys))


def _by_token(report: ReturnedReport, addresses: Addresses) -> Iterator[_Trace]:
    """What our own tokens name, the most reliable first."""
    ways = (
        (report.addressed_to, FoundBy.RETURN_PATH, addresses.returned_to, addresses.letter_named),
        (report.message_ids, FoundBy.MESSAGE_ID, addresses.sent_as, addresses.letter_named),
        (
            report.unsubscribe_links,
            FoundBy.UNSUBSCRIBE_LINK,
            addresses.unsubscribes,
            addresses.letter_unsubscribes,
        ),
    )
    for given, found_by, delivery_of, letter_of in ways:
        for text in given:
            row, letter = delivery_of(text), letter_of(text)
            if row is not None:
                yield _Trace(row, found_by)
            elif letter is not None:
                yield _Trace(letter, found_by, of_letter=True)


def _by_recipient(
    session: Session, report: ReturnedReport, keyring: Keyring, taken: tuple[datetime, str]
) -> list[_Trace]:
    """What was last sent to those the mail speaks of.

    A mail with a token that is not ours is forged, or another installation's: it says nothing.
    """
    at, source = taken
    kinds = _SAYS_A_PROVIDER if source else _SPEAKS_OF_A_MAIL
    if report.kind not in kinds or (_bears_token(report) and not source):
        return []
    hashes = [keyring.address_hash(key) for key in keys_of(_recipients(report))]
    latest = [delivery.latest_accepted(session, address, at - RECENT) for address in hashes]
    return [_Trace(row, FoundBy.RECIPIENT) for row in latest if row is not None]


def _recipients(report: ReturnedReport) -> Sequence[str]:
    named = [address for result in report.results for address in result.recipients]
    return list(dict.fromkeys((*report.recipients, *named)))


def _bears_token(report: ReturnedReport) -> bool:
    return any(_TOKEN.match(given) for given in (*report.addressed_to, *report.message_ids))
