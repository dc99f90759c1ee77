"""`distribution run list` and `status`: how runs stand."""

import click

from distribution import clock, delivery
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.cli.listing import show_list
from distribution.cli.progress import unanswered
from distribution.cli.run.naming import run_argument
from distribution.delivery import Status
from distribution.models import Run
from distribution.words import Cause, DeliveryState, RunKind, RunState


@click.command("list")
@as_json
def list_runs(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出投递批次。"""
    with installation().reading() as session:
        rows = [delivery.status(session, run.id) for run, _ in delivery.list_runs(session)]
        if as_json:
            show_json([document(status) for status in rows])
            return
        show_list(
            ("批次", "期号", "种类", "状态", "投递", "已交中继", "开始", "完成"),
            [
                (
                    status.run.id,
                    status.issue_key,
                    status.run.kind.label,
                    standing(status.run),
                    status.total,
                    status.count(DeliveryState.ACCEPTED),
                    status.run.started_at,
                    status.run.finished_at,
                )
                for status in rows
            ],
            elastic=("状态",),
            spare=("完成",),
            empty="还没有投递批次：期刊批准后运行 distribution run plan 期号",
        )


@click.command("status")
@run_argument
@as_json
def status(run_id: int, as_json: bool) -> None:  # noqa: FBT001
    """查看一个批次的进展。"""
    with installation().reading() as session:
        found = delivery.status(session, run_id)
        if as_json:
            show_json(document(found))
        else:
            show_status(found)


def standing(run: Run) -> str:
    """Where a run stands, in a few words."""
    first = run.canary is not None and run.state in (RunState.SENDING, RunState.PAUSED)
    return f"{run.state.label}（试投 {run.canary} 封）" if first else run.state.label


def show_status(status: Status) -> None:
    """Print a run's books: each state with its number, causes below."""
    run = status.run
    rows = [
        (state.label, count, "、".join(_causes(status, state)))
        for state in DeliveryState
        if (count := status.count(state))
    ]
    rows.append(("合计", status.total, f"封存 {run.planned}" if run.planned is not None else ""))
    show_table(
        ("状态", "封", "其中"),
        rows,
        title=f"批次 {run.id} · {status.issue_key} 期{_kind(run)} · {standing(run)}",
    )
    show_excluded(status)
    _show_facts(run)
    if doubtful := status.count(DeliveryState.IN_DOUBT):
        click.echo(f"{doubtful} 封存疑，须查明：distribution run doubt list {run.id}")
    if held := status.count(DeliveryState.HELD):
        click.echo(f"{held} 封已扣留，不会自动投递：distribution run failed {run.id} 查看与重投")
    if run.state is RunState.SENDING:
        _show_waiting(status)


def _kind(run: Run) -> str:
    return "" if run.kind is RunKind.REGULAR else f" · {run.kind.label}（批次 {run.original_id}）"


def _show_facts(run: Run) -> None:
    """What people have said about it."""
    if run.reason and run.addressees:
        click.echo(printable(f"更正（{run.addressees.label}）：{run.reason}"))
    if run.approved_at is not None:
        click.echo(f"已由 {run.approved_by} 于 {clock.for_people(run.approved_at)} 批准。")
    elif run.kind is RunKind.CORRECTION and run.state in (RunState.PLANNED, RunState.SEALED):
        click.echo(f"尚未批准：distribution run approve {run.id}")
    if run.state is RunState.PAUSED and run.paused_by:
        why = f"：{run.pause_reason}" if run.pause_reason else ""
        click.echo(printable(f"由 {run.paused_by} 暂停{why}"))
        click.echo(f"继续：distribution run resume {run.id}")
    switch = installation().settings.stop_file
    if run.state is RunState.SENDING and delivery.halting.is_halted(switch):
        click.echo(f"投递已全部停止，因为有文件 {switch}：删除它即继续。")


def _causes(status: Status, state: DeliveryState) -> list[str]:
    return [f"{cause.label} {count}" for of, cause, count in status.causes if of is state]


def _show_waiting(status: Status) -> None:
    """Why the rest is not sent now, and what is to be done."""
    waiting = status.waiting
    if waiting.held_back:
        click.echo(
            f"{waiting.held_back} 封等试投的结果：满意后 distribution run resume {status.run.id}，"
            f"否则 distribution run cancel {status.run.id}"
        )
    if waiting.stopped:
        click.echo(
            f"{waiting.stopped} 封所在的线路已停止："
            "distribution lane list 查看缘由，处理后 distribution lane resume"
        )
    if waiting.answer_in is not None:
        click.echo(f"{unanswered(waiting.handed, waiting.answer_in)}。")
    if waiting.next_in is not None:
        later = clock.for_people(clock.now() + waiting.next_in)
        click.echo(
            f"{waiting.later} 封稍后再投，最早 {later}："
            f"没有常驻的投递进程时，届时运行 distribution run start {status.run.id}"
        )


def show_excluded(status: Status) -> None:
    """Say who was left out of the plan, and why."""
    if status.run.excluded:
        named = "、".join(
            f"{Cause(cause).label} {count}" for cause, count in sorted(status.run.excluded.items())
        )
        click.echo(f"未列入：{named}")


def document(status: Status) -> dict[str, object]:
    """How a run stands, as a programme reads it."""
    run = status.run
    next_in = status.waiting.next_in
    return {
        "run": run.id,
        "issue": status.issue_key,
        "kind": run.kind.value,
        "state": run.state.value,
        "original": run.original_id,
        "reason": run.reason,
        "addressees": run.addressees.value if run.addressees else None,
        "approved_at": run.approved_at,
        "approved_by": run.approved_by,
        "paused_by": run.paused_by,
        "pause_reason": run.pause_reason,
        "canary": run.canary,
        "planned": run.planned,
        "total": status.total,
        "states": {state.value: status.count(state) for state in DeliveryState},
        "causes": [
            {"state": state.value, "cause": cause.value, "count": count}
            for state, cause, count in status.causes
        ],
        "excluded": run.excluded,
        "audience_digest": run.audience_digest,
        "selections_digest": run.selections_digest,
        "due_now": status.waiting.due_now,
        "in_stopped_lanes": status.waiting.stopped,
        "held_back": status.waiting.held_back,
        "next_in_seconds": None if next_in is None else round(next_in.total_seconds()),
        "created_at": run.created_at,
        "sealed_at": run.sealed_at,
        "started_at": run.started_at,
        "expires_at": run.expires_at,
        "finished_at": run.finished_at,
    }
