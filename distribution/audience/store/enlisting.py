"""SQL of enterprises that come in a file: known set-wise, written many at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from distribution.audience.importing.enterprises import COLUMNS, EnterprisePlan, KnownEnterprise
from distribution.audience.wording import name_key
from distribution.db import insert_all, next_ids
from distribution.models import Enterprise, EnterpriseInterest, Topic

_EMPTY = {"short_name": "", "region": "", "industry": "", "notes": ""}


def known_enterprises(
    session: Session, keys: Collection[str], codes: Collection[str]
) -> list[KnownEnterprise]:
    """Those of the named enterprises that are there, with all an import may change."""
    query = select(Enterprise).where(
        or_(Enterprise.name_key.in_(keys), Enterprise.credit_code.in_(codes))
    )
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    topics = _topics(session, [row.id for row in rows])
    return [
        KnownEnterprise(
            id=row.id,
            topics=tuple(topics[row.id]),
            **{column: getattr(row, column) for column in COLUMNS},
        )
        for row in rows
    ]


def write_enterprises(session: Session, plans: Sequence[EnterprisePlan], *, at: datetime) -> None:
    """Do what the plans of a chunk say; each verdict gets the id it is about."""
    added = [plan for plan in plans if plan.facts is not None and plan.known is None]
    for plan, number in zip(added, next_ids(session, Enterprise, len(added)), strict=True):
        plan.verdict.enterprise_id = number
    rows = [_new_row(plan, at) for plan in added]
    insert_all(session, Enterprise, ("id", "name_key", *COLUMNS, "created_at"), rows)
    for plan in plans:
        if plan.known is not None and plan.changes:
            values = dict(plan.changes)
            if "name" in values:
                values["name_key"] = name_key(values["name"])
            row = update(Enterprise).where(Enterprise.id == plan.known.id).values(**values)
            session.execute(row, execution_options={"synchronize_session": False})
    _write_topics(session, [plan for plan in plans if plan.topics is not None])


def _new_row(plan: EnterprisePlan, at: datetime) -> tuple[Any, ...]:
    values = [
        _EMPTY.get(column) if plan.changes[column] is None else plan.changes[column]
        for column in COLUMNS
    ]
    return (plan.verdict.enterprise_id, name_key(plan.changes["name"]), *values, at)


def _write_topics(session: Session, plans: Iterable[EnterprisePlan]) -> None:
    numbers = {row.code: row.id for row in session.scalars(select(Topic))}
    plans = list(plans)
    ids = [plan.known.id for plan in plans if plan.known is not None]
    theirs = delete(EnterpriseInterest).where(EnterpriseInterest.enterprise_id.in_(ids))
    session.execute(theirs, execution_options={"synchronize_session": False})
    rows = [
        (plan.verdict.enterprise_id, numbers[code], position)
        for plan in plans
        for position, code in enumerate(plan.topics or ())
    ]
    insert_all(session, EnterpriseInterest, ("enterprise_id", "topic_id", "position"), rows)


def _topics(session: Session, ids: Collection[int]) -> defaultdict[int, list[str]]:
    query = (
        select(EnterpriseInterest.enterprise_id, Topic.code)
        .join(Topic, Topic.id == EnterpriseInterest.topic_id)
        .where(EnterpriseInterest.enterprise_id.in_(ids))
        .order_by(EnterpriseInterest.enterprise_id, EnterpriseInterest.position)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for owner, code in session.execute(query):
        found[owner].append(code)
    return found
