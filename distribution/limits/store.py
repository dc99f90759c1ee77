"""SQL of limits: a count per window, under a keyed hash of who asks; it goes with its window.

Windows stand one beside the other, so at a border twice as many may pass: it is floods that are
to be stopped, not single people.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from distribution.db import upsert
from distribution.models import Try

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_HASH_LENGTH = 32
_AT_ONCE = 100

Signer = Callable[[str], str]
"""Makes a keyed hash, see `links.Keyring.attest`."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in a window; `what` tells the counts of one kind from those of others."""

    what: str
    most: int
    window: timedelta


def within(session: Session, limit: Limit, who: str, signer: Signer, *, at: datetime) -> bool:
    """Count one more of somebody; False where it is one too many."""
    _drop_some(session, at)
    text, until = _window(limit, who, at)
    return _count(session, signer(text), until) <= limit.most


def spent(session: Session, limit: Limit, who: str, signer: Signer, *, at: datetime) -> bool:
    """Whether the next would be one too many; counts nothing, so a flood costs a look."""
    text, _ = _window(limit, who, at)
    key = signer(text)[-_HASH_LENGTH:]
    counted = session.scalar(select(Try.count).where(Try.key == key))
    return counted is not None and counted >= limit.most


def wait(limit: Limit, *, at: datetime) -> timedelta:
    """How long it takes until the count begins anew.

    >>> wait(Limit("form", 2, timedelta(hours=1)), at=datetime(2026, 9, 1, 1, 25, tzinfo=UTC))
    datetime.timedelta(seconds=2100)
    """
    return _window(limit, "", at)[1] - at


def _window(limit: Limit, who: str, at: datetime) -> tuple[str, datetime]:
    """What is counted, and until when."""
    number = (at - _BEGINNING) // limit.window
    return f"{limit.what}\0{who}\0{number}", _BEGINNING + (number + 1) * limit.window


def once(session: Session, what: str, who: str, signer: Signer, *, until: datetime) -> bool:
    """Whether it is for the first time; it is remembered until then."""
    return _count(session, signer(f"{what}\0{who}"), until) == 1


def _count(session: Session, signed: str, until: datetime) -> int:
    key = signed[-_HASH_LENGTH:]
    first = upsert(session, Try).values(key=key, count=1, until=until)
    more = first.on_conflict_do_update(index_elements=["key"], set_={"count": Try.count + 1})
    counted: int = session.scalars(more.returning(Try.count)).one()
    return counted


def old_tries(before: datetime) -> Select[str]:
    """Counts whose window was over by then."""
    return select(Try.key).where(Try.until < before)


def forget_tries(session: Session, keys: Collection[str]) -> None:
    """Let counts go."""
    gone = delete(Try).where(Try.key.in_(keys))
    session.execute(gone.execution_options(synchronize_session=False))


def _drop_some(session: Session, at: datetime) -> None:
    """Who counts sweeps; what another one sweeps just now is left to him."""
    over = old_tries(at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    if keys := session.scalars(over).all():
        forget_tries(session, keys)
