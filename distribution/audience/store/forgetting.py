"""SQL that forgets a contact: what names him goes, what past counts rest on stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, false, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.audience.address import EmailAddress
from distribution.audience.store.consent import sha256_of
from distribution.audience.store.contacts import AddressHasher, Erased, spellings
from distribution.audience.store.leaving import forget_words
from distribution.audience.store.locking import lock_subscriber
from distribution.audience.store.sign_ups import forget_sign_ups
from distribution.audience.traces import Traces
from distribution.db import upsert
from distribution.models import (
    Claim,
    ConsentEvent,
    Enterprise,
    Import,
    ImportRow,
    Interest,
    Subscriber,
    SuppressedDomain,
    Suppression,
    WatchWord,
)
from distribution.words import SuppressionReason


def known_by(session: Session, row: Subscriber) -> dict[str, set[str]]:
    """The addresses, names and phone numbers kept of a contact, former ones of imports included."""
    known = {"email": {row.email, row.email_key}, "name": {row.name}, "phone": {row.phone}}
    snapshots = select(ImportRow.before, ImportRow.after).where(ImportRow.subscriber_id == row.id)
    for pair in session.execute(snapshots):
        for snapshot in pair:
            for field, values in known.items():
                if isinstance(said := snapshot.get(field), str):
                    values.add(said)
    return known


def forget(
    session: Session,
    row: Subscriber,
    traces: Traces,
    hasher: AddressHasher,
    *,
    evidence: str,
    at: datetime,
) -> dict[str, int]:
    """Pseudonymise a contact for ever; gives how many rows of each kind were changed.

    His address is written down as a keyed hash only, among those that are not written to.
    Raises Erased.
    """
    lock_subscriber(session, row.id)
    session.refresh(row)
    if row.erased_at is not None:
        raise Erased(row.id)
    hashes = {hasher(form) for form in traces.addresses}
    changed = {
        "consent_events": _scrub_consents(session, row.id, traces) + forget_words(session, row.id),
        "import_rows": _empty_import_rows(session, row.id, traces),
        "interests": _drop_wishes(session, row.id),
        "texts": _scrub_texts(session, row, traces) + _scrub_evidence(session, traces, hashes),
        "sign_ups": forget_sign_ups(session, hashes),
    }
    _bar(session, row.address_hash, evidence=evidence, at=at)
    _pseudonymise(session, row, hasher, at)
    return changed


def pseudonym(subscriber_id: int) -> str:
    """The address of one whose data is gone; nothing can be sent to it (RFC 2606)."""
    return f"erased-{subscriber_id}@erased.invalid"


def _pseudonymise(session: Session, row: Subscriber, hasher: AddressHasher, at: datetime) -> None:
    placeholder = pseudonym(row.id)
    columns = spellings(EmailAddress(placeholder, placeholder, placeholder), hasher)
    for column, value in columns.items():
        setattr(row, column, value)
    row.name, row.phone, row.interests_by, row.erased_at = "", "", None, at
    session.flush()


def _bar(session: Session, address_hash: str, *, evidence: str, at: datetime) -> None:
    """What was said of the address before may name him: it is replaced."""
    said = {"reason": SuppressionReason.ERASED, "evidence": evidence, "since": at}
    insert = upsert(session, Suppression).values(address_hash=address_hash, **said)
    session.execute(insert.on_conflict_do_update(index_elements=["address_hash"], set_=said))


def _drop_wishes(session: Session, subscriber_id: int) -> int:
    dropped = 0
    for kind in (Interest, WatchWord, Claim):
        gone = delete(kind).where(kind.subscriber_id == subscriber_id)
        dropped += len(session.scalars(gone.returning(kind.subscriber_id)).all())
    return dropped


def _scrub_consents(session: Session, subscriber_id: int, traces: Traces) -> int:
    """What he agreed to stays; the words that name him do not, be they another's."""
    others = traces.without_names()
    his, theirs = ConsentEvent.subscriber_id == subscriber_id, shows(others, ConsentEvent.wording)
    changed = 0
    for condition, of in ((his, traces), (theirs, others)):
        for event in session.scalars(select(ConsentEvent).where(condition)):
            scrubbed = of.scrub(event.wording)
            if scrubbed != event.wording:
                event.wording, event.wording_sha256 = scrubbed, sha256_of(scrubbed)
                changed += 1
        session.flush()
    return changed


def _empty_import_rows(session: Session, subscriber_id: int, traces: Traces) -> int:
    """His own rows lose what they kept; in others, refused ones too, he is left out."""
    emptied = (
        update(ImportRow)
        .where(ImportRow.subscriber_id == subscriber_id)
        .values(before={}, after={}, reason="")
        .returning(ImportRow.line)
        .execution_options(synchronize_session=False)
    )
    changed = len(session.scalars(emptied).all())
    others = traces.without_names()
    shown = shows(others, ImportRow.before, ImportRow.after, ImportRow.reason)
    for row in session.scalars(select(ImportRow).where(shown)):
        kept = (row.before, row.after, row.reason)
        scrubbed = tuple(map(others.scrub_all, kept))
        if scrubbed != kept:
            row.before, row.after, row.reason = scrubbed
            changed += 1
    session.flush()
    return changed


def _scrub_texts(session: Session, row: Subscriber, traces: Traces) -> int:
    """Free text of admins: notes on his enterprise, grounds of imports and suppressions."""
    his_imports = select(ImportRow.import_id).where(ImportRow.subscriber_id == row.id)
    imports = Import.id.in_(his_imports)
    others = traces.without_names()
    return (
        _scrub(session, Enterprise.notes, traces, Enterprise.id == row.enterprise_id)
        + _scrub(session, Import.basis, traces, imports)
        + _scrub(session, Import.file_name, traces, imports)
        + _scrub(session, Enterprise.notes, others)
        + _scrub(session, Import.basis, others)
        + _scrub(session, Import.file_name, others)
        + _scrub(session, SuppressedDomain.evidence, others)
    )


def _scrub_evidence(session: Session, traces: Traces, hashes: set[str]) -> int:
    """Why addresses are out of use: his former ones by name too."""
    his = Suppression.address_hash.in_(hashes)
    return _scrub(session, Suppression.evidence, traces, his) + _scrub(
        session, Suppression.evidence, traces.without_names()
    )


def _scrub(
    session: Session,
    column: InstrumentedAttribute[str],
    traces: Traces,
    *where: Any,  # noqa: ANN401 - conditions
) -> int:
    changed = 0
    for row in session.scalars(select(column.class_).where(shows(traces, column), *where)):
        text = getattr(row, column.key)
        scrubbed = traces.scrub(text)
        if scrubbed != text:
            setattr(row, column.key, scrubbed)
            changed += 1
    session.flush()
    return changed


def shows(traces: Traces, *columns: InstrumentedAttribute[Any]) -> Any:  # noqa: ANN401 - SQL
    """SQL: one of the columns may show him, see `Traces.needles`; documents count as text."""
    needles: Sequence[str] = traces.needles
    return or_(
        false(),
        *(
            cast(column, String).icontains(needle, autoescape=True)
            for column in columns
            for needle in needles
        ),
    )
