"""SQL that finds the enterprises whose every contact is unreachable by mail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from distribution.models import (
    Delivery,
    Enterprise,
    Issue,
    ReturnedMail,
    Run,
    Subscriber,
    SuppressedDomain,
    Suppression,
)
from distribution.words import DeliveryState, Returned, Role, SuppressionReason

BOUNCED = (
    SuppressionReason.HARD_BOUNCE,
    SuppressionReason.SOFT_BOUNCES,
    SuppressionReason.IMPORTED,
)
"""Why mail to an address does not arrive; the other reasons are what somebody wants."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A contact of an enterprise none of whose contacts our mail reaches."""

    enterprise: str
    region: str
    name: str
    role: Role
    phone: str
    email: str
    reason: SuppressionReason
    domain: str
    """Set where not his address but its whole domain is out of use."""
    evidence: str
    since: datetime
    last_issue: str
    """Key of the last issue that arrived; empty where none did."""
    last_at: datetime | None


def unreachable(session: Session, *, today: date) -> list[Unreachable]:
    """The contacts of such enterprises in good standing, by region, enterprise and role.

    Left out are whose membership has ended, is suspended or has not begun, and contacts who have
    left or are erased. Who only unsubscribed or complained can be reached, and so his enterprise.
    """
    last = aliased(Delivery)
    query = (
        select(
            Subscriber,
            Enterprise.name.label("enterprise"),
            Enterprise.region,
            Suppression,
            SuppressedDomain,
            Issue.year,
            Issue.label,
            last.accepted_at,
        )
        .join(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .outerjoin(Suppression, _of_address())
        .outerjoin(SuppressedDomain, SuppressedDomain.domain == Subscriber.domain)
        .outerjoin(last, last.id == _last_arrived())
        .outerjoin(Run, Run.id == last.run_id)
        .outerjoin(Issue, Issue.id == Run.issue_id)
        .where(_current(), *in_good_standing(today), Enterprise.id.in_(_unreached()))
        .order_by(Enterprise.region, Enterprise.name, Enterprise.id, Subscriber.id)
    )
    found = [_contact(*row) for row in session.execute(query)]
    order = list(Role)
    return sorted(found, key=lambda one: (one.region, one.enterprise, order.index(one.role)))


def _unreached() -> Select[int | None]:
    """Enterprises with a contact, all of whose contacts mail does not reach."""
    in_vain = func.coalesce(Suppression.address_hash, SuppressedDomain.domain)
    return (
        select(Subscriber.enterprise_id)
        .select_from(Subscriber)
        .outerjoin(Suppression, _of_address())
        .outerjoin(SuppressedDomain, SuppressedDomain.domain == Subscriber.domain)
        .where(_current(), Subscriber.enterprise_id.is_not(None))
        .group_by(Subscriber.enterprise_id)
        .having(func.count() == func.count(in_vain))
        .correlate(None)
    )


def _of_address() -> ColumnElement[bool]:
    return and_(
        Suppression.address_hash == Subscriber.address_hash, Suppression.reason.in_(BOUNCED)
    )


def _current() -> ColumnElement[bool]:
    return and_(Subscriber.departed_at.is_(None), Subscriber.erased_at.is_(None))


def in_good_standing(today: date) -> list[ColumnElement[bool]]:
    """SQL: a row of `enterprises` is a member on a day, see `audience.membership`."""
    return [
        Enterprise.suspended_at.is_(None),
        or_(Enterprise.member_since.is_(None), Enterprise.member_since <= today),
        or_(Enterprise.member_until.is_(None), Enterprise.member_until >= today),
    ]


def _last_arrived() -> ScalarSelect[int]:
    """His newest delivery that a relay took and that did not come back."""
    sent = aliased(Delivery)
    bounced = exists().where(
        ReturnedMail.delivery_id == sent.id, ReturnedMail.kind == Returned.BOUNCE
    )
    arrived = select(func.max(sent.id)).where(
        sent.subscriber_id == Subscriber.id,
        sent.state == DeliveryState.ACCEPTED,
        ~bounced.correlate(sent),
    )
    return arrived.correlate(Subscriber).scalar_subquery()


def _contact(
    row: Subscriber,
    enterprise: str,
    region: str,
    address: Suppression | None,
    domain: SuppressedDomain | None,
    *last: Any,  # noqa: ANN401 - year and label of an issue, and when it arrived
) -> Unreachable:
    out_of_use = address or domain
    if out_of_use is None:  # the query asks for such contacts only
        raise AssertionError(row.id)
    year, label, at = last
    return Unreachable(
        enterprise=enterprise,
        region=region,
        name=row.name,
        role=row.role,
        phone=row.phone,
        email=row.email,
        reason=out_of_use.reason,
        domain="" if isinstance(out_of_use, Suppression) else out_of_use.domain,
        evidence=out_of_use.evidence,
        since=out_of_use.since,
        last_issue=f"{year}-{label}" if year else "",
        last_at=at,
    )
