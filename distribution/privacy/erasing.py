"""A person's data is erased: each station forgets him, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, audit, delivery, events
from distribution.audience import Traces
from distribution.clock import SHANGHAI
from distribution.models import Subscriber
from distribution.privacy.requests import settle
from distribution.privacy.store import trail
from distribution.words import RequestKind

ASKED = "应本人要求删除资料"
TIMED_OUT = "保存期满，删除资料"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was scrubbed, and which mails may still lie in an outbox."""

    subscriber_id: int
    delivery_ids: tuple[int, ...]
    requests: tuple[int, ...]
    """Those that it answered."""
    counts: dict[str, int] = field(default_factory=dict)
    """Rows changed, by kind; those of nothing included."""
    letter_ids: tuple[int, ...] = ()
    """Single mails to him, which may lie in an outbox too."""


def traces_of(session: Session, row: Subscriber) -> Traces:
    """What names him anywhere, former addresses and names included."""
    known = audience.known_by(session, row)
    for what, text in trail.named_by(session, row):
        known[what].add(text)
    addresses = known["email"] | delivery.recipients(session, row.id)
    held = {given for given in addresses if "@" in given}
    return Traces.of(held - {audience.pseudonym(row.id)}, known["name"], known["phone"])


def erase(
    session: Session,
    row: Subscriber,
    hasher: Callable[[str], str],
    *,
    why: str,
    reason: str,
    by: str,
    at: datetime,
) -> Erasure:
    """Erase all that names a person; `why` is ASKED or TIMED_OUT, `reason` an admin's words.

    Raises Erased, UnderWay while a mail to him is being handed over, Unjudged while one from him
    waits. Past counts stay; his address is remembered as a keyed hash, so that it stays barred.
    """
    audience.lock_subscriber(session, row.id)  # nobody changes what he is called meanwhile
    session.refresh(row)
    if row.erased_at is not None:
        raise audience.Erased(row.id)
    traces, address_hash = traces_of(session, row), row.address_hash
    hashes = {hasher(form) for form in traces.addresses}  # former addresses' among them
    reason = traces.scrub(audience.tidy("缘由", reason, longest=400))
    sent = delivery.forget(session, row.id, traces, audience.pseudonym(row.id))
    mails = events.forget(session, row.id, sent.delivery_ids, traces)
    evidence = f"{why} {at.astimezone(SHANGHAI).date()}"
    proofs = delivery.drop_from_lists(session, row.email_key)
    counts = audience.forget(session, row, traces, hasher, evidence=evidence, at=at)
    pseudonym = audience.pseudonym(row.id)
    letter_ids, blanked = delivery.forget_letters(session, row.id, traces, pseudonym)
    counts |= {
        "letters": blanked,
        "proof_lists": proofs,
        "deliveries": sent.renamed,
        "skipped": sent.skipped,
        "replies": sent.replies + mails.diagnostics,
        "mails": mails.mails,
        "audit": trail.scrub_audit(session, row, hashes, traces),
        "requests": trail.scrub_requests(session, row.id, hashes, traces),
    }
    answered = settle(
        session,
        RequestKind.ERASURE,
        row,
        address_hash,
        answer=f"{evidence}：{reason}",
        by=by,
        at=at,
    )
    audit.record(
        session, "subscriber.erase", str(row.id), by=by, at=at, request=answered[0], why=why
    )
    return Erasure(row.id, sent.delivery_ids, tuple(answered), counts, letter_ids)
