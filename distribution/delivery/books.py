"""A run's books: where its deliveries stand, and whether everything adds up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import digests
from distribution.delivery.planning import signed
from distribution.delivery.states import OPEN
from distribution.delivery.store import books, runs
from distribution.models import Run
from distribution.words import Cause, DeliveryState, RunState

SEALED = (RunState.SEALED, RunState.SENDING, RunState.PAUSED, RunState.FINISHED)


@dataclass(frozen=True, slots=True)
class Status:
    """How a run stands at one moment."""

    run: Run
    issue_key: str
    states: dict[DeliveryState, int]
    causes: tuple[tuple[DeliveryState, Cause, int], ...]
    waiting: runs.Waiting

    @property
    def total(self) -> int:
        """Deliveries in all; equals `run.planned` once the run is sealed."""
        return sum(self.states.values())

    @property
    def open(self) -> int:
        """Deliveries that are not through: planned, on the way, or waiting for another try."""
        return sum(count for state, count in self.states.items() if state in OPEN)

    def count(self, state: DeliveryState) -> int:
        """Deliveries in one state."""
        return self.states.get(state, 0)


def status(session: Session, run_id: int) -> Status:
    """How a run stands now."""
    run = runs.find_run(session, run_id)
    issue = runs.issue_of(session, run)
    return Status(
        run=run,
        issue_key=f"{issue.year}-{issue.label}",
        states=runs.tally(session, run_id),
        causes=tuple((row[0], row[1], row[2]) for row in runs.causes(session, run_id) if row[1]),
        waiting=runs.waiting(session, run_id),
    )


def verify(session: Session, run_id: int) -> list[str]:
    """Recount the books from the rows; returns every mismatch as a sentence, none if all is well.

    The sum of all states is what was planned, the audience is the one that was sealed, each
    delivery holds its slot, each final state has its event, nobody was accepted twice, and
    selections and sheet are the ones that were signed.
    """
    run = runs.find_run(session, run_id)
    found: list[str] = []
    if run.state in SEALED or run.planned is not None:
        seal = signed(session, run_id)
        if seal.count != run.planned:
            found.append(f"封存时有 {run.planned} 封投递，现有 {seal.count} 封")
        if seal.audience != run.audience_digest:
            found.append("读者名单与封存时的摘要不符")
        elif seal.selections != run.selections_digest:
            found.append("各人的选文与封存时的摘要不符")
    if run.state is RunState.FINISHED:
        left = sum(count for state, count in runs.tally(session, run_id).items() if state in OPEN)
        if left:
            found.append(f"批次已完成，却还有 {left} 封没有结果")
    counts = {
        "封投递没有占位（可能重复投递）": books.unslotted(session, run),
        "封投递的最终状态没有对应的事件": books.unwitnessed(session, run_id),
        "个信箱收到同一期两次以上": books.accepted_twice(session, run),
        "封投递的状态与接收时间矛盾": books.undated(session, run_id),
    }
    found += [f"{count} {problem}" for problem, count in counts.items() if count]
    found += _forged(session, run)
    return found


def finish_drained(session: Session, at: datetime) -> dict[int, list[str]]:
    """Finish the running runs that have nothing left to send, if their books are right.

    Returns the mismatches of each run looked at; a run with any stays open for the admin.
    """
    checked: dict[int, list[str]] = {}
    for run in runs.drained_runs(session):
        checked[run.id] = verify(session, run.id)
        if not checked[run.id]:
            run.state, run.finished_at = RunState.FINISHED, at
    return checked


def _forged(session: Session, run: Run) -> list[str]:
    found = [
        f"选文 {selection.id} 与其签名不符"
        for selection in runs.selections(session, run.id)
        if digests.fingerprint(selection.interests) != selection.signature
    ]
    if digests.fingerprint(runs.sheet(session, run.sheet_sha256).content) != run.sheet_sha256:
        found.append("版面与其摘要不符")
    return found
