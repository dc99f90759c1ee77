"""Whether a run still sends, and letting it go on where something of it is planned again."""

from sqlalchemy.orm import Session

from distribution.delivery.store import again, runs
from distribution.errors import Refused
from distribution.models import Run
from distribution.words import RunState

_GOING = frozenset({RunState.SENDING, RunState.PAUSED, RunState.FINISHED})
"""A finished run is among them: it goes on where something of it is to be sent once more."""


class RunOver(Refused):
    """Raised where something of a run is to be sent again that sends nothing any more."""

    def __init__(self, run: Run, advice: str) -> None:
        self.run_id, self.state, self.expires_at = run.id, run.state, run.expires_at
        why = "已过投递期限" if run.state in _GOING else run.state.label
        super().__init__(f"批次 {run.id} {why}，没有改动：{advice}")


def require_going(session: Session, run_id: int, advice: str) -> None:
    """Raise RunOver unless the run is sending, paused, or finished, and within its time."""
    _require(session, runs.find_run(session, run_id), advice)


def go_on(session: Session, run_id: int, advice: str) -> None:
    """As `require_going`, for good: the run is locked, and sends again if it was finished.

    To be called with its deliveries locked: who settles them locks in this order.
    """
    run = again.hold_run(session, run_id)
    _require(session, run, advice)
    if run.state is RunState.FINISHED:
        run.state, run.finished_at = RunState.SENDING, None


def _require(session: Session, run: Run, advice: str) -> None:
    if run.state not in _GOING or again.is_over(session, run):
        raise RunOver(run, advice)
