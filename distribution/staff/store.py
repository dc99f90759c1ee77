"""SQL of the office: who is there, who comes, changes and leaves; each change is in the trail."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audit
from distribution.db import upsert
from distribution.errors import NotFound
from distribution.models import Audit, Staff
from distribution.staff.people import (
    AddressTaken,
    Mailbox,
    MayNotApprove,
    NameTaken,
    NoRole,
    NotOnStaff,
    Person,
)
from distribution.words import StaffRole

_CHANGED = "staff.change"
"""Among them are the renamings: what the trail says of somebody before bears his former name."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different about somebody; None leaves it."""

    name: str | None = None
    address: Mailbox | None = None
    roles: Collection[StaffRole] | None = None
    """All of them, not those besides the ones he has."""


def people(session: Session, *, left: bool = False) -> Sequence[Person]:
    """Who works in the office, by name; with `left` also those who did."""
    query = select(Staff).order_by(Staff.name)
    rows = session.scalars(query if left else query.where(Staff.left_at.is_(None)))
    return [_person(row) for row in rows]


def working(session: Session, *roles: StaffRole) -> Sequence[Person]:
    """Who works in the office in one of these roles, by name."""
    return [one for one in people(session) if not set(roles).isdisjoint(one.roles)]


def find(session: Session, name: str) -> Person:
    """Somebody by his name, whether he has left or not; NotFound names those there are."""
    return _person(_row(session, name))


def find_by_address(session: Session, email_key: str) -> Person | None:
    """Who works in the office and is reached there."""
    query = select(Staff).where(Staff.email_key == email_key, Staff.left_at.is_(None))
    row = session.scalar(query)
    return _person(row) if row else None


def called_now(session: Session, name: str, since: datetime) -> str:
    """What somebody is called now whom the trail called so at that time; his former name is free.

    Whoever was never renamed, or is on no list, is called what he was.
    """
    last = 0
    while True:
        later = (Audit.subject == name, Audit.action == _CHANGED, Audit.at >= since)
        query = select(Audit.id, Audit.detail).where(*later, Audit.id > last).order_by(Audit.id)
        renamed = next((row for row in session.execute(query) if "name" in row[1]), None)
        if renamed is None:
            return name
        last, name = renamed[0], str(renamed[1]["name"])


def require_approver(session: Session, name: str) -> None:
    """Raise NotOnStaff or MayNotApprove where somebody's word lets no issue go out.

    While nobody was ever entered, anybody's does: an office of one needs no list of itself.
    """
    if session.scalar(select(Staff.id).limit(1)) is None:
        return
    row = session.scalar(select(Staff).where(Staff.name == name))
    if row is None or row.left_at is not None:
        raise NotOnStaff(name, row.left_at if row else None)
    person = _person(row)
    if not person.approves:
        raise MayNotApprove(person)


def add(
    session: Session,
    name: str,
    address: Mailbox,
    roles: Collection[StaffRole],
    *,
    by: str,
    at: datetime,
) -> Person:
    """Enter somebody, or take back who has left; `name` is tidy.

    Raises NoRole, NameTaken, AddressTaken.
    """
    chosen = _roles(name, roles)
    _refuse_taken(session, address, but=name)
    new = upsert(session, Staff).values(
        name=name, email=address.written, email_key=address.key, roles=chosen,
        added_at=at, added_by=by,
    )  # fmt: skip
    added = session.scalar(new.on_conflict_do_nothing().returning(Staff.id)) is not None
    if not added:  # perhaps by who came with this address in the same moment
        _refuse_taken(session, address, but=name)
    row = _row(session, name, lock=True)
    if not added:
        if row.left_at is None:
            raise NameTaken(name)
        row.email, row.email_key, row.roles = address.written, address.key, chosen
        row.left_at = None
        session.flush()
    audit.record(session, "staff.add", name, by=by, at=at, roles=chosen, back=not added)
    return _person(row)


def change(session: Session, name: str, changes: Changes, *, by: str, at: datetime) -> list[str]:
    """Change what is to be different; returns the names of the facts that are new.

    Raises NotFound, NoRole, NameTaken, AddressTaken.
    """
    row = _row(session, name, lock=True)
    old = (row.name, row.email, row.roles)
    if changes.name is not None and changes.name != row.name:
        if session.scalar(select(Staff.id).where(Staff.name == changes.name)) is not None:
            raise NameTaken(changes.name)
        row.name = changes.name
    if changes.address is not None:
        _refuse_taken(session, changes.address, but=name)
        row.email, row.email_key = changes.address.written, changes.address.key
    if changes.roles is not None:
        row.roles = _roles(name, changes.roles)
    now = zip(("name", "email", "roles"), old, (row.name, row.email, row.roles), strict=True)
    new = [fact for fact, before, after in now if before != after]
    if new:
        session.flush()
        more = {"roles": row.roles} | ({"name": row.name} if "name" in new else {})
        audit.record(session, _CHANGED, name, by=by, at=at, changed=new, **more)
    return new


def leave(session: Session, name: str, *, by: str, at: datetime) -> bool:
    """Somebody works here no more: kept for the trail, told nothing; False where he has left."""
    row = _row(session, name, lock=True)
    if row.left_at is not None:
        return False
    row.left_at = at
    audit.record(session, "staff.leave", name, by=by, at=at)
    return True


def _row(session: Session, name: str, *, lock: bool = False) -> Staff:
    query = select(Staff).where(Staff.name == name)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        known = "、".join(one.name for one in people(session))
        hint = f"现有 {known}" if known else "还没有，用 distribution staff add 新增"
        raise NotFound("人员", name, hint)
    return row


def _refuse_taken(session: Session, address: Mailbox, *, but: str) -> None:
    query = select(Staff.name).where(Staff.email_key == address.key, Staff.name != but)
    holder = session.scalar(query)
    if holder is not None:
        raise AddressTaken(holder, address.written)


def _roles(name: str, roles: Collection[StaffRole]) -> list[str]:
    """Codes, each once, in the order of the words; raises NoRole."""
    chosen = [role.value for role in StaffRole if role in roles]
    if not chosen:
        raise NoRole(name)
    return chosen


def _person(row: Staff) -> Person:
    roles = tuple(StaffRole(code) for code in row.roles)
    return Person(
        row.name, row.email, row.email_key, roles, row.added_at, row.added_by, row.left_at
    )
