"""Start, pause, resume, cancel: each one change of the run's row, seen by the next lease."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution.db import Transaction
from distribution.delivery import planning
from distribution.delivery.approving import require_approved
from distribution.delivery.milestones import tell_started
from distribution.delivery.recognising import require_trusted
from distribution.delivery.store import canaries, closing, readiness, runs, tripwires
from distribution.delivery.store.runs import find_run
from distribution.errors import Refused
from distribution.models import Run
from distribution.words import RunState

_MANY = 5_000
"""Mails from which on it matters by which index the next ones are found."""


class WrongState(Refused):
    """Raised when a run is asked for what it cannot do where it stands."""

    def __init__(self, run_id: int, state: RunState, wanted: str) -> None:
        self.run_id, self.state = run_id, state
        super().__init__(f"批次 {run_id} {state.label}，不能{wanted}")


class TooFewToTry(Refused):
    """Raised where so many are to go first that nobody is left to wait for them."""

    def __init__(self, run_id: int, planned: int, first: int) -> None:
        self.run_id, self.planned, self.first = run_id, planned, first
        super().__init__(
            f"批次 {run_id} 只有 {planned} 封，先试投 {first} 封就不剩了："
            "请减少试投数，或不写 --canary"
        )


def start(
    transaction: Transaction,
    run_id: int,
    *,
    at: datetime,
    expiry: timedelta,
    first: int | None = None,
) -> None:
    """Release a run for sending; seals it where it is not. A running one is left as it is.

    With `first` only so many go until the run is resumed. Raises WrongState, NotReleased,
    GateClosed, TooFewToTry, SuspectLedger.
    """
    with transaction() as session:
        require_trusted(session)
        run = find_run(session, run_id)
        state = run.state
        require_approved(run)
    if state in (RunState.PLANNING, RunState.PLANNED):
        planning.seal(transaction, run_id, at=at)
    with transaction() as session:
        if (find_run(session, run_id).planned or 0) >= _MANY:
            readiness.count_anew(session)
    with transaction() as session:
        run = find_run(session, run_id, lock=True)
        if run.state is RunState.SENDING and first is None:
            return
        if run.state is RunState.PAUSED:
            raise WrongState(run_id, run.state, "重新开始：请用 distribution run resume")
        _require(run, {RunState.SEALED}, "开始投递" if first is None else "再试投")
        if first is not None:
            _send_first(session, run, first)
        run.state, run.started_at, run.expires_at = RunState.SENDING, at, at + expiry
        tell_started(session, run, at=at)


def _send_first(session: Session, run: Run, first: int) -> None:
    planned = run.planned or 0
    if first >= planned:
        raise TooFewToTry(run.id, planned, first)
    canaries.choose(session, run.id, first)
    run.canary = first


def pause(session: Session, run_id: int, *, by: str, reason: str = "") -> None:
    """Lease nothing more of a run; what is being handed over is finished."""
    run = find_run(session, run_id, lock=True)
    _require(run, {RunState.SENDING}, "暂停")
    run.state, run.paused_by, run.pause_reason = RunState.PAUSED, by, reason or None


def pause_all(session: Session, *, by: str, reason: str = "") -> list[int]:
    """Pause whatever is sending, by one statement; gives the runs."""
    return runs.pause_sending(session, by, reason or None)


def resume(session: Session, run_id: int) -> None:
    """Go on with a paused run; where some go first, let the others go too.

    A run that was paused while some went first goes on with those. What a tripwire would have
    paused it for is known from now on.
    """
    require_trusted(session)
    run = find_run(session, run_id, lock=True)
    if run.state is RunState.SENDING and run.canary is not None:
        run.canary = None
        return
    _require(run, {RunState.PAUSED}, "继续")
    tripwires.know(session, run)
    run.state, run.paused_by, run.pause_reason = RunState.SENDING, None, None


def cancel(session: Session, run_id: int, *, by: str, at: datetime) -> None:
    """Never send what has not been handed over; those readers' slots become free."""
    run = find_run(session, run_id, lock=True)
    open_states = set(RunState) - {RunState.FINISHED, RunState.CANCELLED}
    _require(run, open_states, "取消")
    run.state, run.finished_at = RunState.CANCELLED, at
    session.flush()
    closing.cancel_deliveries(session, run_id, by)


def _require(run: Run, states: Collection[RunState], wanted: str) -> None:
    if run.state not in states:
        raise WrongState(run.id, run.state, wanted)
