"""SQL of roles: one liaison per enterprise, handed over in one deed."""

import shlex
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.audience.store.locking import lock_enterprise
from distribution.errors import Refused
from distribution.models import Enterprise, Subscriber
from distribution.words import Role


class LiaisonTaken(Refused):
    """Raised when an enterprise would get a second liaison."""

    def __init__(self, enterprise: str, holder: str) -> None:
        self.enterprise, self.holder = enterprise, holder
        super().__init__(
            f"「{enterprise}」已有联络员 {holder}，一家单位只有一位：移交请用 "
            f"distribution enterprise hand-over {shlex.quote(enterprise)} 新联络员的邮箱"
        )


class NoEnterprise(Refused):
    """Raised when what belongs to an enterprise is asked of a contact who has none, or another."""

    def __init__(self, email: str, enterprise: str) -> None:
        self.email, self.enterprise = email, enterprise
        super().__init__(
            f"{email} 不是「{enterprise}」的联系人：先用 distribution subscriber change {email} "
            f"--enterprise {shlex.quote(enterprise)}"
        )


def holders(session: Session, enterprise_id: int, role: Role) -> Sequence[Subscriber]:
    """Who has a role in an enterprise now."""
    query = select(Subscriber).where(
        Subscriber.enterprise_id == enterprise_id,
        Subscriber.role == role,
        Subscriber.departed_at.is_(None),
        Subscriber.erased_at.is_(None),
    )
    return session.scalars(query.order_by(Subscriber.id)).all()


def require_free(
    session: Session, enterprise: Enterprise, role: Role, *, but: int | None = None
) -> None:
    """LiaisonTaken where somebody (`but` for one) is the enterprise's liaison already."""
    if role is not Role.LIAISON:
        return
    lock_enterprise(session, enterprise.id)
    for holder in holders(session, enterprise.id, Role.LIAISON):
        if holder.id != but:
            raise LiaisonTaken(enterprise.name, holder.email)


def hand_over(
    session: Session, enterprise: Enterprise, row: Subscriber, role: Role
) -> tuple[Subscriber, ...]:
    """Give a role to a contact of the enterprise; who had it becomes 其他. Returns the latter.

    NoEnterprise where the contact is none of its, or has left it.
    """
    lock_enterprise(session, enterprise.id)
    session.refresh(row)
    if row.enterprise_id != enterprise.id or row.departed_at or row.erased_at:
        raise NoEnterprise(row.email, enterprise.name)
    before = tuple(one for one in holders(session, enterprise.id, role) if one.id != row.id)
    for one in before:
        one.role = Role.OTHER
    session.flush()
    row.role = role
    session.flush()
    return before
