"""SQL about runs as a whole."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, select, update
from sqlalchemy.orm import Session

from distribution.db import database_time
from distribution.delivery.states import OPEN
from distribution.delivery.store import canaries, readiness
from distribution.delivery.store.times import moment
from distribution.errors import NotFound
from distribution.models import DUE, UNDER_WAY, Delivery, Issue, Lane, Run, Selection, Sheet
from distribution.words import Cause, DeliveryState, RunKind, RunState


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a run's open deliveries wait for."""

    due_now: int
    later: int
    next_in: timedelta | None
    """Until the first of the later ones; negative where it has come."""
    stopped: int = 0
    """In lanes that are stopped: they wait for an admin, and are in none of the above."""
    held_back: int = 0
    """While others go first: as those, and not among them."""
    handed: int = 0
    """Under way to a relay whose answer is not in the books yet: in none of the above."""
    answer_in: timedelta | None = None
    """Until the last of these is in doubt, if nobody books what became of it."""


def find_run(session: Session, run_id: int, *, lock: bool = False) -> Run:
    """A run by its number; `lock` keeps other processes from changing it meanwhile."""
    query = select(Run).where(Run.id == run_id)
    if lock:  # what the session may have read before the lock was ours is read again
        query = query.with_for_update().execution_options(populate_existing=True)
    run = session.scalar(query)
    if run is None:
        raise NotFound("批次", str(run_id), "distribution run list 列出全部批次")
    return run


def list_runs(session: Session) -> Sequence[Row[Run, Issue]]:
    """All runs with their issues, the newest first."""
    query = select(Run, Issue).join(Issue, Issue.id == Run.issue_id).order_by(Run.id.desc())
    return session.execute(query).all()


def tally(session: Session, run_id: int) -> dict[DeliveryState, int]:
    """Deliveries of a run by state; states nobody is in are left out."""
    query = (
        select(Delivery.state, func.count())
        .where(Delivery.run_id == run_id)
        .group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def causes(session: Session, run_id: int) -> Sequence[Row[DeliveryState, Cause | None, int]]:
    """Deliveries of a run by state and cause, where there is a cause."""
    query = (
        select(Delivery.state, Delivery.cause, func.count())
        .where(Delivery.run_id == run_id, Delivery.cause.is_not(None))
        .group_by(Delivery.state, Delivery.cause)
        .order_by(Delivery.state, Delivery.cause)
    )
    return session.execute(query).all()


def waiting(session: Session, run_id: int) -> Waiting:
    """What is due now and what waits for its time, leases included."""
    now = database_time()
    at_rest = Lane.resting_until > Delivery.next_attempt_at
    rested_at = case((at_rest, Lane.resting_until), else_=Delivery.next_attempt_at)
    due_at = case(
        (Delivery.lease_until.is_not(None), Delivery.lease_until),
        (Lane.free_at > rested_at, Lane.free_at),  # by its pace
        else_=rested_at,
    )
    is_handed, is_free = Delivery.state == DeliveryState.HANDED, Delivery.lease_until.is_(None)
    is_back = and_(is_free, canaries.held_back(run_id))
    is_stopped = and_(is_free, Lane.stopped_at.is_not(None), ~is_back)
    can_go = and_(~is_stopped, ~is_back, ~is_handed)
    row = session.execute(
        select(
            func.count().filter(due_at <= now, can_go),
            func.count().filter(due_at > now, can_go),
            func.min(due_at).filter(due_at > now, can_go),
            now,
            func.count().filter(is_stopped),
            func.count().filter(is_back),
            func.count().filter(is_handed),
            func.max(Delivery.lease_until).filter(is_handed),
        )
        .select_from(Delivery)
        .outerjoin(Lane, Lane.name == Delivery.lane)
        .where(Delivery.run_id == run_id, Delivery.state.in_(OPEN))
    ).one()
    next_in, answer_in = (row[at] - row[3] if row[at] else None for at in (2, 7))
    return Waiting(row[0], row[1], next_in, row[4], row[5], row[6], answer_in)


def pause_sending(session: Session, by: str, reason: str | None) -> list[int]:
    """Pause all runs that are sending; gives their numbers."""
    paused = session.scalars(
        update(Run)
        .where(Run.state == RunState.SENDING)
        .values(state=RunState.PAUSED, paused_by=by, pause_reason=reason)
        .returning(Run.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(paused)


def anything_to_do(session: Session) -> bool:
    """Whether a row may go, a lease has run out, or a run is to be tidied up or finished."""
    started = Run.state.in_((RunState.SENDING, RunState.PAUSED))
    waits = exists().where(DUE, Delivery.run_id == Run.id).correlate(Run)
    signs = (
        exists(Run.id).where(started, Run.expires_at <= moment(), waits),
        exists().where(UNDER_WAY, Delivery.lease_until <= moment()),
        exists(Run.id).where(Run.state.in_((RunState.CANCELLED, RunState.FINISHED)), waits),
        exists().where(Run.state == RunState.SENDING, *_drained()),
    )
    ready = readiness.anything_ready(session)
    return ready or any(session.scalar(select(sign)) for sign in signs)


def last_finished(session: Session) -> Run | None:
    """The regular run that was finished last."""
    query = select(Run).where(Run.kind == RunKind.REGULAR, Run.state == RunState.FINISHED)
    return session.scalar(query.order_by(Run.finished_at.desc(), Run.id.desc()).limit(1))


def drained_runs(session: Session) -> Sequence[Run]:
    """Running runs without an open delivery, locked until the transaction ends."""
    query = (
        select(Run)
        .where(Run.state == RunState.SENDING, *_drained())
        .with_for_update(skip_locked=True, key_share=True)  # an event that names it is no hindrance
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _drained() -> tuple[ColumnElement[bool], ...]:
    """A row of `runs` has no open delivery; asked in two parts, each with an index of its own."""
    return tuple(
        ~exists().where(Delivery.run_id == Run.id, part).correlate(Run) for part in (DUE, UNDER_WAY)
    )


def selections(session: Session, run_id: int) -> Iterator[Selection]:
    """All selections of a run, not held all at once: readers may want as many different things."""
    query = select(Selection).where(Selection.run_id == run_id)
    return iter(session.scalars(query.execution_options(yield_per=1_000)))


def sheet(session: Session, sha256: str) -> Sheet:
    """A stored sheet."""
    return session.get_one(Sheet, sha256)


def selection(session: Session, selection_id: int) -> Selection:
    """One selection."""
    return session.get_one(Selection, selection_id)


def selections_by_id(session: Session, selection_ids: Collection[int]) -> dict[int, Selection]:
    """Those of the selections that exist."""
    query = select(Selection).where(Selection.id.in_(selection_ids))
    return {row.id: row for row in session.scalars(query)}


def issue_of(session: Session, run: Run) -> Issue:
    """The issue a run sends."""
    return session.get_one(Issue, run.issue_id)


def reopen(session: Session, delivery_ids: Collection[int]) -> None:
    """Let finished runs go on that have these deliveries to send again."""
    theirs = select(Delivery.run_id).where(Delivery.id.in_(delivery_ids))
    session.execute(
        update(Run)
        .where(Run.state == RunState.FINISHED, Run.id.in_(theirs))
        .values(state=RunState.SENDING, finished_at=None)
        .execution_options(synchronize_session=False)
    )


def reopen_left(session: Session) -> None:
    """Let finished runs go on of which something waits all the same.

    Who settles a doubt does not see a run as finished that somebody is finishing at this moment,
    and who finishes it does not see what the other settles.
    """
    waits = exists().where(DUE, Delivery.run_id == Run.id).correlate(Run)
    left = select(Run.id).where(Run.state == RunState.FINISHED, waits)
    unlocked = left.with_for_update(skip_locked=True, key_share=True).cte("left")
    session.execute(
        update(Run)
        .where(Run.id.in_(select(unlocked.c.id)))
        .values(state=RunState.SENDING, finished_at=None)
        .execution_options(synchronize_session=False)
    )


def accepted_with(session: Session, run_id: int) -> Sequence[Row[int, str, dict[str, Any]]]:
    """One accepted delivery of each selection: its id, its recipient, the interests it serves."""
    first = (
        select(func.min(Delivery.id))
        .where(Delivery.run_id == run_id, Delivery.state == DeliveryState.ACCEPTED)
        .group_by(Delivery.selection_id)
    )
    query = (
        select(Delivery.id, Delivery.recipient, Selection.interests)
        .join(Selection, Selection.id == Delivery.selection_id)
        .where(Delivery.id.in_(first))
        .order_by(Delivery.id)
    )
    return session.execute(query).all()
