"""SQL of the member enterprises: what they are, what their contacts get by default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience.credit_code import InvalidCreditCode, read_credit_code
from distribution.audience.store.locking import join_audience, lock_enterprise
from distribution.audience.wording import name_key, tidy
from distribution.db import upsert
from distribution.errors import DistributionError, NotFound, Refused
from distribution.models import Enterprise, EnterpriseInterest, Topic

_SHOWN = 5
_SEARCH = "distribution enterprise list --search 可按名称的一部分查找"


class AlreadyAMember(Refused):
    """Raised when a name or code that is to be an enterprise's is another's already."""

    def __init__(self, what: str, other: str) -> None:
        self.what, self.other = what, other
        super().__init__(
            f"{what} 已属于「{other}」：没有改动；查看请用 distribution enterprise show"
        )


class EndsBeforeItBegins(DistributionError):
    """Raised for a membership whose last day comes before its first."""

    def __init__(self, since: date, until: date) -> None:
        self.since, self.until = since, until
        super().__init__(f"会籍到期 {until} 早于入会日期 {since}：没有改动，请核对日期")


class AmbiguousName(NotFound):
    """Raised when a part of a name is part of several."""

    def __init__(self, given: str, names: Sequence[str]) -> None:
        self.given, self.names = given, tuple(names)
        shown = "、".join(names[:_SHOWN]) + ("……" if len(names) > _SHOWN else "")
        super().__init__("唯一的单位", given, f"符合的有 {shown}，请写得更全")


@dataclass(frozen=True, slots=True)
class EnterpriseChanges:
    """What an admin sets about an enterprise; None leaves a thing as it is."""

    name: str | None = None
    short_name: str | None = None
    credit_code: str | None = None
    region: str | None = None
    industry: str | None = None
    member_since: date | None = None
    member_until: date | None = None
    notes: str | None = None
    topics: tuple[str, ...] | None = None
    endless: bool = False
    """Its membership has no end; what `member_until` says does not matter then."""


def ensure_enterprise(
    session: Session, name: str, *, at: datetime, region: str = "", industry: str = ""
) -> Enterprise:
    """The enterprise of this name, however it is spelt, added where it is new."""
    name = tidy("单位名称", name, longest=200)
    join_audience(session)
    known = select(Enterprise).where(Enterprise.name_key == name_key(name))
    row = session.scalar(known)
    if row is None:
        insert = upsert(session, Enterprise).values(
            name=name, name_key=name_key(name), region=region, industry=industry, created_at=at
        )
        session.execute(insert.on_conflict_do_nothing())
        row = session.scalars(known).one()
    return row


def add_enterprise(session: Session, changes: EnterpriseChanges, *, at: datetime) -> Enterprise:
    """A new enterprise; AlreadyAMember where its name or code is taken."""
    name = tidy("单位名称", changes.name or "", longest=200)
    join_audience(session)
    insert = upsert(session, Enterprise).values(name=name, name_key=name_key(name), created_at=at)
    row: Enterprise | None = session.scalar(insert.on_conflict_do_nothing().returning(Enterprise))
    if row is None:
        other = session.scalars(select(Enterprise).where(Enterprise.name_key == name_key(name)))
        raise AlreadyAMember(name, other.one().name)
    change_enterprise(session, row, changes)
    return row


def change_enterprise(
    session: Session, row: Enterprise, changes: EnterpriseChanges
) -> dict[str, tuple[Any, Any]]:
    """Set what is named; returns what differed: field to (before, after)."""
    lock_enterprise(session, row.id)
    session.refresh(row)
    wanted = _wanted(changes)
    if "name" in wanted:
        wanted["name_key"] = name_key(wanted["name"])
        _free(session, row, "name_key", wanted["name_key"], wanted["name"])
    if wanted.get("credit_code"):
        _free(session, row, "credit_code", wanted["credit_code"], wanted["credit_code"])
    since = wanted.get("member_since", row.member_since)
    until = wanted.get("member_until", row.member_until)
    if since is not None and until is not None and until < since:
        raise EndsBeforeItBegins(since, until)
    changed = {
        field: (getattr(row, field), value)
        for field, value in wanted.items()
        if getattr(row, field) != value
    }
    for field, (_, value) in changed.items():
        setattr(row, field, value)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else has taken the name or code since we asked
        raise AlreadyAMember(changes.name or changes.credit_code or row.name, "另一家") from error
    if changes.topics is not None:
        before = enterprise_topics(session, row)
        set_enterprise_topics(session, row, changes.topics)
        if (after := enterprise_topics(session, row)) != before:
            changed["topics"] = (list(before), list(after))
    changed.pop("name_key", None)
    return changed


def _wanted(changes: EnterpriseChanges) -> dict[str, Any]:
    """What is to be set, column by column, each value tidy."""
    wanted: dict[str, Any] = {}
    for field, kind, longest in (
        ("name", "单位名称", 200),
        ("short_name", "简称", 40),
        ("notes", "备注", 2000),
    ):
        given: str | None = getattr(changes, field)
        if given is not None:
            empty = field != "name" and not given.strip()
            wanted[field] = "" if empty else tidy(kind, given, longest=longest)
    for field in ("region", "industry", "member_since", "member_until"):
        if (value := getattr(changes, field)) is not None:
            wanted[field] = value
    if changes.credit_code is not None:
        wanted["credit_code"] = changes.credit_code or None
    if changes.endless:
        wanted["member_until"] = None
    return wanted


def suspend(session: Session, row: Enterprise, *, at: datetime | None) -> bool:
    """Suspend a membership from `at` on, or (None) go on with it; False where it was so."""
    lock_enterprise(session, row.id)
    session.refresh(row)
    if (row.suspended_at is None) == (at is None):
        return False
    row.suspended_at = at
    session.flush()
    return True


def find_enterprise(session: Session, given: str) -> Enterprise:
    """The enterprise a person means: by name, short name, code, or a part only its name has.

    Raises NotFound, and AmbiguousName where a part of a name is part of several.
    """
    key = name_key(given)
    if not key:
        raise NotFound("单位", repr(given), _SEARCH)
    query = select(Enterprise).where(or_(Enterprise.name_key == key, _has_code(given)))
    row = session.scalar(query)
    if row is not None:
        return row
    short = select(Enterprise).where(Enterprise.short_name == given.strip())
    part = select(Enterprise).where(Enterprise.name_key.contains(key, autoescape=True))
    found: Sequence[Enterprise] = session.scalars(short.limit(_SHOWN + 1)).all()
    if not found:
        found = session.scalars(part.order_by(Enterprise.id).limit(_SHOWN + 1)).all()
    if not found:
        raise NotFound("单位", given, _SEARCH)
    if len(found) > 1:
        raise AmbiguousName(given, [one.name for one in found])
    return found[0]


def _has_code(given: str) -> Any:  # noqa: ANN401 - a condition
    try:
        return Enterprise.credit_code == read_credit_code(given)
    except InvalidCreditCode:
        return Enterprise.id.is_(None)


def _free(session: Session, row: Enterprise, field: str, value: str, shown: str) -> None:
    query = select(Enterprise).where(getattr(Enterprise, field) == value, Enterprise.id != row.id)
    other = session.scalar(query)
    if other is not None:
        raise AlreadyAMember(shown, other.name)


def set_enterprise_topics(session: Session, row: Enterprise, topic_names: Sequence[str]) -> None:
    """Replace what its contacts get who chose nothing themselves."""
    chosen = topics.resolve(session, topic_names, lock=True)  # nobody merges them meanwhile
    session.execute(delete(EnterpriseInterest).where(EnterpriseInterest.enterprise_id == row.id))
    for position, topic in enumerate(chosen):
        session.add(EnterpriseInterest(enterprise_id=row.id, topic_id=topic.id, position=position))
    session.flush()


def enterprise_topics(session: Session, row: Enterprise) -> tuple[str, ...]:
    """Codes of what its contacts get who chose nothing themselves, in order."""
    query = (
        select(Topic.code)
        .join(EnterpriseInterest, EnterpriseInterest.topic_id == Topic.id)
        .where(EnterpriseInterest.enterprise_id == row.id)
        .order_by(EnterpriseInterest.position)
    )
    return tuple(session.scalars(query))
