"""SQL of what is typed on the web: kept per address until its owner has said yes.

It is no contact: nobody finds it in a list, no import meets it, and no mail but the one letter
that asks comes of it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience.address import read_address
from distribution.audience.store.contacts import AddressHasher, NewSubscriber
from distribution.audience.store.members import member_named
from distribution.audience.wording import tidy
from distribution.db import upsert
from distribution.models import SignUp
from distribution.topics import UnknownTopic
from distribution.words import Role


def sign_up(session: Session, new: NewSubscriber, hasher: AddressHasher, *, at: datetime) -> None:
    """Keep what was typed, whoever's address it is; what was typed for it before is replaced."""
    wishes = {
        "name": tidy("姓名", new.name, longest=100),
        "role": new.role.value,
        "enterprise": new.enterprise,
        "topics": list(new.topics),
    }
    typed = {"email": new.address.written, "wishes": wishes, "asked_at": at, "answered_at": None}
    insert = upsert(session, SignUp).values(address_hash=hasher(new.address.key), **typed)
    session.execute(insert.on_conflict_do_update(index_elements=["address_hash"], set_=typed))


def wanted(session: Session, row: SignUp) -> NewSubscriber:
    """What was typed, as far as it still holds: members and topics may be gone since."""
    typed = row.wishes
    return NewSubscriber(
        address=read_address(row.email),
        name=typed["name"],
        enterprise=member_named(session, typed["enterprise"]) or "",
        role=Role(typed["role"]),
        topics=_known(session, typed["topics"]),
    )


def _known(session: Session, codes: Sequence[str]) -> tuple[str, ...]:
    found = []
    for code in codes:
        try:
            found += topics.resolve(session, [code])
        except UnknownTopic:
            continue
    return tuple(dict.fromkeys(topic.code for topic in found))


def take_unanswered(session: Session) -> SignUp | None:
    """The oldest that waits for its answer and that nobody else is answering."""
    query = select(SignUp).where(SignUp.answered_at.is_(None)).order_by(SignUp.asked_at)
    return session.scalar(query.limit(1).with_for_update(skip_locked=True))


def sign_ups_due(session: Session) -> bool:
    """Whether any waits for its answer."""
    return bool(session.scalar(select(exists().where(SignUp.answered_at.is_(None)))))


def find_sign_up(session: Session, address_hash: str, *, lock: bool = False) -> SignUp | None:
    """What was typed for an address; None once it is confirmed, withdrawn or forgotten."""
    query = select(SignUp).where(SignUp.address_hash == address_hash)
    if lock:
        query = query.with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def mark_answered(session: Session, address_hash: str, *, at: datetime) -> None:
    """It has got its letter, or gets none."""
    these = update(SignUp).where(SignUp.address_hash == address_hash)
    session.execute(these.values(answered_at=at))


def sign_ups(session: Session, *, limit: int = 100) -> Sequence[SignUp]:
    """Those that wait for a yes, the newest first."""
    return session.scalars(select(SignUp).order_by(SignUp.asked_at.desc()).limit(limit)).all()


def count_sign_ups(session: Session) -> int:
    """How many wait for a yes."""
    return session.scalars(select(func.count()).select_from(SignUp)).one()


def old_sign_ups(before: datetime) -> Select[str]:
    """Those whose letter, or whose question, is older."""
    return select(SignUp.address_hash).where(
        func.coalesce(SignUp.answered_at, SignUp.asked_at) < before
    )


def forget_sign_ups(session: Session, address_hashes: Collection[Any]) -> int:
    """Drop what was typed for these addresses; returns for how many there was anything."""
    gone = delete(SignUp).where(SignUp.address_hash.in_(address_hashes))
    gone = gone.execution_options(synchronize_session=False)
    return len(session.scalars(gone.returning(SignUp.address_hash)).all())
