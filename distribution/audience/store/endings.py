"""SQL of memberships that end: which of them nobody was told about yet."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from distribution.audience.membership import NOTICE
from distribution.models import Audit, Enterprise, Subscriber

NOTICED = "enterprise.noticed"
"""The audit's word for: the admins were told; its detail names the day."""


def endings(session: Session, *, today: date) -> Sequence[Row[Enterprise, int]]:
    """Enterprises whose membership ends within the notice period and that were not told of.

    The soonest first, with the number of their contacts. A day that is moved is told anew.
    """
    contacts = (
        select(func.count(Subscriber.id))
        .where(
            Subscriber.enterprise_id == Enterprise.id,
            Subscriber.departed_at.is_(None),
            Subscriber.erased_at.is_(None),
        )
        .correlate(Enterprise)
        .scalar_subquery()
    )
    query = (
        select(Enterprise, contacts)
        .where(Enterprise.member_until.between(today, today + NOTICE))
        .where(Enterprise.suspended_at.is_(None))
        .order_by(Enterprise.member_until, Enterprise.id)
    )
    rows = session.execute(query).all()
    told = _told(session, [str(row[0].id) for row in rows])
    return [row for row in rows if (str(row[0].id), f"{row[0].member_until}") not in told]


def _told(session: Session, subjects: Sequence[str]) -> set[tuple[str, str]]:
    query = select(Audit.subject, Audit.detail).where(
        Audit.action == NOTICED, Audit.subject.in_(subjects)
    )
    return {(subject, str(detail.get("until"))) for subject, detail in session.execute(query)}
