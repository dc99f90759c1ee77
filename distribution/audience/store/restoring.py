"""SQL of giving back what an import changed, as far as it is still as the import left it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.audience.store.consent import Statement, channel_of, record_consent
from distribution.audience.store.contacts import topics_of_reader, words_of_reader
from distribution.audience.store.enterprises import enterprise_topics, set_enterprise_topics
from distribution.audience.store.roles import holders
from distribution.audience.wording import name_key
from distribution.models import (
    ConsentEvent,
    Enterprise,
    Import,
    ImportRow,
    Interest,
    Subscriber,
    Topic,
    WatchWord,
)
from distribution.words import Decision, Purpose, Role, RowOutcome

UNDO = "undo"
"""The channel of what voids what a file said."""
_UNSEEN = {"synchronize_session": False}
_INSTANTS, _DAYS = ("paused_until",), ("member_since", "member_until")


def restore_contact(
    session: Session, row: Import, one: ImportRow, contact: Subscriber, *, by: str, at: datetime
) -> None:
    """Give back what is still as the import left it."""
    before, after = one.before, one.after
    for column in set(after) - {"topics", "watch_words", "enterprise_id", "role"}:
        if column in before and _is(contact, column, after):
            setattr(contact, column, _value(contact, column, before[column]))
    home, role = contact.enterprise_id, contact.role
    if _is(contact, "enterprise_id", after) and _is_there(session, before["enterprise_id"]):
        home = before["enterprise_id"]
    if _is(contact, "role", after):
        role = Role(before["role"])
    if role is Role.LIAISON and not _has_no_liaison(session, contact, home):
        role = Role.OTHER if contact.role is Role.LIAISON else contact.role
    contact.enterprise_id, contact.role = home, role
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
    _unsay(session, row, contact, by=by, at=at)
    session.flush()


def _unsay(session: Session, row: Import, contact: Subscriber, *, by: str, at: datetime) -> None:
    """What the file said for him was a mistake where it is still the last word.

    What was said before counts again, unless it came with a file that was taken back as well.
    """
    query = select(ConsentEvent).where(
        ConsentEvent.subscriber_id == contact.id, ConsentEvent.decision != Decision.REQUESTED
    )
    said: dict[Purpose, list[ConsentEvent]] = {}
    for event in session.scalars(query.order_by(ConsentEvent.id)):
        said.setdefault(event.purpose, []).append(event)
    for purpose, events in said.items():
        if events[-1].channel != channel_of(row.id):
            continue
        mistakes = {channel_of(number) for number in (row.id, *_taken_back(session, contact))}
        before = [event for event in events if event.channel not in mistakes]
        again = Statement(Decision.VOIDED, f"撤销导入 {row.id}", channel=UNDO, purpose=purpose)
        if before and before[-1].decision is not Decision.VOIDED:
            last = before[-1]
            again = Statement(last.decision, last.wording, last.channel, purpose)
        record_consent(session, contact.id, again, by=by, at=at)


def _taken_back(session: Session, contact: Subscriber) -> Sequence[int]:
    """Imports that had changed him."""
    query = (
        select(Import.id)
        .join(ImportRow, ImportRow.import_id == Import.id)
        .where(
            ImportRow.subscriber_id == contact.id,
            ImportRow.outcome == RowOutcome.CHANGED,
            Import.undone_at.is_not(None),
        )
    )
    return session.scalars(query).all()


def restore_enterprise(session: Session, one: ImportRow, enterprise: Enterprise) -> None:
    """Give back what is still as the import left it; not a name or code that another has now."""
    before, after = one.before, one.after
    for column in set(after) - {"topics"}:
        if _is(enterprise, column, after) and _is_free(session, enterprise, column, before[column]):
            setattr(enterprise, column, _value(enterprise, column, before[column]))
    enterprise.name_key = name_key(enterprise.name)
    session.flush()
    if "topics" in after and list(enterprise_topics(session, enterprise)) == after["topics"]:
        set_enterprise_topics(session, enterprise, before["topics"])


def _is_free(session: Session, enterprise: Enterprise, column: str, value: str | None) -> bool:
    if value is None or column not in ("name", "credit_code"):
        return True
    taken = {
        "name": or_(Enterprise.name == value, Enterprise.name_key == name_key(value)),
        "credit_code": Enterprise.credit_code == value,
    }[column]
    others = select(Enterprise.id).where(taken, Enterprise.id != enterprise.id)
    with session.no_autoflush:
        return session.scalar(others.limit(1)) is None


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


def _is_there(session: Session, enterprise_id: int | None) -> bool:
    """It may have come with a list that was taken back since."""
    return enterprise_id is None or session.get(Enterprise, enterprise_id) is not None


def _has_no_liaison(session: Session, contact: Subscriber, enterprise_id: int | None) -> bool:
    """None but him."""
    if enterprise_id is None or contact.departed_at is not None:
        return True
    return all(one.id == contact.id for one in holders(session, enterprise_id, Role.LIAISON))


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
