"""Judges mails that came back: which delivery each speaks of, and what follows for its reader."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, delivery, replies
from distribution.delivery import Sent
from distribution.events import store
from distribution.events.leaving import leave
from distribution.links import Addresses, Keyring
from distribution.replies import ReturnedReport
from distribution.words import FoundBy, Returned, SuppressionReason

RECENT = timedelta(days=10)
"""How long after its acceptance a mail may bounce: relays give up within five days (RFC 5321)."""

_TOKEN = re.compile(r"<?(b-)?[a-z2-7]{36}@", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']*[@＠][^\s<>()\[\],;:\"']*")
_SPEAKS_OF_A_MAIL = (Returned.BOUNCE, Returned.DELAYED, Returned.COMPLAINT)
_COMPLAINED = "收件人向其邮箱服务商投诉了这封邮件，由服务商转来（RFC 5965 反馈报告）"
_WROTE = "读者按邮件所给的退订地址来信退订"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one mail was, and what it changed."""

    inbox_id: int
    kind: Returned
    delivery_id: int | None
    found_by: FoundBy | None
    recipient: str
    """Of the delivery; empty where none was found."""
    status: str
    diagnostic: str
    suppressed: bool
    """By this mail."""
    left: bool
    """Unsubscribed by this mail."""


@dataclass(frozen=True, slots=True)
class _Mail:
    inbox_id: int
    at: datetime
    report: ReturnedReport
    sent: Sent | None = None
    found_by: FoundBy | None = None


def judge_mails(
    session: Session, inbox_ids: Sequence[int], addresses: Addresses, at: datetime
) -> list[Outcome]:
    """Judge what is unjudged of these, in the order it came; each mail has one outcome, once."""
    taken = store.take_mails(session, sorted(set(inbox_ids)))
    reports = {
        inbox_id: replies.read_returned(store.raw_mail(session, inbox_id)) for inbox_id in taken
    }
    mails = _find(session, taken, reports, addresses)
    found = {mail.sent.delivery_id: mail.sent for mail in mails if mail.sent is not None}
    store.lock_ledger(session, {sent.run_id for sent in found.values()}, found)
    bounced = {
        mail.sent.delivery_id
        for mail in mails
        if mail.sent is not None and mail.report.kind in (Returned.BOUNCE, Returned.DELAYED)
    }
    delivery.prove_accepted(session, bounced, by=Returned.BOUNCE.value)
    outcomes = [_follow(session, mail, at) for mail in sorted(mails, key=_locking_order)]
    store.mark_judged(session, list(taken), at)
    return sorted(outcomes, key=lambda outcome: outcome.inbox_id)


def _locking_order(mail: _Mail) -> tuple[int, int]:
    """Readers are locked by ascending id, so that two judges cannot wait in a circle."""
    return (mail.sent.subscriber_id if mail.sent else 0, mail.inbox_id)


# -- whose mail it is ----------------------------------------------------------------------------


def _find(
    session: Session,
    taken: Mapping[int, datetime],
    reports: Mapping[int, ReturnedReport],
    addresses: Addresses,
) -> list[_Mail]:
    traces = {
        inbox_id: _by_token(report, addresses)
        or _by_recipient(session, report, addresses.keyring, since=taken[inbox_id] - RECENT)
        for inbox_id, report in reports.items()
    }
    ids = {delivery_id for trace in traces.values() for delivery_id, _ in trace}
    sent = delivery.find_sent(session, ids)
    mails = []
    for inbox_id, report in reports.items():
        real = [(sent[row], found_by) for row, found_by in traces[inbox_id] if row in sent]
        first = real[0] if real else (None, None)
        mails.append(_Mail(inbox_id, taken[inbox_id], report, *first))
    return mails


def _by_token(report: ReturnedReport, addresses: Addresses) -> list[tuple[int, FoundBy]]:
    """The deliveries our own tokens name, the most reliable first."""
    paths = [(addresses.returned_to(given), FoundBy.RETURN_PATH) for given in report.addressed_to]
    named = [(addresses.sent_as(given), FoundBy.MESSAGE_ID) for given in report.message_ids]
    return [(row, found_by) for row, found_by in paths + named if row is not None]


def _by_recipient(
    session: Session, report: ReturnedReport, keyring: Keyring, *, since: datetime
) -> list[tuple[int, FoundBy]]:
    """What was last sent to those the mail speaks of.

    A mail with a token that is not ours is forged, or another installation's: it says nothing.
    """
    if report.kind not in _SPEAKS_OF_A_MAIL or _bears_token(report):
        return []
    hashes = [keyring.address_hash(key) for key in _keys(report.recipients)]
    latest = [delivery.latest_accepted(session, address, since) for address in hashes]
    return [(row, FoundBy.RECIPIENT) for row in latest if row is not None]


def _bears_token(report: ReturnedReport) -> bool:
    return any(_TOKEN.match(given) for given in (*report.addressed_to, *report.message_ids))


def _keys(addresses: Sequence[str]) -> list[str]:
    keys = []
    for address in addresses:
        try:
            keys.append(audience.read_address(address).key)
        except audience.InvalidAddress:
            continue  # other systems write there what they like
    return list(dict.fromkeys(keys))


# -- what follows --------------------------------------------------------------------------------


def _follow(session: Session, mail: _Mail, at: datetime) -> Outcome:
    outcome = Outcome(
        inbox_id=mail.inbox_id,
        kind=mail.report.kind,
        delivery_id=mail.sent.delivery_id if mail.sent else None,
        found_by=mail.found_by,
        recipient=mail.sent.recipient if mail.sent else "",
        status=mail.report.status,
        diagnostic=mail.report.diagnostic,
        suppressed=_suppressed(session, mail, at),
        left=_left(session, mail, at),
    )
    store.add_returned(
        session,
        inbox_id=outcome.inbox_id,
        kind=outcome.kind,
        delivery_id=outcome.delivery_id,
        found_by=outcome.found_by,
        status=outcome.status,
        diagnostic=outcome.diagnostic,
        suppressed=outcome.suppressed,
        at=mail.at,
    )
    return outcome


def _suppressed(session: Session, mail: _Mail, at: datetime) -> bool:
    """Only an address that is dead itself, and only the one this very mail went to."""
    report, sent = mail.report, mail.sent
    if report.kind is not Returned.BOUNCE or not report.dead or sent is None:
        return False
    if not _speaks_of(report, sent):
        return False
    if mail.found_by is FoundBy.RECIPIENT and not report.status.startswith("5.1."):
        return False  # anybody can write such words: without a token only a code counts
    return audience.suppress(
        session,
        sent.address_hash,
        SuppressionReason.HARD_BOUNCE,
        evidence=_evidence(mail),
        at=at,
    )


def _speaks_of(report: ReturnedReport, sent: Sent) -> bool:
    return not set(_keys(report.recipients)).isdisjoint(_keys([sent.recipient]))


def _evidence(mail: _Mail) -> str:
    """What was said, without an address: a suppression outlives the reader's data."""
    words = _ADDRESS.sub("…", mail.report.diagnostic)
    return f"{mail.report.status} {words}（来信 {mail.inbox_id}）".lstrip()


def _left(session: Session, mail: _Mail, at: datetime) -> bool:
    kind, sent = mail.report.kind, mail.sent
    if sent is None:
        return False
    whose = (sent.subscriber_id, sent.delivery_id)
    if kind is Returned.COMPLAINT:
        return leave(session, *whose, channel="complaint", wording=_COMPLAINED, at=at)
    if kind is Returned.LEAVE and mail.found_by is FoundBy.RETURN_PATH:
        return leave(session, *whose, channel="mail", wording=_WROTE, at=at)
    return False
