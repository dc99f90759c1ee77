"""SQL that counts what came back: one query however many deliveries there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution import delivery
from distribution.models import Delivery, Enterprise, ReturnedMail, Subscriber
from distribution.reports.bounce_figures import GRAVEST, BounceReport, Group, Mails, Way
from distribution.reports.figures import NO_ENTERPRISE
from distribution.reports.returned_store import followed, refused, refused_at
from distribution.words import Meaning, Returned

_LAST_WORD = {Way.RETURNED: 3, Way.REFUSED: 2, Way.DELAYED: 1}
_WAYS = {rank: way for way, rank in _LAST_WORD.items()}
_Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]
_SPEAKS_OF_A_MAIL = (Returned.BOUNCE, Returned.DELAYED, Returned.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: one run, or what came back in a time; without bounds everything."""

    run_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None

    def of(self, at: _Column) -> list[ColumnElement[bool]]:
        """SQL: this moment is within its time."""
        found = []
        if self.since is not None:
            found.append(at >= self.since)
        if self.before is not None:
            found.append(at < self.before)
        return found


def bounce_report(session: Session, scope: Scope) -> BounceReport:
    """Count what came back; NotFound where there is no such run."""
    if scope.run_id is not None:
        delivery.find_run(session, scope.run_id)
    return BounceReport(
        run_id=scope.run_id,
        since=scope.since,
        before=scope.before,
        groups=tuple(groups(session, scope)),
        mails=_mails(session, scope),
    )


def groups(session: Session, scope: Scope) -> list[Group]:
    """Deliveries that did not arrive, each once, by all that is asked about them."""
    words = _words(scope)
    which, rank = words.c.delivery_id, words.c.rank
    latest = (rank.desc(), words.c.at.desc(), words.c.number.desc())
    ranked = select(
        which,
        rank,
        words.c.meaning,
        func.row_number().over(partition_by=which, order_by=latest).label("nth"),
        func.max(words.c.weight).over(partition_by=(which, rank)).label("gravest"),
    ).subquery()
    facts = (
        ranked.c.rank,
        ranked.c.meaning,
        Delivery.lane,
        Enterprise.id,
        Enterprise.name,
        ranked.c.gravest,
    )
    query = (
        select(*facts, func.count())
        .select_from(ranked)
        .join(Delivery, Delivery.id == ranked.c.delivery_id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .outerjoin(Enterprise, Enterprise.id == Subscriber.enterprise_id)
        .where(ranked.c.nth == 1)
        .group_by(*facts)
    )
    return [
        Group(
            way=_WAYS[rank],
            meaning=Meaning(meaning) if meaning else None,
            lane=lane,
            enterprise_id=enterprise_id,
            enterprise=enterprise or NO_ENTERPRISE,
            consequence=GRAVEST[weight],
            deliveries=count,
        )
        for rank, meaning, lane, enterprise_id, enterprise, weight, count in session.execute(query)
    ]


def _words(scope: Scope) -> CTE:
    """All that was said of deliveries: the later and the surer counts."""
    mails = (
        select(
            ReturnedMail.delivery_id.label("delivery_id"),
            case(
                (ReturnedMail.kind == Returned.BOUNCE, _LAST_WORD[Way.RETURNED]),
                else_=_LAST_WORD[Way.DELAYED],
            ).label("rank"),
            ReturnedMail.at.label("at"),
            ReturnedMail.inbox_id.label("number"),
            cast(ReturnedMail.meaning, String).label("meaning"),
            _weight(ReturnedMail.consequence).label("weight"),
        )
        .where(ReturnedMail.kind.in_((Returned.BOUNCE, Returned.DELAYED)))
        .where(ReturnedMail.delivery_id.is_not(None), *scope.of(ReturnedMail.at))
    )
    replies = select(
        Delivery.id,
        literal(_LAST_WORD[Way.REFUSED], Integer),
        refused_at(),
        null(),
        cast(Delivery.meaning, String),
        _weight(followed()),
    ).where(refused(), *scope.of(refused_at()))
    if scope.run_id is not None:
        mails = _of_run(mails, scope.run_id)
        replies = replies.where(Delivery.run_id == scope.run_id)
    return union_all(mails, replies).cte("words")


def _of_run(query: Select[*tuple[Any, ...]], run_id: int) -> Select[*tuple[Any, ...]]:
    """Only mails that speak of a delivery of this run."""
    return query.join(Delivery, Delivery.id == ReturnedMail.delivery_id).where(
        Delivery.run_id == run_id
    )


def _weight(consequence: _Column) -> ColumnElement[int]:
    """SQL: the place of a consequence in GRAVEST."""
    said = cast(consequence, String)
    return case({one.value: place for place, one in enumerate(GRAVEST)}, value=said, else_=0)


def _mails(session: Session, scope: Scope) -> Mails:
    """What else came back, each kind by its own unit."""
    kind, of_delivery, of_letter = (
        ReturnedMail.kind,
        ReturnedMail.delivery_id,
        ReturnedMail.letter_id,
    )
    complaint = kind == Returned.COMPLAINT
    nobodys = kind.in_(_SPEAKS_OF_A_MAIL) & of_delivery.is_(None) & of_letter.is_(None)
    query = select(
        func.count(of_delivery.distinct()).filter(complaint),
        func.count(of_letter.distinct()).filter(complaint),
        func.count(of_letter.distinct()).filter(kind == Returned.BOUNCE),
        func.count().filter(kind == Returned.AUTO_REPLY),
        func.count().filter(kind == Returned.CHALLENGE),
        func.count().filter(nobodys),
    ).select_from(ReturnedMail)
    query = query.where(*scope.of(ReturnedMail.at))
    if scope.run_id is not None:
        query = _of_run(query, scope.run_id)
    deliveries, letters, returned, auto, challenges, unmatched = session.execute(query).one()
    return Mails(
        complaints=deliveries + letters,
        letters=returned,
        auto_replies=auto,
        challenges=challenges,
        unmatched=unmatched if scope.run_id is None else None,
    )
