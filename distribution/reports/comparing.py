"""What is counted by run and enterprise: kept together, and one run laid beside others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from distribution.reports.course import EarlierRun
from distribution.reports.store import Agreed, Losses, Partings, Signs, Standing
from distribution.words import DeliveryState, RunKind


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything of some runs."""

    standings: Sequence[Standing]
    agreed: Sequence[Agreed]
    signs: Sequence[Signs]
    losses: Sequence[Losses]
    partings: Sequence[Partings]

    def of(self, run_id: int) -> "Answers":
        """That of one run."""
        return Answers(
            [row for row in self.standings if row.run_id == run_id],
            [row for row in self.agreed if row.run_id == run_id],
            [row for row in self.signs if row.run_id == run_id],
            [row for row in self.losses if row.run_id == run_id],
            [row for row in self.partings if row.run_id == run_id],
        )


def compared(
    found: Answers, run_id: int, issue_key: str, kind: RunKind, started_at: datetime | None
) -> EarlierRun:
    """The sums of one of the runs."""
    own = found.of(run_id)
    opened = sum(row.opened for row in own.signs)
    return EarlierRun(
        run_id=run_id,
        issue_key=issue_key,
        kind=kind,
        started_at=started_at,
        accepted=sum(
            row.deliveries for row in own.standings if row.state is DeliveryState.ACCEPTED
        ),
        agreed=sum(row.readers for row in own.agreed),
        opened=opened,
        opened_at_most=opened + sum(row.unjudged + row.prefetched for row in own.signs),
        clicked=sum(row.clicked for row in own.signs),
        bounced=sum(row.bounced for row in own.losses),
        left=sum(row.readers for row in own.partings),
    )
