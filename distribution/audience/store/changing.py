"""SQL of what befalls a contact: a new address or enterprise, a pause, leaving, a successor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from distribution.audience.address import EmailAddress
from distribution.audience.store.contacts import (
    AddressHasher,
    AlreadySubscribed,
    Wishes,
    require_held,
    set_interests,
    spellings,
    topics_of_reader,
    words_of_reader,
)
from distribution.audience.store.locking import lock_subscriber
from distribution.audience.store.roles import require_free
from distribution.audience.store.suppression import is_suppressed
from distribution.audience.wording import tidy
from distribution.errors import Refused
from distribution.models import Enterprise, Subscriber
from distribution.words import Role

_SPELLINGS = frozenset({"email", "email_key", "address_hash", "domain"})
"""The columns of an address; an audit row names none of them."""


class HisOwnSuccessor(Refused):
    """Raised when somebody is to be replaced by himself."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} 不能由本人接替：没有改动，请写出接替者的邮箱")


@dataclass(frozen=True, slots=True)
class ContactChanges:
    """What an admin sets about a contact; None leaves a thing as it is."""

    name: str | None = None
    phone: str | None = None
    role: Role | None = None
    enterprise: Enterprise | None = None
    independent: bool = False
    """He belongs to no enterprise any more."""
    address: EmailAddress | None = None


def change_contact(
    session: Session, row: Subscriber, changes: ContactChanges, hasher: AddressHasher
) -> dict[str, tuple[Any, Any]]:
    """Set what is named; returns what differed: field to (before, after), no address among it.

    Raises AlreadySubscribed, LiaisonTaken, Erased. A suppressed address does not bar a new one.
    """
    lock_subscriber(session, row.id)
    session.refresh(row)
    require_held(row)
    wanted = _wanted(row, changes)
    role = wanted.get("role", row.role)
    home = changes.enterprise or (
        session.get(Enterprise, row.enterprise_id) if row.enterprise_id else None
    )
    departed = wanted.get("departed_at", row.departed_at)
    if home is not None and not changes.independent and departed is None:
        require_free(session, home, role, but=row.id)
    if changes.address is not None:
        _require_unused(session, row, changes.address)
        wanted |= spellings(changes.address, hasher)
    changed = {
        field: (getattr(row, field), value)
        for field, value in wanted.items()
        if getattr(row, field) != value
    }
    for field, (_, value) in changed.items():
        setattr(row, field, value)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else has taken the address since we asked
        if changes.address is None:
            raise
        raise AlreadySubscribed(changes.address.written) from error
    if "email" in changed or "email_key" in changed:
        changed["address"] = ("…", "…")  # what an audit row may say of it
    return {field: pair for field, pair in changed.items() if field not in _SPELLINGS}


def _wanted(row: Subscriber, changes: ContactChanges) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if changes.name is not None:
        wanted["name"] = tidy("姓名", changes.name, longest=100)
    if changes.phone is not None:
        wanted["phone"] = tidy("电话", changes.phone, longest=40) if changes.phone.strip() else ""
    if changes.role is not None:
        wanted["role"] = changes.role
    if changes.independent:
        wanted["enterprise_id"] = None
    elif changes.enterprise is not None:
        wanted["enterprise_id"] = changes.enterprise.id
        if changes.enterprise.id != row.enterprise_id and row.departed_at is not None:
            wanted["departed_at"] = None  # he has arrived elsewhere
    return wanted


def is_free(session: Session, address: EmailAddress, hasher: AddressHasher) -> bool:
    """Whether an address can become a reader's: it is nobody's yet, and in use."""
    taken = select(Subscriber.id).where(Subscriber.email_key == address.key)
    suppressed = is_suppressed(session, address.key, hasher(address.key))
    return not suppressed and session.scalar(taken) is None


def _require_unused(session: Session, row: Subscriber, address: EmailAddress) -> None:
    query = select(Subscriber.id).where(
        Subscriber.email_key == address.key, Subscriber.id != row.id
    )
    if session.scalar(query) is not None:
        raise AlreadySubscribed(address.written)


def pause(session: Session, row: Subscriber, until: datetime | None) -> bool:
    """Send nothing to a reader until then; None ends a pause. False where it was so."""
    lock_subscriber(session, row.id)
    session.refresh(row)
    require_held(row)
    if row.paused_until == until:
        return False
    row.paused_until = until
    session.flush()
    return True


def depart(session: Session, row: Subscriber, *, at: datetime | None) -> bool:
    """A contact has left his enterprise, or (None) is back; False where it was so.

    What he was and got stays; mail to him stops. LiaisonTaken where another took his place.
    """
    lock_subscriber(session, row.id)
    session.refresh(row)
    require_held(row)
    if (row.departed_at is None) == (at is None):
        return False
    if at is None and row.enterprise_id is not None:
        home = session.get_one(Enterprise, row.enterprise_id)
        require_free(session, home, row.role, but=row.id)
    row.departed_at = at
    session.flush()
    return True


def succeed(session: Session, old: Subscriber, new: Subscriber, *, by: str, at: datetime) -> None:
    """Let `new` take the place of `old`: his enterprise, role and, where he has none, wishes.

    Raises HisOwnSuccessor, Erased, and LiaisonTaken where somebody else has taken it already.
    """
    if old.id == new.id:
        raise HisOwnSuccessor(old.email)
    depart(session, old, at=at)
    lock_subscriber(session, new.id)
    session.refresh(new)
    require_held(new)
    if old.enterprise_id is not None:
        home = session.get_one(Enterprise, old.enterprise_id)
        require_free(session, home, old.role, but=new.id)
    new.enterprise_id, new.role, new.departed_at = old.enterprise_id, old.role, None
    session.flush()
    if topics_of_reader(session, new.id) or words_of_reader(session, new.id):
        return
    inherited = Wishes(
        topics=topics_of_reader(session, old.id),
        watch_words=words_of_reader(session, old.id),
        edition=old.edition,
        frequency=old.frequency,
        format=old.format,
    )
    set_interests(session, new, inherited, by=by)
