"""Tells the office of runs of which too much comes back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import delivery
from distribution.models import Run
from distribution.reports.bounce_figures import NO_CLASS, BounceReport, Counts
from distribution.reports.bounce_store import Scope, bounce_report

LATELY = timedelta(days=14)
"""How long after its start a run is looked at: what comes back later changes little."""
FEW = 5
"""So few mails are no share of anything."""


def tell_bounces(session: Session, percent: int, *, at: datetime) -> None:
    """Tell once of each run of late of which more than this share did not arrive."""
    for run, _ in delivery.list_runs(session):
        if run.started_at is None or at - run.started_at > LATELY:
            continue
        key = f"run:{run.id}:bounces"
        if delivery.alert_known(session, key):
            continue
        found = bounce_report(session, Scope(run.id))
        lost = found.total.total
        if lost > FEW and lost * 100 > (run.planned or 0) * percent:
            _tell(session, key, run, found, percent, at)


def _tell(
    session: Session, key: str, run: Run, found: BounceReport, percent: int, at: datetime
) -> None:
    classes = "、".join(
        f"{meaning.label if meaning else NO_CLASS} {counts.total}"
        for meaning, counts in found.meanings.items()
        if counts.total
    )
    delivery.raise_alert(
        session,
        key,
        f"批次 {run.id} 的退信与拒收超过 {percent}%",
        (
            f"共 {run.planned or 0} 封：{_counted(found.total)}。",
            f"原因：{classes}。",
        ),
        f"按原因与服务商查看：distribution bounce report --run {run.id}",
        at=at,
        urgent=True,
    )


def _counted(lost: Counts) -> str:
    return f"退回 {lost.returned} 封，投递时被拒 {lost.refused} 封"
