"""SQL of members as strangers may look for them: a few names, and no list of all."""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from distribution.audience.store.standing import is_outside
from distribution.audience.wording import name_key
from distribution.db import database_day
from distribution.models import Enterprise

SHORTEST = 2
"""Characters somebody must know of a name."""
MOST = 5
"""Names he is shown at most."""


def members_like(session: Session, given: str) -> Sequence[str]:
    """Names of members that have this in their name or short name; more than MOST: there are more.

    Of a name that is given whole, only that one.
    """
    key = name_key(given)
    if len(key) < SHORTEST:
        return ()
    if whole := member_named(session, given):
        return (whole,)
    short = func.lower(Enterprise.short_name)
    holds = or_(
        Enterprise.name_key.contains(key, autoescape=True),
        short.contains(key, autoescape=True),
    )
    found = _members().where(holds).order_by(func.length(Enterprise.name), Enterprise.name)
    return session.scalars(found.limit(MOST + 1)).all()


def member_named(session: Session, given: str) -> str | None:
    """The name of the one member that is called so, in full or for short."""
    key = name_key(given)
    is_called = or_(Enterprise.name_key == key, func.lower(Enterprise.short_name) == key)
    found = session.scalars(_members().where(is_called).limit(2)).all()
    return found[0] if key and len(found) == 1 else None


def _members() -> Select[str]:
    today = select(database_day()).scalar_subquery()
    outside = func.coalesce(is_outside(today), False)
    return select(Enterprise.name).where(outside.is_(False))
