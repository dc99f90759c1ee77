"""SQL of lists: subscribers and enterprises by filter, in an order, page by page."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.audience.membership import NOTICE
from distribution.audience.regions import CITIES
from distribution.audience.store.claims import unchecked
from distribution.audience.store.standing import agrees_to_tracking, barrier, decision
from distribution.models import Delivery, Enterprise, Interest, ReadingEvent, Subscriber, Topic
from distribution.words import (
    Cause,
    Decision,
    Edition,
    Frequency,
    MailFormat,
    Membership,
    Purpose,
    Role,
    Verdict,
)

ELSEWHERE = "省外"
"""A region: whatever is no city of Shanxi."""


@dataclass(frozen=True, slots=True)
class Those:
    """Which subscribers are meant; what is empty or None asks for nothing.

    Who is erased is nobody any more: only `cause` finds him.
    """

    search: str = ""
    """Part of a name, an address or an enterprise's name."""
    topic: str = ""
    """The code of a topic he chose himself."""
    enterprise_id: int | None = None
    region: str = ""
    """A city of Shanxi, 省外, or a place elsewhere."""
    industry: str = ""
    """A section or division of GB/T 4754."""
    role: Role | None = None
    edition: Edition | None = None
    frequency: Frequency | None = None
    format: MailFormat | None = None
    mailable: bool | None = None
    cause: Cause | None = None
    """What keeps mail from him first of all."""
    not_opened_since: datetime | None = None
    """Got mail since then and is not known to have opened any; only who agreed to be counted."""
    unchecked: bool = False
    """Named his enterprise himself, and nobody has checked it."""


ORDERS: dict[str, tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = {
    "编号": (Subscriber.id,),
    "姓名": (Subscriber.name, Subscriber.id),
    "邮箱": (Subscriber.email_key, Subscriber.id),
    "单位": (Enterprise.name, Subscriber.id),
    "职务": (Subscriber.role, Subscriber.id),
    "新增": (Subscriber.created_at.desc(), Subscriber.id.desc()),
}
"""How a list may be ordered; the id makes every order the same each time."""


def subscribers(
    session: Session,
    those: Those,
    *,
    at: datetime | None = None,
    order: str = "编号",
    limit: int = 100,
    offset: int = 0,
) -> Sequence[Row[Subscriber, str | None, str | None]]:
    """Subscribers with the name of their enterprise and what keeps mail from them."""
    query = (
        select(Subscriber, Enterprise.name, barrier(at))
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(*conditions(those, at))
        .order_by(*ORDERS[order])
        .limit(limit)
        .offset(offset)
    )
    return session.execute(query).all()


def contacts_with_barriers(
    session: Session, enterprise_id: int, *, at: datetime | None = None
) -> list[tuple[Subscriber, str | None]]:
    """An enterprise's contacts and what keeps mail from them; who is erased is none any more."""
    query = select(Subscriber, barrier(at)).where(
        Subscriber.enterprise_id == enterprise_id, Subscriber.erased_at.is_(None)
    )
    return [(row, why) for row, why in session.execute(query.order_by(Subscriber.id))]


def count_those(session: Session, those: Those, *, at: datetime | None = None) -> int:
    """How many subscribers are meant."""
    query = (
        select(func.count(Subscriber.id))
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(*conditions(those, at))
    )
    return session.scalars(query).one()


def ids_of_those(
    session: Session, those: Those, *, after: int = 0, limit: int, at: datetime | None = None
) -> Sequence[int]:
    """The next `limit` ids behind `after`, by ascending id."""
    query = (
        select(Subscriber.id)
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(Subscriber.id > after, *conditions(those, at))
        .order_by(Subscriber.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def conditions(those: Those, at: datetime | None) -> list[ColumnElement[bool]]:
    """SQL: which rows of `subscribers`, joined with their enterprises, are meant."""
    found: list[ColumnElement[bool]] = []
    if those.cause is not Cause.ERASED:
        found.append(Subscriber.erased_at.is_(None))
    columns = {
        Subscriber.enterprise_id: those.enterprise_id,
        Subscriber.role: those.role,
        Subscriber.edition: those.edition,
        Subscriber.frequency: those.frequency,
        Subscriber.format: those.format,
    }
    found += [column == value for column, value in columns.items() if value is not None]
    if those.search.strip():
        columns_searched = (
            Subscriber.email,
            Subscriber.email_key,
            Subscriber.name,
            Enterprise.name,
            Enterprise.short_name,
        )
        found.append(_holds(those.search, columns_searched))
    if those.topic:
        chosen = exists().where(
            Interest.subscriber_id == Subscriber.id,
            Interest.topic_id == Topic.id,
            Topic.code == those.topic,
        )
        found.append(chosen.correlate(Subscriber))
    if those.region:
        found.append(_in_region(those.region))
    if those.industry:
        found.append(Enterprise.industry.startswith(those.industry, autoescape=True))
    if those.mailable is not None:
        why = barrier(at)
        found.append(why.is_(None) if those.mailable else why.is_not(None))
    if those.cause is not None:
        found.append(barrier(at) == those.cause.value)
    if those.not_opened_since is not None:
        found.append(_silent_since(those.not_opened_since))
    if those.unchecked:
        found.append(unchecked())
    return found


def _holds(text: str, columns: Sequence[InstrumentedAttribute[Any]]) -> ColumnElement[bool]:
    plain = unicodedata.normalize("NFKC", text.strip())
    wanted = [f"%{_literally(spelling)}%" for spelling in {plain, text.strip()}]
    return or_(*(column.ilike(part, escape="\\") for column in columns for part in wanted))


def _in_region(region: str) -> ColumnElement[bool]:
    if region == ELSEWHERE:
        return and_(Enterprise.region != "", Enterprise.region.not_in(CITIES))
    return Enterprise.region == region


def _silent_since(since: datetime) -> ColumnElement[bool]:
    mails = (Delivery.subscriber_id == Subscriber.id, Delivery.accepted_at >= since)
    got = exists().where(*mails).correlate(Subscriber)
    opened = exists().where(
        *mails, ReadingEvent.delivery_id == Delivery.id, ReadingEvent.verdict == Verdict.HUMAN
    )
    return and_(agrees_to_tracking(Subscriber.id), got, ~opened.correlate(Subscriber))


def _literally(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


@dataclass(frozen=True, slots=True)
class TheseEnterprises:
    """Which enterprises are meant; what is empty or None asks for nothing."""

    search: str = ""
    """Part of a name, a short name or a code."""
    region: str = ""
    industry: str = ""
    standing: Membership | None = None


ENTERPRISE_ORDERS: dict[str, tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = {
    "编号": (Enterprise.id,),
    "名称": (Enterprise.name,),
    "地区": (Enterprise.region, Enterprise.id),
    "行业": (Enterprise.industry, Enterprise.id),
    "到期": (Enterprise.member_until.nulls_last(), Enterprise.id),
}


def enterprises(
    session: Session,
    these: TheseEnterprises,
    *,
    today: date,
    order: str = "编号",
    limit: int = 100,
    offset: int = 0,
) -> Sequence[Row[Enterprise, int, int]]:
    """Enterprises with the number of their contacts, and of those who agreed to be mailed.

    Who has left the enterprise, or is erased, is no contact of it any more.
    """
    agreed = decision(Purpose.DIGEST) == Decision.GRANTED.value
    there = and_(
        Subscriber.enterprise_id == Enterprise.id,
        Subscriber.departed_at.is_(None),
        Subscriber.erased_at.is_(None),
    )
    query = (
        select(Enterprise, func.count(Subscriber.id), func.count(Subscriber.id).filter(agreed))
        .outerjoin(Subscriber, there)
        .where(*conditions_of_enterprises(these, today))
        .group_by(Enterprise.id)
        .order_by(*ENTERPRISE_ORDERS[order])
        .limit(limit)
        .offset(offset)
    )
    return session.execute(query).all()


def count_enterprises(session: Session, these: TheseEnterprises, *, today: date) -> int:
    """How many enterprises are meant."""
    query = select(func.count(Enterprise.id)).where(*conditions_of_enterprises(these, today))
    return session.scalars(query).one()


def conditions_of_enterprises(these: TheseEnterprises, today: date) -> list[ColumnElement[bool]]:
    """SQL: which rows of `enterprises` are meant."""
    found: list[ColumnElement[bool]] = []
    if these.search.strip():
        columns = (Enterprise.name, Enterprise.short_name, Enterprise.credit_code)
        found.append(_holds(these.search, columns))
    if these.region:
        found.append(_in_region(these.region))
    if these.industry:
        found.append(Enterprise.industry.startswith(these.industry, autoescape=True))
    if these.standing is not None:
        found.append(_stands(these.standing, today))
    return found


def _stands(standing: Membership, today: date) -> ColumnElement[bool]:
    """The same as `membership.membership`, for a query; a test holds the two together."""
    suspended = Enterprise.suspended_at.is_not(None)
    ended = Enterprise.member_until < today
    upcoming = Enterprise.member_since > today
    ending = Enterprise.member_until.between(today, today + timedelta(days=NOTICE.days))
    ordered = {
        Membership.SUSPENDED: suspended,
        Membership.ENDED: ended,
        Membership.UPCOMING: upcoming,
        Membership.ENDING: ending,
    }
    none_before: list[ColumnElement[bool]] = []
    for which, condition in ordered.items():
        if which is standing:
            return and_(condition, *none_before)
        none_before.append(func.coalesce(condition, False).is_(False))
    return and_(*none_before)
