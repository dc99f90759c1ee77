"""Start, pause, resume, cancel: each one change of the run's row, seen by the next lease."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution.db import Transaction
from distribution.delivery import planning
from distribution.delivery.store import closing
from distribution.delivery.store.runs import find_run
from distribution.errors import Refused
from distribution.models import Run
from distribution.words import RunState


class WrongState(Refused):
    """Raised when a run is asked for what it cannot do where it stands."""

    def __init__(self, run_id: int, state: RunState, wanted: str) -> None:
        self.run_id, self.state = run_id, state
        super().__init__(f"批次 {run_id} {state.label}，不能{wanted}")


def start(transaction: Transaction, run_id: int, *, at: datetime, expiry: timedelta) -> None:
    """Release a run for sending; seals it where it is not. A running one is left as it is."""
    with transaction() as session:
        state = find_run(session, run_id).state
    if state in (RunState.PLANNING, RunState.PLANNED):
        planning.seal(transaction, run_id, at=at)
    with transaction() as session:
        run = find_run(session, run_id, lock=True)
        if run.state is RunState.SENDING:
            return
        if run.state is RunState.PAUSED:
            raise WrongState(run_id, run.state, "重新开始：请用 distribution run resume")
        _require(run, {RunState.SEALED}, "开始投递")
        run.state, run.started_at, run.expires_at = RunState.SENDING, at, at + expiry


def pause(session: Session, run_id: int) -> None:
    """Lease nothing more of a run; what is being handed over is finished."""
    run = find_run(session, run_id, lock=True)
    _require(run, {RunState.SENDING}, "暂停")
    run.state = RunState.PAUSED


def resume(session: Session, run_id: int) -> None:
    """Go on with a paused run."""
    run = find_run(session, run_id, lock=True)
    _require(run, {RunState.PAUSED}, "继续")
    run.state = RunState.SENDING


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
