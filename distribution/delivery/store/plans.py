"""SQL of planning: sheets, selections, slots, deliveries."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from distribution.audience import Reader
from distribution.db import database_time, upsert
from distribution.digests import Choice, Interests, Sheet
from distribution.models import Delivery, Issue, Run, Selection, Slot
from distribution.models import Sheet as SheetRow
from distribution.words import DeliveryState, RunKind, RunState


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


def add_run(session: Session, issue_id: int, sheet_sha256: str, *, by: str, at: datetime) -> Run:
    """A new regular run, nobody planned yet."""
    run = Run(
        issue_id=issue_id,
        kind=RunKind.REGULAR,
        resend_number=0,
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
    issue gets no second mail.
    """
    if not readers:
        return set()
    values = [
        {
            "issue_id": run.issue_id,
            "subscriber_id": reader.subscriber_id,
            "resend_number": run.resend_number,
            "address_hash": reader.address_hash,
        }
        for reader in readers
    ]
    statement = upsert(session, Slot).on_conflict_do_nothing().returning(Slot.subscriber_id)
    return set(session.scalars(statement, values))


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


def add_selection(
    session: Session, run_id: int, wishes: Interests, choices: Sequence[Choice]
) -> int:
    """Freeze the articles of all readers with these interests; returns the selection's id."""
    row = Selection(
        run_id=run_id,
        signature=wishes.signature(),
        interests=wishes.facts(),
        choices=[[choice.article, choice.reason.value, choice.detail] for choice in choices],
    )
    session.add(row)
    session.flush()
    return row.id


def add_deliveries(
    session: Session, run_id: int, planned: Sequence[tuple[Reader, int, str]]
) -> None:
    """Plan a delivery for each (reader, selection, lane)."""
    if not planned:
        return
    now = session.scalars(select(database_time())).one()
    session.execute(
        insert(Delivery),
        [
            {
                "run_id": run_id,
                "subscriber_id": reader.subscriber_id,
                "selection_id": selection_id,
                "recipient": reader.recipient,
                "address_hash": reader.address_hash,
                "lane": lane,
                "state": DeliveryState.PLANNED,
                "attempts": 0,
                "crashes": 0,
                "next_attempt_at": now,
            }
            for reader, selection_id, lane in planned
        ],
    )


def planned_for(session: Session, run_id: int) -> Iterator[Row[str, int]]:
    """Address hash and selection of a run's deliveries, sorted by hash, not held all at once."""
    query = (
        select(Delivery.address_hash, Delivery.selection_id)
        .where(Delivery.run_id == run_id)
        .order_by(Delivery.address_hash)
        .execution_options(yield_per=10_000)
    )
    return iter(session.execute(query))
