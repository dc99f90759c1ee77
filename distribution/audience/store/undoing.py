"""SQL of taking an import back: what it added goes, what it changed returns; not what lives on."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, cast, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution import audit
from distribution.audience.importing.verdicts import without_addresses
from distribution.audience.store.consent import Statement, record_consent
from distribution.audience.store.contacts import topics_of_reader, words_of_reader
from distribution.audience.store.enterprises import enterprise_topics, set_enterprise_topics
from distribution.audience.store.roles import LiaisonTaken, require_free
from distribution.audience.store.writing import hold_audience
from distribution.audience.wording import name_key
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
    PrivacyRequest,
    Subscriber,
    Topic,
    WatchWord,
)
from distribution.words import Decision, ImportKind, Role, RowOutcome

_SLICE = 1_000
_UNSEEN = {"synchronize_session": False}
_INSTANTS, _DAYS = ("paused_until",), ("member_since", "member_until")
_IN_USE = "之后已有投递、本人操作或另外的修改，保留"


class NotUndoable(Refused):
    """Raised for an import that was undone before, or whose former values are kept no longer."""

    def __init__(self, import_id: int, why: str) -> None:
        self.import_id = import_id
        super().__init__(f"导入 {import_id} {why}：没有改动")


def undo(session: Session, row: Import, *, by: str, at: datetime) -> Counter[str]:
    """Take an import back, in this one transaction; returns so many "undone" and "kept".

    Whoever got mail since, said something himself, or was changed by hand, stays as he is.
    """
    if row.undone_at is not None:
        raise NotUndoable(row.id, "已经撤销过")
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
    added = {one.subscriber_id: one for one in rows if one.outcome is RowOutcome.ADDED}
    touched = _touched(session, row, [number for number in added if number is not None])
    gone = [number for number in added if number is not None and number not in touched]
    for table in (Interest, WatchWord, ConsentEvent):
        theirs = delete(table).where(table.subscriber_id.in_(gone))
        session.execute(theirs, execution_options=_UNSEEN)
    session.execute(delete(Subscriber).where(Subscriber.id.in_(gone)), execution_options=_UNSEEN)
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
                _restore_contact(session, row, one, contact, by=by, at=at)
                done["undone"] += 1


def _touched(session: Session, row: Import, ids: Collection[int]) -> set[int]:
    """Those of the added contacts about whom anything else has been written since."""
    channel = f"import-{row.id}"
    of = Subscriber.id
    signs = (
        exists().where(Delivery.subscriber_id == of),
        exists().where(ConsentEvent.subscriber_id == of, ConsentEvent.channel != channel),
        exists().where(
            Audit.subject == cast(of, String),
            or_(Audit.action.startswith("subscriber."), Audit.action.startswith("reader.")),
            Audit.at >= row.at,
        ),
        exists().where(
            ImportRow.subscriber_id == of,
            ImportRow.import_id != row.id,
            ImportRow.outcome == RowOutcome.CHANGED,
        ),
        exists().where(PrivacyRequest.subscriber_id == of),
    )
    query = select(Subscriber.id).where(
        of.in_(ids), or_(*(sign.correlate(Subscriber) for sign in signs))
    )
    return set(session.scalars(query))


def _restore_contact(
    session: Session, row: Import, one: ImportRow, contact: Subscriber, *, by: str, at: datetime
) -> None:
    """Give back what is still as the import left it."""
    before, after = one.before, one.after
    if "enterprise_id" in before and contact.enterprise_id != before["enterprise_id"]:
        contact.enterprise_id = before["enterprise_id"]
    if _is(contact, "role", after) and not _role_is_free(session, contact, before["role"]):
        before = {name: value for name, value in before.items() if name != "role"}
    for column in set(after) - {"topics", "watch_words"}:
        if column in before and _is(contact, column, after):
            setattr(contact, column, _value(contact, column, before[column]))
    session.flush()
    if "topics" in after and list(topics_of_reader(session, contact.id)) == after["topics"]:
        _put_topics(session, Interest, Interest.subscriber_id, contact.id, before["topics"])
        contact.interests_by = before["interests_by"]
    if (
        "watch_words" in after
        and list(words_of_reader(session, contact.id)) == after["watch_words"]
    ):
        theirs = delete(WatchWord).where(WatchWord.subscriber_id == contact.id)
        session.execute(theirs, execution_options=_UNSEEN)
        session.add_all(
            WatchWord(subscriber_id=contact.id, word=word, position=position)
            for position, word in enumerate(before["watch_words"])
        )
        contact.interests_by = before["interests_by"]
    _void(session, row, contact, by=by, at=at)
    session.flush()


def _void(session: Session, row: Import, contact: Subscriber, *, by: str, at: datetime) -> None:
    """What the file said for him was a mistake, where it is still the last word."""
    query = select(ConsentEvent).where(ConsentEvent.subscriber_id == contact.id)
    last = {event.purpose: event for event in session.scalars(query.order_by(ConsentEvent.id))}
    for purpose, event in last.items():
        if event.channel == f"import-{row.id}":
            wording = f"撤销导入 {row.id}"
            said = Statement(Decision.VOIDED, wording, channel="undo", purpose=purpose)
            record_consent(session, contact.id, said, by=by, at=at)


def _undo_enterprises(
    session: Session, row: Import, rows: Sequence[ImportRow], done: Counter[str]
) -> None:
    for one in rows:
        enterprise = session.get(Enterprise, one.enterprise_id) if one.enterprise_id else None
        if enterprise is None:
            done["undone"] += 1
        elif one.outcome is RowOutcome.CHANGED and not one.before:
            _keep(one, done)
        elif one.outcome is RowOutcome.CHANGED:
            _restore_enterprise(session, one, enterprise)
            done["undone"] += 1
        elif _enterprise_is_used(session, enterprise, row):
            _keep(one, done)
        else:
            _drop_enterprise(session, enterprise.id)
            done["undone"] += 1


def _restore_enterprise(session: Session, one: ImportRow, enterprise: Enterprise) -> None:
    before, after = one.before, one.after
    for column in set(after) - {"topics"}:
        if _is(enterprise, column, after):
            setattr(enterprise, column, _value(enterprise, column, before[column]))
    enterprise.name_key = name_key(enterprise.name)
    session.flush()
    if "topics" in after and list(enterprise_topics(session, enterprise)) == after["topics"]:
        set_enterprise_topics(session, enterprise, before["topics"])


def _enterprise_is_used(session: Session, enterprise: Enterprise, row: Import) -> bool:
    contacts = select(Subscriber.id).where(Subscriber.enterprise_id == enterprise.id).limit(1)
    changed = select(Audit.id).where(
        Audit.subject == str(enterprise.id),
        Audit.action.startswith("enterprise."),
        Audit.action != "enterprises.import",
        Audit.at >= row.at,
    )
    again = select(ImportRow.line).where(
        ImportRow.enterprise_id == enterprise.id,
        ImportRow.import_id != row.id,
        ImportRow.outcome == RowOutcome.CHANGED,
    )
    return any(session.scalar(query.limit(1)) is not None for query in (contacts, changed, again))


def _drop_enterprise(session: Session, enterprise_id: int) -> None:
    theirs = delete(EnterpriseInterest).where(EnterpriseInterest.enterprise_id == enterprise_id)
    session.execute(theirs, execution_options=_UNSEEN)
    row = delete(Enterprise).where(Enterprise.id == enterprise_id)
    session.execute(row, execution_options=_UNSEEN)


def _drop_empty_enterprises(session: Session, row: Import) -> None:
    """Enterprises that came with a list of contacts and have none left."""
    query = select(ImportRow.enterprise_id).where(
        ImportRow.import_id == row.id, ImportRow.enterprise_id.is_not(None)
    )
    for number in set(session.scalars(query)):
        enterprise = session.get(Enterprise, number) if number else None
        if enterprise is not None and not _enterprise_is_used(session, enterprise, row):
            _drop_enterprise(session, enterprise.id)


def _put_topics(
    session: Session,
    table: type[Interest],
    owner: InstrumentedAttribute[int],
    owner_id: int,
    codes: Sequence[str],
) -> None:
    session.execute(delete(table).where(owner == owner_id), execution_options=_UNSEEN)
    query = select(Topic.code, Topic.id).where(
        and_(Topic.code.in_(codes), Topic.merged_into.is_(None))
    )
    numbers = {code: number for code, number in session.execute(query)}  # noqa: C416 - rows are no pairs
    session.add_all(
        table(subscriber_id=owner_id, topic_id=numbers[code], position=position)
        for position, code in enumerate(codes)
        if code in numbers
    )


def _role_is_free(session: Session, contact: Subscriber, role: str) -> bool:
    if role != Role.LIAISON.value or contact.enterprise_id is None or contact.departed_at:
        return True
    home = session.get_one(Enterprise, contact.enterprise_id)
    try:
        require_free(session, home, Role.LIAISON, but=contact.id)
    except LiaisonTaken:
        return False
    return True


def _keep(one: ImportRow, done: Counter[str]) -> None:
    one.reason = without_addresses("；".join(filter(None, (one.reason, _IN_USE))))
    done["kept"] += 1


def _is(row: object, column: str, after: dict[str, Any]) -> bool:
    value = getattr(row, column)
    plain = value.isoformat() if isinstance(value, date | datetime) else value
    return column in after and getattr(plain, "value", plain) == after[column]


def _value(row: object, column: str, stored: Any) -> Any:  # noqa: ANN401 - what JSON holds
    if stored is None:
        return None
    if column in _INSTANTS:
        return datetime.fromisoformat(stored)
    if column in _DAYS:
        return date.fromisoformat(stored)
    kind = type(getattr(row, column))
    return kind(stored) if hasattr(kind, "label") or issubclass(kind, str) else stored
