"""SQL of planning: sheets, selections, slots, deliveries."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import (
    FromClause,
    Insert,
    Select,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from distribution.audience import Reader
from distribution.db import BIG_INTEGER
from distribution.delivery.store.installation import given_id, last_id, lift_ids
from distribution.delivery.store.times import moment
from distribution.digests import Choice, Interests, Omitted, Selected, Sheet
from distribution.models import (
    Article,
    ArticleTopic,
    Delivery,
    Issue,
    ReadingEvent,
    Run,
    Selection,
    Slot,
    Topic,
)
from distribution.models import Sheet as SheetRow
from distribution.statements import Columns, Prepared
from distribution.words import DeliveryState, RunKind, RunState, Signal, Verdict


def lock_issue(session: Session, issue_id: int) -> None:
    """Let no other planner open a run of the issue at the same time."""
    query = select(Issue.id).where(Issue.id == issue_id).with_for_update(key_share=True)
    session.execute(query).one()


def regular_run(session: Session, issue_id: int) -> Run | None:
    """The regular run of an issue that is not cancelled."""
    query = select(Run).where(
        Run.issue_id == issue_id,
        Run.kind == RunKind.REGULAR,
        Run.resend_number == 0,
        Run.state != RunState.CANCELLED,
    )
    return session.scalar(query)


def keep_sheet(session: Session, sheet: Sheet) -> None:
    """Store a sheet under the hash of its content, unless it is there."""
    if session.get(SheetRow, sheet.sha256) is None:
        session.add(SheetRow(sha256=sheet.sha256, content=sheet.to_json()))
        session.flush()


def add_run(
    session: Session,
    issue_id: int,
    sheet_sha256: str,
    *,
    kind: RunKind = RunKind.REGULAR,
    resend_number: int = 0,
    by: str,
    at: datetime,
) -> Run:
    """A new run, nobody planned yet."""
    run = Run(
        id=given_id(session, Run),
        issue_id=issue_id,
        kind=kind,
        resend_number=resend_number,
        state=RunState.PLANNING,
        sheet_sha256=sheet_sha256,
        cursor=0,
        excluded={},
        created_at=at,
        created_by=by,
    )
    session.add(run)
    session.flush()
    return run


def take_slots(session: Session, run: Run, readers: Sequence[Reader]) -> set[int]:
    """Take the slots of these readers; returns the subscribers whose slot was free.

    Taken are both the person's and the mailbox's: whoever has either from another run of this
    issue gets no second mail. Mostly all are free, and finding that out at once is half the work.
    """
    if not readers:
        return set()
    rows = [(reader.subscriber_id, reader.address_hash) for reader in readers]
    of = {"issue_id": run.issue_id, "resend_number": run.resend_number}
    try:
        with session.connection().begin_nested():
            _ALL_SLOTS.run(session, rows, **of)
    except IntegrityError:
        return {row[0] for row in _FREE_SLOTS.run(session, rows, **of)}
    return {reader.subscriber_id for reader in readers}


def selection_ids(session: Session, run_id: int, signatures: Iterable[str]) -> dict[str, int]:
    """The selections a run has already, by signature."""
    query = select(Selection.signature, Selection.id).where(
        Selection.run_id == run_id, Selection.signature.in_(signatures)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def empty_selections(session: Session, selection_ids: Collection[int]) -> set[int]:
    """Those of the selections that hold no article."""
    query = select(Selection.id, Selection.choices).where(Selection.id.in_(selection_ids))
    return {row_id for row_id, choices in session.execute(query) if not choices}


def add_selections(
    session: Session, run_id: int, selected: Sequence[tuple[Interests, Selected]]
) -> dict[str, int]:
    """Freeze the articles of all readers with these interests; returns ids by signature."""
    rows = [
        {
            "run_id": run_id,
            "signature": wishes.signature(),
            "interests": wishes.facts(),
            "choices": [_spelled(choice) for choice in chosen.choices],
            "omitted": [_spelled(omitted) for omitted in chosen.omitted],
        }
        for wishes, chosen in selected
    ]
    session.execute(insert(Selection), rows)
    return selection_ids(session, run_id, [wishes.signature() for wishes, _ in selected])


def planned_selections(
    session: Session, run_id: int, after: int, limit: int
) -> Sequence[Selection]:
    """The next selections of a run by their ids, also those that hold no article."""
    query = select(Selection).where(Selection.run_id == run_id, Selection.id > after)
    return session.scalars(query.order_by(Selection.id).limit(limit)).all()


def most_read_topics(session: Session, issue: Issue) -> Sequence[str]:
    """Topics by the clicks on their articles in earlier issues, the most first.

    Clicks of machines are none; a topic nobody clicked is not there, nor one that was merged: its
    articles went with it. Counted by article before anything is joined: a row for each click
    would take about twice as long.
    """
    clicks = (
        select(ReadingEvent.article_id, func.count().label("clicks"))
        .where(ReadingEvent.signal == Signal.CLICK, ReadingEvent.verdict != Verdict.MACHINE)
        .group_by(ReadingEvent.article_id)
        .subquery()
    )
    query = (
        select(Topic.code)
        .join(ArticleTopic, ArticleTopic.topic_id == Topic.id)
        .join(Article, Article.id == ArticleTopic.article_id)
        .join(Issue, Issue.id == Article.issue_id)
        .join(clicks, clicks.c.article_id == Article.id)
        .where(Issue.month < issue.month)
        .group_by(Topic.id, Topic.code, Topic.position)
        .order_by(func.sum(clicks.c.clicks).desc(), Topic.position)
    )
    return session.scalars(query).all()


def _spelled(entry: Choice | Omitted) -> list[object]:
    return [entry.article, entry.reason.value, entry.detail]


def add_deliveries(
    session: Session, run_id: int, planned: Sequence[tuple[Reader, int, str]]
) -> None:
    """Plan a delivery for each (reader, selection, lane)."""
    rows = [
        (reader.subscriber_id, selection_id, reader.recipient, reader.address_hash, lane)
        for reader, selection_id, lane in planned
    ]
    if not rows:
        return
    first, before = given_id(session, Delivery), last_id(session, Delivery)
    _DELIVERIES.run(session, rows, run_id=run_id)
    if first is not None:
        lift_ids(session, before, first)


def _taking_all(rows: FromClause, _database: str) -> Insert:
    return insert(Slot).from_select(_SLOT, _slots(rows), include_defaults=False)


def _taking_free(rows: FromClause, database: str) -> Insert:
    taken = _slots(rows).where(true())  # SQLite would take ON for that of a join
    insert_into = postgresql.insert(Slot) if database == "postgresql" else sqlite.insert(Slot)
    statement = insert_into.from_select(_SLOT, taken, include_defaults=False)
    return statement.on_conflict_do_nothing().returning(Slot.subscriber_id)


def _slots(rows: FromClause) -> Select[*tuple[Any, ...]]:
    issue, number = (bindparam(name, None, BIG_INTEGER) for name in ("issue_id", "resend_number"))
    return select(issue, rows.c.subscriber_id, number, rows.c.address_hash)


_SLOT = ["issue_id", "subscriber_id", "resend_number", "address_hash"]


def _planning(rows: FromClause, _database: str) -> Insert:
    values = {
        "run_id": bindparam("run_id", None, BIG_INTEGER),
        **{name: rows.c[name] for name in _PLANNED},
        "state": literal_column(f"'{DeliveryState.PLANNED.value}'"),
        "attempts": literal_column("0"),
        "crashes": literal_column("0"),
        "next_attempt_at": moment(),
    }
    return insert(Delivery).from_select(list(values), select(*values.values()), False)


_PLANNED: Columns = {
    "subscriber_id": BIG_INTEGER,
    "selection_id": BIG_INTEGER,
    "recipient": Text(),
    "address_hash": Text(),
    "lane": Text(),
}
_SLOTS: Columns = {"subscriber_id": BIG_INTEGER, "address_hash": Text()}
_ALL_SLOTS, _FREE_SLOTS = Prepared(_SLOTS, _taking_all), Prepared(_SLOTS, _taking_free)
_DELIVERIES = Prepared(_PLANNED, _planning)


def planned_for(session: Session, run_id: int) -> Iterator[Sequence[tuple[str, int, bool]]]:
    """Address hash and selection of a run's deliveries, and whether they were accepted.

    Sorted by hash and so many at a time, straight from the driver: whoever else takes a million
    rows in hand takes as long as all the rest.
    """
    accepted = Delivery.state == DeliveryState.ACCEPTED
    query = (
        select(Delivery.address_hash, Delivery.selection_id, accepted)
        .where(Delivery.run_id == run_id)
        .order_by(Delivery.address_hash)
    )
    session.flush()
    connection = session.connection()
    spelled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    driver: Any = connection.connection.driver_connection
    named = {"name": "planned_for"} if connection.dialect.name == "postgresql" else {}
    with closing(driver.cursor(**named)) as cursor:  # one with a name stays in the database
        cursor.execute(str(spelled))
        while rows := cursor.fetchmany(10_000):
            yield rows
