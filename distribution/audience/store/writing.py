"""SQL of an import's deeds: many rows at once; the plans say what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from distribution.audience.importing.contacts import ContactPlan
from distribution.audience.importing.known import Home, Homes
from distribution.audience.store.consent import sha256_of
from distribution.db import insert_all, next_ids
from distribution.models import ConsentEvent, Enterprise, Interest, Subscriber, Topic, WatchWord
from distribution.words import Role

BY = "import"
"""Who chose topics that came with a file."""

_SUBSCRIBER = (
    "id", "enterprise_id", "name", "role", "email", "email_key", "address_hash", "domain",
    "phone", "edition", "frequency", "format", "interests_by", "paused_until", "created_at",
)  # fmt: skip
_CONSENT = (
    "subscriber_id", "purpose", "decision", "channel", "wording", "wording_version",
    "wording_sha256", "by", "at",
)  # fmt: skip


def add_homes(
    session: Session, homes: Homes, plans: Iterable[ContactPlan], *, at: datetime
) -> None:
    """Write the enterprises that are new, and codes of those that had none.

    The verdict of the first row that names a new one remembers it; that of a contact who moves,
    where to.
    """
    new = homes.new()
    rows = []
    for home, number in zip(new, next_ids(session, Enterprise, len(new)), strict=True):
        home.id = number
        rows.append((number, home.name, home.key, "", home.credit_code, "", "", "", at))
    columns = ("id", "name", "name_key", "short_name", "credit_code", "region", "industry")
    insert_all(session, Enterprise, (*columns, "notes", "created_at"), rows)
    homes.know(new)
    first = {id(home): home.id for home in new}
    for plan in plans:
        if plan.home is not None:
            plan.verdict.enterprise_id = first.pop(id(plan.home), None)
            if "enterprise_id" in plan.verdict.before:
                plan.verdict.after["enterprise_id"] = plan.home.id
    for number, code in homes.coded:
        known = update(Enterprise).where(Enterprise.id == number, Enterprise.credit_code.is_(None))
        session.execute(known.values(credit_code=code), execution_options=_UNSEEN)
    homes.coded.clear()


def write_contacts(
    session: Session, plans: Sequence[ContactPlan], *, by: str, channel: str, at: datetime
) -> None:
    """Do what the plans of a chunk say; each verdict gets the ids it is about."""
    added = [plan for plan in plans if plan.facts is not None and plan.known is None]
    for plan, number in zip(added, next_ids(session, Subscriber, len(added)), strict=True):
        plan.verdict.subscriber_id = number
    changed = [plan for plan in plans if plan.known is not None]
    _change(session, changed)
    insert_all(session, Subscriber, _SUBSCRIBER, [_new_row(plan, at) for plan in added])
    _write_interests(session, plans)
    insert_all(session, ConsentEvent, _CONSENT, list(_consents(plans, by, channel, at)))


def _new_row(plan: ContactPlan, at: datetime) -> tuple[Any, ...]:
    facts, changes, home = plan.facts, plan.changes, plan.home
    if facts is None:
        raise LookupError(plan)
    address = facts.address
    chose = BY if plan.topics or plan.watch_words else None
    return (
        plan.verdict.subscriber_id, _id(home), changes["name"], changes["role"], address.written,
        address.key, plan.address_hash, address.key.rpartition("@")[2], changes["phone"],
        changes["edition"], changes["frequency"], changes["format"], chose,
        changes["paused_until"], at,
    )  # fmt: skip


def _change(session: Session, plans: Iterable[ContactPlan]) -> None:
    """Update those who were there; whoever becomes a liaison comes after who ceases to be one."""
    by_columns: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for plan in plans:
        values = dict(plan.changes)
        if plan.home is not None:
            values["enterprise_id"] = plan.home.id
        if plan.topics is not None or plan.watch_words is not None:
            values["interests_by"] = BY
        if values:
            late = values.get("role") is Role.LIAISON
            columns = (*sorted(values), *(["-late"] if late else []))
            by_columns[columns].append({"of": plan.verdict.subscriber_id, **values})
    for columns in sorted(by_columns, key=lambda names: names[-1] == "-late"):
        names = [name for name in columns if name != "-late"]
        statement = (
            update(Subscriber.__table__)  # type: ignore[arg-type]
            .where(Subscriber.__table__.c.id == bindparam("of"))
            .values({name: bindparam(name) for name in names})
        )
        session.connection().execute(statement, by_columns[columns])


def _write_interests(session: Session, plans: Iterable[ContactPlan]) -> None:
    numbers = {row.code: row.id for row in session.scalars(select(Topic))}
    topics: list[tuple[Any, ...]] = []
    words: list[tuple[Any, ...]] = []
    gone_topics, gone_words = [], []
    for plan in plans:
        owner = plan.verdict.subscriber_id
        if plan.topics is not None:
            gone_topics += [owner] if plan.known else []
            topics += [(owner, numbers[code], at) for at, code in enumerate(plan.topics)]
        if plan.watch_words is not None:
            gone_words += [owner] if plan.known else []
            words += [(owner, word, at) for at, word in enumerate(plan.watch_words)]
    for table, gone in ((Interest, gone_topics), (WatchWord, gone_words)):
        if gone:
            theirs = delete(table).where(table.subscriber_id.in_(gone))
            session.execute(theirs, execution_options=_UNSEEN)
    insert_all(session, Interest, ("subscriber_id", "topic_id", "position"), topics)
    insert_all(session, WatchWord, ("subscriber_id", "word", "position"), words)


def _consents(
    plans: Iterable[ContactPlan], by: str, channel: str, at: datetime
) -> Iterable[tuple[Any, ...]]:
    for plan in plans:
        for said in plan.said:
            yield (
                plan.verdict.subscriber_id, said.purpose, said.decision, channel, said.wording,
                "", _sha256_of(said.wording), by, at,
            )  # fmt: skip


_sha256_of = lru_cache(maxsize=256)(sha256_of)  # a file has few grounds for many rows
_UNSEEN = {"synchronize_session": False}


def _id(home: Home | None) -> int | None:
    return home.id if home is not None else None
