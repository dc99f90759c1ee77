"""Tells the office of runs of which too much comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import delivery
from distribution.reports.bounce_figures import NO_CLASS, BounceReport, Counts
from distribution.reports.bounce_store import Scope, bounce_report

LATELY = timedelta(days=14)
"""How long after its start a run is looked at: what comes back later changes little."""
FEW = 5
"""So few mails are no share of anything."""


@dataclass(frozen=True, slots=True)
class TooMuchBack:
    """A run of which too much comes back."""

    run_id: int
    planned: int
    bounces: BounceReport


def too_much_back(session: Session, percent: int, *, at: datetime) -> Sequence[TooMuchBack]:
    """Runs of late of which more than this share did not arrive, and nobody was told.

    It reads all that came back of them: whoever asks should hold no lock meanwhile.
    """
    return [
        TooMuchBack(run.id, run.planned or 0, found)
        for run, _ in delivery.list_runs(session)
        if run.started_at is not None
        and at - run.started_at <= LATELY
        and not delivery.alert_known(session, _key(run.id))
        and (found := bounce_report(session, Scope(run.id))).total.total > FEW
        and found.total.total * 100 > (run.planned or 0) * percent
    ]


def tell_bounces(session: Session, one: TooMuchBack, percent: int, *, at: datetime) -> None:
    """Tell of a run of which more than this share did not arrive, once."""
    classes = "、".join(
        f"{meaning.label if meaning else NO_CLASS} {counts.total}"
        for meaning, counts in one.bounces.meanings.items()
        if counts.total
    )
    delivery.raise_alert(
        session,
        _key(one.run_id),
        f"批次 {one.run_id} 的退信与拒收超过 {percent}%",
        (
            f"共 {one.planned} 封：{_counted(one.bounces.total)}。",
            f"原因：{classes}。",
        ),
        f"按原因与服务商查看：distribution bounce report --run {one.run_id}。",
        at=at,
        urgent=True,
    )


def _key(run_id: int) -> str:
    return f"run:{run_id}:bounces"


def _counted(lost: Counts) -> str:
    return f"退回 {lost.returned} 封，投递时被拒 {lost.refused} 封"
