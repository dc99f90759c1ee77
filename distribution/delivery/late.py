"""A run for those who joined after the regular one was planned, and for nobody else.

Joined has, as of the moment the plan passed him by:

- whoever was not there yet: his id is above the plan's cursor;
- whoever agreed, confirmed or came back since: a word of consent after the plan began, where the
  last word before was none, or that he leaves;
- whose enterprise had no membership then, and has one now: a run remembers which those were.

All others whom the plan left out stay out, though nothing bars them any more: who had paused or
whose address was out of use had his place and did not take it, and where nothing matched there
is nothing to send. Whoever has a slot of this issue, the person or the mailbox, has had or will
have his mail. Slots are the same for both kinds of run, so two planners at once give one mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience
from distribution.db import Transaction
from distribution.delivery import planning
from distribution.delivery.lapsing import NotApproved
from distribution.delivery.planning import Recipe, enlist
from distribution.delivery.steering import WrongState
from distribution.delivery.store import plans, successors
from distribution.delivery.store.runs import find_run, issue_of
from distribution.delivery.verifying import SEALED
from distribution.errors import Refused
from distribution.issues import key_of
from distribution.models import Run
from distribution.words import RunKind, RunState


class NotTheFirst(Refused):
    """Raised where late readers are to be reached beside a run that is no regular one."""

    def __init__(self, run: Run) -> None:
        self.run_id, self.kind, self.original_id = run.id, run.kind, run.original_id
        super().__init__(
            f"批次 {run.id} 是{run.kind.label}，补投要从月度投递的批次起："
            f"distribution run late {run.original_id}"
        )


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who joined late."""

    subscriber_id: int
    email: str
    name: str
    enterprise: str | None
    how: str
    """`added`, `agreed` or `member`: what made him one."""


def count(session: Session, run_id: int) -> int:
    """How many may be reached now. Raises NotTheFirst, WrongState, NotApproved."""
    return successors.count_newcomers(session, _original(session, run_id))


def newcomers(session: Session, run_id: int, limit: int) -> Sequence[Newcomer]:
    """The first of them. Raises as `count`."""
    run = _original(session, run_id)
    return [Newcomer(*row) for row in successors.named_newcomers(session, run, limit)]


def corrections(session: Session, run_id: int) -> list[int]:
    """Corrections of its issue: whoever joins late gets what was sealed first all the same."""
    issue_id, alive = find_run(session, run_id).issue_id, set(RunState) - {RunState.CANCELLED}
    found = successors.open_successors(session, issue_id, RunKind.CORRECTION, alive)
    return [run.id for run in found]


def begun(session: Session, run_id: int) -> int | None:
    """A late run of its issue that is not sealed yet; `plan` goes on with it."""
    issue_id, unsealed = find_run(session, run_id).issue_id, (RunState.PLANNING, RunState.PLANNED)
    found = successors.open_successors(session, issue_id, RunKind.LATE, unsealed)
    return found[0].id if found else None


def plan(transaction: Transaction, run_id: int, recipe: Recipe, *, by: str, at: datetime) -> int:
    """Plan a run of kind late, or go on planning it; gives its number.

    One that is planned and not sealed is left as it is. Raises as `count`.
    """
    with transaction() as session:
        late_id = _open_run(session, _original(session, run_id), by=by, at=at)
    while _plan_slice(transaction, late_id, recipe):
        pass
    return late_id


def _original(session: Session, run_id: int) -> Run:
    run = find_run(session, run_id)
    if run.kind is not RunKind.REGULAR:
        raise NotTheFirst(run)
    issue = issue_of(session, run)
    if run.state not in SEALED:
        raise WrongState(run_id, run.state, _instead(run, key_of(issue)))
    if issue.approved_at is None:
        raise NotApproved(key_of(issue))
    return run


def _instead(run: Run, key: str) -> str:
    """What cannot be done, and what reaches those who joined late."""
    if run.state is RunState.CANCELLED:
        return (
            "补投：没有收到的读者，连同新加入的，由新的批次投递，"
            f"请运行 distribution run plan {key}"
        )
    return f"补投：请先运行 distribution run start {run.id}，开始投递之后再补投新加入的读者"


def _open_run(session: Session, original: Run, *, by: str, at: datetime) -> int:
    plans.lock_issue(session, original.issue_id)
    if known := begun(session, original.id):
        return known
    sheet, kind = original.sheet_sha256, RunKind.LATE
    run = plans.add_run(session, original.issue_id, sheet, kind=kind, by=by, at=at)
    run.original_id = original.id
    run.discovery, run.origin = original.discovery, original.origin
    session.flush()
    return run.id


def _plan_slice(transaction: Transaction, late_id: int, recipe: Recipe) -> bool:
    """Plan the next of them; False when nobody is left."""
    with transaction() as session:
        audience.join_audience(session)  # nobody is taken back with his list meanwhile
        run = find_run(session, late_id, lock=True)
        if run.state is not RunState.PLANNING or run.original_id is None:
            return False
        original = find_run(session, run.original_id)
        found = successors.newcomers(session, original, run.cursor, planning.SLICE)
        if not found:
            run.state = RunState.PLANNED
            return False
        enlist(session, run, audience.readers_among(session, found), recipe)
        run.cursor = found[-1]
        return True
