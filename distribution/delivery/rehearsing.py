"""Readers' mails of a run sent to somebody of the office, while the books know nothing of it.

Such a mail is the reader's to the byte, but for its envelope, To, Message-ID, Date and Feedback-ID,
a mark in its subject, and its links: they lead to nobody's settings, and what is opened or clicked
counts for nobody.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import digests
from distribution.audience import EmailAddress
from distribution.clock import SHANGHAI
from distribution.delivery.drafting import NOBODY
from distribution.delivery.press import compose, mail_of, personal_of
from distribution.delivery.steering import WrongState
from distribution.delivery.store import rehearsals, runs
from distribution.delivery.transport import (
    Envelope,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    Transport,
)
from distribution.errors import NotFound
from distribution.links import Addresses, Origin
from distribution.words import MailFormat, RunState, Tracking

MARK = "【预演】"
_KIND = "rehearsal"
_WITHOUT_MAILS = frozenset({RunState.PLANNING, RunState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Staged:
    """A reader's mail, ready to be shown to somebody else."""

    delivery_id: int
    reader: str
    subject: str
    articles: int
    envelope: Envelope
    message: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """How the relay took it."""

    staged: Staged
    accepted: bool
    words: str


def stage_readers(
    session: Session,
    run_id: int,
    readers: Sequence[EmailAddress],
    to: str,
    addresses: Addresses,
    *,
    at: datetime,
) -> list[Staged]:
    """The mails of these readers in a run. Raises WrongState, and NotFound for who has none."""
    stage = _stage(session, run_id, to, addresses, at)
    found = rehearsals.of_readers(session, run_id, [reader.key for reader in readers])
    known = {row[3] for row in found}
    for reader in readers:
        if reader.key not in known:
            hint = f"他不在批次 {run_id} 里：distribution subscriber history {reader.written}"
            raise NotFound("投递给", reader.written, hint)
    return [stage(row[0], row[1], row[2]) for row in found]


def stage_samples(
    session: Session, run_id: int, count: int, to: str, addresses: Addresses, *, at: datetime
) -> list[Staged]:
    """So many mails of a run that differ, the most common first. Raises WrongState."""
    stage = _stage(session, run_id, to, addresses, at)
    return [stage(row[0], row[1], row[2]) for row in rehearsals.samples(session, run_id, count)]


async def show(transport: Transport, staged: Sequence[Staged]) -> list[Shown]:
    """Send them one by one; raises RelayUnavailable."""
    try:
        return [await _show(transport, one) for one in staged]
    finally:
        await transport.close()


async def _show(transport: Transport, staged: Staged) -> Shown:
    try:
        handover = await transport.begin(staged.envelope)
        reply = await handover.finish(staged.message)
    except RefusedByRelay as refused:
        reply = refused.reply
    except (NonAsciiAddressUnsupported, OutcomeUnknown) as error:
        return Shown(staged, accepted=False, words=str(error))
    return Shown(staged, reply.positive, f"{reply.code} {reply.text}")


def _stage(
    session: Session, run_id: int, to: str, addresses: Addresses, at: datetime
) -> Callable[[int, int, str], Staged]:
    """What makes the mail of one delivery, selection and reader of a run."""
    run = runs.find_run(session, run_id)
    if run.state in _WITHOUT_MAILS:
        raise WrongState(run_id, run.state, "预演")
    if run.origin:
        addresses = addresses.as_of(Origin(**run.origin))
    sheet = digests.Sheet.from_json(runs.sheet(session, run.sheet_sha256).content)
    composer = digests.Composer(replace(sheet, subject=_marked(sheet.subject)))
    personal = personal_of(addresses, NOBODY, run_id, Tracking.DENIED)
    date = at.astimezone(SHANGHAI).replace(microsecond=0)

    def stage(delivery_id: int, selection_id: int, reader: str) -> Staged:
        mail = mail_of(runs.selection(session, selection_id))
        name = f"r-{secrets.token_hex(13)}@{addresses.mail_domain}"  # names nothing that is ours
        envelope = Envelope(sender=name, recipient=to, message_id=f"<{name}>")
        text_only = mail.format is MailFormat.TEXT
        message = compose(
            composer,
            mail.choices,
            personal,
            envelope=envelope,
            date=date,
            text_only=text_only,
            kind=_KIND,
        )
        subject = digests.join(composer.sheet, mail.choices, personal).subject
        return Staged(delivery_id, reader, subject, len(mail.choices), envelope, message)

    return stage


def _marked(subject: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: (f"{MARK}{piece[0]}", *piece[1:]) for name, piece in subject.items()}
