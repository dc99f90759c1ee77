"""A run's books: where its deliveries stand. Whether everything adds up: see `verifying`."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution.delivery.states import OPEN
from distribution.delivery.store import runs
from distribution.models import Run
from distribution.words import Cause, DeliveryState


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
