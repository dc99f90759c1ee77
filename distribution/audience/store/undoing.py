"""SQL of taking an import back: what it added goes, what it changed returns; not what lives on."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import String, cast, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from distribution import audit
from distribution.audience.importing.verdicts import without_addresses
from distribution.audience.store.consent import channel_of
from distribution.audience.store.imports import hold_import
from distribution.audience.store.locking import hold_audience
from distribution.audience.store.restoring import UNDO, restore_contact, restore_enterprise
from distribution.errors import Refused
from distribution.models import (
    Audit,
    ConsentEvent,
    Delivery,
    Enterprise,
    EnterpriseInterest,
    Import,
    ImportRow,
    Interest,
    Letter,
    PrivacyRequest,
    Subscriber,
    WatchWord,
)
from distribution.words import ImportKind, RowOutcome

_SLICE = 1_000
_UNSEEN = {"synchronize_session": False}
_IN_USE = "之后已有投递、本人操作或另外的修改，保留"


class NotUndoable(Refused):
    """Raised for an import that was taken back before."""

    def __init__(self, import_id: int) -> None:
        self.import_id = import_id
        super().__init__(f"导入 {import_id} 已经撤销过：没有改动")


def undo(session: Session, row: Import, *, by: str, at: datetime) -> Counter[str]:
    """Take an import back, in this one transaction; returns so many "undone" and "kept".

    Whoever got mail since, said something himself, or was changed by hand, stays as he is.
    """
    row = hold_import(session, row.id)
    if row.undone_at is not None:
        raise NotUndoable(row.id)
    hold_audience(session)
    done: Counter[str] = Counter()
    for rows in _slices(session, row.id):
        if row.kind is ImportKind.SUBSCRIBERS:
            _undo_contacts(session, row, rows, done, by=by, at=at)
        else:
            _undo_enterprises(session, row, rows, done)
    if row.kind is ImportKind.SUBSCRIBERS:
        _drop_empty_enterprises(session, row)
    row.undone_at, row.undone_by = at, by
    audit.record(session, "import.undo", str(row.id), by=by, at=at, **done)
    session.flush()
    return done


def _slices(session: Session, import_id: int) -> Iterable[Sequence[ImportRow]]:
    """Rows that did something, the last first: a later row may rest on an earlier one."""
    last = None
    while True:
        query = select(ImportRow).where(
            ImportRow.import_id == import_id,
            ImportRow.outcome.in_((RowOutcome.ADDED, RowOutcome.CHANGED)),
        )
        if last is not None:
            query = query.where(ImportRow.line < last)
        rows = session.scalars(query.order_by(ImportRow.line.desc()).limit(_SLICE)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].line


def _undo_contacts(
    session: Session,
    row: Import,
    rows: Sequence[ImportRow],
    done: Counter[str],
    *,
    by: str,
    at: datetime,
) -> None:
    added = {
        one.subscriber_id: one
        for one in rows
        if one.outcome is RowOutcome.ADDED and one.subscriber_id is not None
    }
    touched = _touched(session, row, list(added))
    gone = [number for number in added if number not in touched]
    _drop_contacts(session, gone)
    done["undone"] += len(gone)
    for number in touched:
        _keep(added[number], done)
    for one in rows:
        if one.outcome is RowOutcome.CHANGED and one.subscriber_id is not None:
            contact = session.get(Subscriber, one.subscriber_id)
            # What was there before is no longer known of who is erased, or after a purge.
            if contact is None or contact.erased_at is not None or not (one.before or one.after):
                _keep(one, done)
            else:
                restore_contact(session, row, one, contact, by=by, at=at)
                done["undone"] += 1


def _drop_contacts(session: Session, ids: Collection[int]) -> None:
    """SQLite may give their numbers to others, so nothing that is kept may name them."""
    for table in (Interest, WatchWord, ConsentEvent):
        theirs = delete(table).where(table.subscriber_id.in_(ids))
        session.execute(theirs, execution_options=_UNSEEN)
    session.execute(delete(Subscriber).where(Subscriber.id.in_(ids)), execution_options=_UNSEEN)
    rows = update(ImportRow).where(ImportRow.subscriber_id.in_(ids))
    gone = rows.values(subscriber_id=None, before={}, after={})
    session.execute(gone, execution_options=_UNSEEN)


def _touched(session: Session, row: Import, ids: Collection[int]) -> set[int]:
    """Those of the added contacts about whom anything else has been written since.

    What another import wrote that has been taken back itself counts for nothing.
    """
    of = Subscriber.id
    # Who is just about to write about them is waited for, or waits; then it is seen.
    session.execute(select(of).where(of.in_(ids)).order_by(of).with_for_update()).all()
    undone = _undone(session)
    channels = {UNDO, *map(channel_of, [row.id, *undone])}
    signs = (
        exists().where(Delivery.subscriber_id == of),
        exists().where(Letter.subscriber_id == of),
        exists().where(ConsentEvent.subscriber_id == of, ConsentEvent.channel.not_in(channels)),
        exists().where(
            Audit.subject == cast(of, String),
            or_(Audit.action.startswith("subscriber."), Audit.action.startswith("reader.")),
            Audit.at >= row.at,
        ),
        exists().where(
            ImportRow.subscriber_id == of,
            ImportRow.import_id.not_in([row.id, *undone]),
            ImportRow.outcome == RowOutcome.CHANGED,
        ),
        exists().where(PrivacyRequest.subscriber_id == of),
    )
    query = select(Subscriber.id).where(
        of.in_(ids), or_(*(sign.correlate(Subscriber) for sign in signs))
    )
    return set(session.scalars(query))


def _undone(session: Session) -> Sequence[int]:
    return session.scalars(select(Import.id).where(Import.undone_at.is_not(None))).all()


def _undo_enterprises(
    session: Session, row: Import, rows: Sequence[ImportRow], done: Counter[str]
) -> None:
    added = [one for one in rows if one.outcome is RowOutcome.ADDED]
    used = _in_use(session, [one.enterprise_id for one in added if one.enterprise_id], row)
    gone = [
        one.enterprise_id for one in added if one.enterprise_id and one.enterprise_id not in used
    ]
    for one in rows:
        if one.outcome is RowOutcome.ADDED:
            if one.enterprise_id in used:
                _keep(one, done)
            else:
                done["undone"] += 1
            continue
        enterprise = session.get(Enterprise, one.enterprise_id) if one.enterprise_id else None
        if enterprise is not None and not one.before:
            _keep(one, done)
            continue
        if enterprise is not None:
            restore_enterprise(session, one, enterprise)
        done["undone"] += 1
    session.flush()
    _drop_enterprises(session, gone)


def _in_use(session: Session, ids: Collection[int], row: Import) -> set[int]:
    """Those of the enterprises that have contacts, or about which anything was written since."""
    of = Enterprise.id
    signs = (
        exists().where(Subscriber.enterprise_id == of),
        exists().where(
            Audit.subject == cast(of, String),
            Audit.action.startswith("enterprise."),
            Audit.action != "enterprises.import",
            Audit.at >= row.at,
        ),
        exists().where(
            ImportRow.enterprise_id == of,
            ImportRow.import_id.not_in([row.id, *_undone(session)]),
            ImportRow.outcome == RowOutcome.CHANGED,
        ),
    )
    query = select(of).where(of.in_(ids), or_(*(sign.correlate(Enterprise) for sign in signs)))
    return set(session.scalars(query))


def _drop_enterprises(session: Session, ids: Collection[int]) -> None:
    """SQLite may give their numbers to others, so nothing that is kept may name them."""
    theirs = delete(EnterpriseInterest).where(EnterpriseInterest.enterprise_id.in_(ids))
    session.execute(theirs, execution_options=_UNSEEN)
    session.execute(delete(Enterprise).where(Enterprise.id.in_(ids)), execution_options=_UNSEEN)
    rows = update(ImportRow).where(ImportRow.enterprise_id.in_(ids)).values(enterprise_id=None)
    session.execute(rows, execution_options=_UNSEEN)


def _drop_empty_enterprises(session: Session, row: Import) -> None:
    """Enterprises that came with a list of contacts and have none left."""
    query = select(ImportRow.enterprise_id).where(
        ImportRow.import_id == row.id, ImportRow.enterprise_id.is_not(None)
    )
    came = sorted({number for number in session.scalars(query) if number})
    for start in range(0, len(came), _SLICE):
        some = came[start : start + _SLICE]
        _drop_enterprises(session, sorted(set(some) - _in_use(session, some, row)))


def _keep(one: ImportRow, done: Counter[str]) -> None:
    one.reason = without_addresses("；".join(filter(None, (one.reason, _IN_USE))))
    done["kept"] += 1
