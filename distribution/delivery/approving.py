"""The word that a correction waits for: somebody else's where many get it."""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution import staff
from distribution.delivery.store.runs import find_run, tally
from distribution.errors import Refused
from distribution.models import Run
from distribution.words import RunKind, RunState

_READY = frozenset({RunState.PLANNED, RunState.SEALED})


class NotReleased(Refused):
    """Raised where a correction is to be sent that nobody has approved."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        super().__init__(
            f"批次 {run_id} 是更正，尚未批准：先用 distribution run rehearse {run_id} --to 邮箱 "
            f"核对，再运行 distribution run approve {run_id}"
        )


class NothingToApprove(Refused):
    """Raised for a run that needs no approval of its own, or cannot have it where it stands."""

    def __init__(self, run: Run) -> None:
        self.run_id, self.kind, self.state = run.id, run.kind, run.state
        if run.kind is not RunKind.CORRECTION:
            why = f"是{run.kind.label}，不用另行批准（期刊已批准）"
        else:
            why = f"{run.state.label}，不能批准"
        super().__init__(f"批次 {run.id} {why}：没有改动")


class SecondPersonNeeded(Refused):
    """Raised where whoever made a correction for many would approve it himself."""

    def __init__(self, run: Run, count: int, above: int) -> None:
        self.run_id, self.created_by, self.count, self.above = run.id, run.created_by, count, above
        super().__init__(
            f"批次 {run.id} 有 {count} 封，超过 {above} 封须由另一人批准："
            f"它由 {run.created_by} 建立，请换一个系统账号运行 distribution run approve {run.id}"
        )


def approve(session: Session, run_id: int, *, above: int, by: str, at: datetime) -> bool:
    """Release a correction; False where it was before. Whom it reaches and what it says are frozen.

    Above so many mails by another person than the one who made it. Raises NothingToApprove,
    SecondPersonNeeded.
    """
    run = find_run(session, run_id, lock=True)
    if run.kind is not RunKind.CORRECTION or run.state not in _READY:
        raise NothingToApprove(run)
    if run.approved_at is not None:
        return False
    count = sum(tally(session, run_id).values())
    if count > above and by == staff.called_now(session, run.created_by, run.created_at):
        raise SecondPersonNeeded(run, count, above)
    run.approved_at, run.approved_by = at, by
    return True


def require_approved(run: Run) -> None:
    """Raise NotReleased for a correction that nobody has approved."""
    if run.kind is RunKind.CORRECTION and run.approved_at is None:
        raise NotReleased(run.id)
