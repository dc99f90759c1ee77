"""What the office is told of every run: that it began, and that it is through."""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution import clock, issues
from distribution.delivery.alerting import raise_alert
from distribution.delivery.store import runs
from distribution.models import Run
from distribution.words import DeliveryState


def tell_started(session: Session, run: Run, *, at: datetime) -> None:
    """A run was let go."""
    first = f"先试投 {run.canary} 封，其余等放行。" if run.canary is not None else ""
    until = f"至迟到 {clock.for_people(run.expires_at)} 投完。" if run.expires_at else ""
    raise_alert(
        session,
        f"run:{run.id}:started",
        f"批次 {run.id} 开始投递：{_name(session, run)}",
        [f"共 {run.planned or 0} 封。{first}{until}"],
        f"看进展：distribution run watch {run.id}。",
        at=at,
        urgent=True,
        editors=True,
    )


def tell_finished(session: Session, run: Run, *, at: datetime) -> None:
    """A run has nothing left to send."""
    tally = runs.tally(session, run.id)
    counts = {state.label: tally[state] for state in DeliveryState if state in tally}
    lines = [
        f"共 {run.planned or 0} 封：{'、'.join(f'{name} {n}' for name, n in counts.items())}。"
    ]
    if doubtful := tally.get(DeliveryState.IN_DOUBT):
        lines.append(f"存疑的 {doubtful} 封不会自动重寄：distribution run doubt list {run.id}")
    raise_alert(
        session,
        f"run:{run.id}:finished",
        f"批次 {run.id} 投递完成：{_name(session, run)}",
        lines,
        f"报告：distribution report run {run.id}；退信与打开会陆续回来。",
        at=at,
        urgent=True,
        editors=True,
    )


def _name(session: Session, run: Run) -> str:
    kind = run.kind.label
    return f"{issues.key_of(runs.issue_of(session, run))} 期（{kind}）"
