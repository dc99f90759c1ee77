"""The press: turns a leased row into the message and envelope of one reader.

What is dear was done once: the sheet is rendered at planning, choices are read once per
selection. Per reader only finished pieces are joined.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from distribution import digests
from distribution.clock import SHANGHAI
from distribution.delivery.store import runs
from distribution.delivery.transport import Envelope
from distribution.errors import DistributionError
from distribution.links import Addresses, Origin
from distribution.models import Selection
from distribution.words import MailFormat, Reason, RunKind, Tracking

log = logging.getLogger(__name__)

_Thing = TypeVar("_Thing")

CACHED_SELECTIONS = 10_000
"""More than one process has in hand at a time, by far."""
CACHED_RUNS = 8
"""Each holds its encoded pieces: several MB."""

UNMAKEABLE = (DistributionError, ValueError, LookupError, TypeError)
"""What a mail that cannot be made raises: a limit, a broken value, a fact that is missing."""


@dataclass(frozen=True, slots=True)
class _Run:
    composer: digests.Composer
    date: datetime
    addresses: Addresses
    """As they were when the run was planned."""
    kind: RunKind


@dataclass(frozen=True, slots=True)
class Mail:
    """One distinct digest, whoever gets it."""

    choices: tuple[digests.Choice, ...]
    tracking: Tracking = Tracking.UNKNOWN
    format: MailFormat = MailFormat.HTML


class _Shelf(Generic[_Thing]):
    """What was read, by its number: the newest of it, and what was the newest before.

    Mails are made a while after they were leased and what they need was read. Whatever is read
    meanwhile for others must not take that away; so a full shelf becomes the old one first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._new: dict[int, _Thing] = {}
        self._old: dict[int, _Thing] = {}

    def get(self, number: int) -> _Thing | None:
        found = self._new.get(number)
        return self._old.get(number) if found is None else found

    def put(self, number: int, thing: _Thing) -> None:
        self._new[number] = thing

    def lacking(self, numbers: set[int]) -> set[int]:
        """Those of them that are to be read; the others are among the newest from now on."""
        if len(self._new) >= self._size:
            self._old, self._new = self._new, {}
        self._new |= {number: self._old[number] for number in numbers & self._old.keys()}
        return numbers - self._new.keys()


class Press:
    """Makes the mails of all runs; `load` reads from the database, `mail` never does."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._runs = _Shelf[_Run](CACHED_RUNS)
        self._selections = _Shelf[Mail](CACHED_SELECTIONS)
        self._faults: dict[tuple[str, int], str] = {}
        """Why a run or a selection cannot be read."""

    def load(self, session: Session, run_ids: set[int], selection_ids: set[int]) -> None:
        """Have these runs and selections at hand for `mail`, as far as they can be read."""
        for run_id in self._runs.lacking(run_ids):
            with self._noted("run", run_id):
                self._runs.put(run_id, _read_run(session, run_id, self._addresses))
        missing = self._selections.lacking(selection_ids)
        rows = runs.selections_by_id(session, missing) if missing else {}
        for selection_id in missing:
            with self._noted("selection", selection_id):
                self._selections.put(selection_id, mail_of(rows[selection_id]))

    @contextmanager
    def _noted(self, kind: str, number: int) -> Iterator[None]:
        """Go on with the other runs: mails of what cannot be read are held when they are due."""
        try:
            yield
        except UNMAKEABLE as error:
            log.exception("%s %d cannot be read", kind, number)
            self._faults[kind, number] = f"{kind} {number} cannot be read: {error}"

    def read(self, session: Session, run_id: int, selection_id: int) -> None:
        """As `load` for a single mail, but raises UNMAKEABLE where they cannot be read."""
        self._runs.put(run_id, _read_run(session, run_id, self._addresses))
        self._selections.put(selection_id, mail_of(runs.selection(session, selection_id)))

    def mail(
        self, delivery_id: int, run_id: int, selection_id: int, recipient: str, lane: str = ""
    ) -> tuple[Envelope, bytes]:
        """The same bytes each time it is asked for the same delivery; raises UNMAKEABLE."""
        run, selection = self._runs.get(run_id), self._selections.get(selection_id)
        if run is None or selection is None:
            parts = (("run", run_id), ("selection", selection_id))
            raise LookupError("; ".join(filter(None, map(self._faults.get, parts))) or "not loaded")
        sender, message_id = run.addresses.names_of(delivery_id)
        # Each field is checked and all else is base64; only a mailbox may stand there raw.
        envelope = Envelope(sender, recipient, message_id, lane, seven_bit=recipient.isascii())
        personal = personal_of(run.addresses, delivery_id, run_id, selection.tracking)
        body = compose(
            run.composer,
            selection.choices,
            personal,
            envelope=envelope,
            date=run.date,
            text_only=selection.format is MailFormat.TEXT,
            kind=run.kind,
        )
        return envelope, body

    def message_id(self, delivery_id: int, run_id: int) -> str:
        """Under which a delivery's mail went or will go; its run may be one that cannot be read."""
        run = self._runs.get(run_id)
        return (run.addresses if run else self._addresses).message_id(delivery_id)

    def page(self, delivery_id: int, run_id: int, selection_id: int) -> digests.Digest:
        """The same mail for a browser: its links lead on without being counted, no pixel.

        Raises LookupError for what was not loaded.
        """
        personal = personal_of(self._addresses, delivery_id, run_id, Tracking.DENIED)
        run, selection = self._runs.get(run_id), self._selections.get(selection_id)
        if run is None or selection is None:
            raise LookupError("not loaded")
        return digests.join(run.composer.sheet, selection.choices, personal)


def _read_run(session: Session, run_id: int, addresses: Addresses) -> _Run:
    run = runs.find_run(session, run_id)
    sheet = digests.Sheet.from_json(runs.sheet(session, run.sheet_sha256).content)
    # Its sealed or planned date serves a preview of what has not started.
    date = run.started_at or run.sealed_at or run.created_at
    if run.origin:  # there is none in runs of before it was kept
        addresses = addresses.as_of(Origin(**run.origin))
    date = date.astimezone(SHANGHAI).replace(microsecond=0)
    return _Run(digests.Composer(sheet), date, addresses, run.kind)


def mail_of(row: Selection) -> Mail:
    """What was frozen for readers of the same wishes."""
    choices = tuple(digests.Choice(a, Reason(why), what) for a, why, what in row.choices)
    # Runs of before there was a choice have HTML in all mails.
    mail_format = MailFormat(row.interests.get("format", MailFormat.HTML.value))
    return Mail(choices, Tracking(row.interests["tracking"]), mail_format)


def personal_of(
    addresses: Addresses, delivery_id: int, run_id: int, tracking: Tracking
) -> digests.Personal:
    """One reader's links; consent decides what a click tells: of him, of the run, or nothing."""
    if tracking is Tracking.GRANTED:
        click_url = addresses.click(delivery_id)
    elif tracking is Tracking.UNKNOWN:
        click_url = addresses.run_click(run_id)
    else:
        click_url = addresses.run_read(run_id)
    return digests.Personal(
        click_url=click_url,
        read_url=addresses.read(delivery_id),
        unsubscribe_url=addresses.unsubscribe(delivery_id),
        preferences_url=addresses.preferences(delivery_id),
        open_url=addresses.open(delivery_id) if tracking is Tracking.GRANTED else None,
        counted=tracking is not Tracking.DENIED,
    )


def compose(
    composer: digests.Composer,
    choices: tuple[digests.Choice, ...],
    personal: digests.Personal,
    *,
    envelope: Envelope,
    date: datetime,
    text_only: bool = False,
    kind: str = RunKind.REGULAR,
) -> bytes:
    """One reader's message; raises digests.TooLarge.

    A provider counts complaints by what its Feedback-ID names: `kind` is short and ASCII.
    """
    sheet = composer.sheet
    publication = sheet.publication
    headers = digests.Headers(
        sender_name=publication.sender_name,
        sender_address=publication.sender_address,
        recipient=envelope.recipient,
        message_id=envelope.message_id,
        date=date,
        list_id=publication.list_id,  # without a name: in Chinese it would be an encoded word
        unsubscribe_url=personal.unsubscribe_url,
        unsubscribe_mailto=f"mailto:{envelope.sender}?subject=unsubscribe",
        feedback_id=f"{sheet.key}:digest:{kind}:{_feedback_sender(publication.list_id)}",
        boundary=sheet.boundary,
    )
    return composer.compose(choices, personal, headers, text_only=text_only)


@lru_cache(CACHED_RUNS)
def _feedback_sender(list_id: str) -> str:
    """Gmail wants 5 to 15 characters that stay the same for ever.

    >>> _feedback_sender("digest.mail.sanjin.example")
    'digestmailsanji'
    """
    letters = "".join(character for character in list_id if character.isalnum())
    return letters[:15].ljust(5, "x")
