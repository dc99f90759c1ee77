"""`distribution run`: plan, seal, start, watch and steer the sending of an issue."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, config, delivery
from distribution.audience import TheseEnterprises
from distribution.cli.chinese import row_number
from distribution.cli.common import admin, as_json, installation, show_json, show_table
from distribution.cli.progress import Progress
from distribution.cli.stopping import asked_to_stop
from distribution.delivery import Status
from distribution.words import Cause, DeliveryState, Membership, RunState

run_id = click.argument("run_id", metavar="批次号", type=int, callback=row_number)


@click.group("run")
def group() -> None:
    """投递批次：规划、封存、投递、核对。"""


@group.command("plan")
@click.argument("key", metavar="期号")
def plan(key: str) -> None:
    """为一期规划投递：冻结读者与各人的选文；中断后再运行即继续。"""
    app, at = installation(), clock.now()
    number = delivery.plan(app.transaction, key, app.recipe, by=admin(), at=at)
    with app.transaction() as session:
        status = delivery.status(session, number)
        audit.record(session, "run.plan", str(number), by=admin(), at=at, issue=status.issue_key)
    click.echo(
        f"批次 {number}（{status.issue_key} 期）{status.run.state.label}：{status.total} 封投递。"
    )
    _show_excluded(status)
    _show_ending()
    if status.run.state is RunState.PLANNED:
        click.echo(f"下一步：distribution run start {number}")


def _show_ending() -> None:
    """Say how many memberships will soon end: their contacts are then left out of plans."""
    with installation().reading() as session:
        ending = TheseEnterprises(standing=Membership.ENDING)
        count = audience.count_enterprises(session, ending, today=clock.today())
    if count:
        click.echo(
            f"有 {count} 家企业的会籍将在 {audience.NOTICE.days} 天内到期："
            "distribution enterprise list --ending"
        )


@group.command("list")
@as_json
def list_runs(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出投递批次。"""
    with installation().reading() as session:
        rows = [delivery.status(session, run.id) for run, _ in delivery.list_runs(session)]
        if as_json:
            show_json([_document(status) for status in rows])
            return
        show_table(
            ("批次", "期号", "状态", "投递", "已交中继", "开始", "完成"),
            [
                (
                    status.run.id,
                    status.issue_key,
                    status.run.state.label,
                    status.total,
                    status.count(DeliveryState.ACCEPTED),
                    status.run.started_at,
                    status.run.finished_at,
                )
                for status in rows
            ],
            empty="还没有投递批次：期刊批准后运行 distribution run plan 期号",
        )


@group.command("seal")
@run_id
def seal(run_id: int) -> None:
    """封存：清点投递、签下读者名单；此后不再变动。"""
    app, at = installation(), clock.now()
    delivery.seal(app.transaction, run_id, at=at)
    with app.transaction() as session:
        status = delivery.status(session, run_id)
        audit.record(session, "run.seal", str(run_id), by=admin(), at=at)
    click.echo(f"批次 {run_id} {status.run.state.label}：{status.run.planned} 封。")


@group.command("start")
@run_id
def start(run_id: int) -> None:
    """开始投递并显示进度；中断后再运行即继续，不会重复投递。

    尚未封存的先封存。另有进程正在投递时，这里只显示进展。
    """
    from workers.draining import drain

    app, at = installation(), clock.now()
    config.refuse_trial_settings(app.settings)
    expiry = timedelta(hours=app.settings.expiry_hours)
    delivery.start(app.transaction, run_id, at=at, expiry=expiry)
    with app.transaction() as session:
        audit.record(session, "run.start", str(run_id), by=admin(), at=at)
    with asked_to_stop() as stop, Progress() as progress:
        drained = drain(app, run_id, stop, progress.show)
    show_status(drained.status)
    if drained.trouble is not None:
        raise drained.trouble
    if drained.mismatches:
        for mismatch in drained.mismatches:
            click.echo(f"不符：{mismatch}")
        sys.exit(1)
    if drained.stopped:
        click.echo(f"已停止，未投递的保留在账上。继续：distribution run start {run_id}")
        sys.exit(1)


@group.command("status")
@run_id
@as_json
def status(run_id: int, as_json: bool) -> None:  # noqa: FBT001
    """查看一个批次的进展。"""
    with installation().reading() as session:
        found = delivery.status(session, run_id)
        if as_json:
            show_json(_document(found))
        else:
            show_status(found)


@group.command("verify")
@run_id
@as_json
def verify(run_id: int, as_json: bool) -> None:  # noqa: FBT001
    """从账上逐行重新清点；有不符则退出码为 1。"""
    with installation().reading() as session:
        found = delivery.status(session, run_id)
        mismatches = delivery.verify(session, run_id)
        if as_json:
            show_json(_document(found) | {"mismatches": mismatches})
        elif mismatches:
            for mismatch in mismatches:
                click.echo(f"不符：{mismatch}")
        else:
            click.echo(f"批次 {run_id} 账目相符：{found.total} 封投递，各有着落。")
    if mismatches:
        sys.exit(1)


@group.command("pause")
@run_id
def pause(run_id: int) -> None:
    """暂停：正在交付的完成，其余留待继续。"""
    _steer(run_id, "run.pause", lambda session, _: delivery.pause(session, run_id))


@group.command("resume")
@run_id
def resume(run_id: int) -> None:
    """继续一个暂停的批次（由投递进程或 run start 完成投递）。"""
    _steer(run_id, "run.resume", lambda session, _: delivery.resume(session, run_id))
    click.echo(f"没有常驻的投递进程时，请运行：distribution run start {run_id}")


@group.command("cancel")
@run_id
@click.option("--yes", is_flag=True, help="不再询问。")
def cancel(run_id: int, yes: bool) -> None:  # noqa: FBT001
    """取消：尚未交付的永不投递，这些读者可由新的批次投递。"""
    with installation().reading() as session:
        waiting = delivery.status(session, run_id)
    over = waiting.run.state in (RunState.FINISHED, RunState.CANCELLED)  # refused below, unasked
    if not yes and not over:
        if not sys.stdin.isatty():
            raise click.UsageError("取消不可撤回：没有终端可询问时请加 --yes。")
        left = waiting.count(DeliveryState.PLANNED) + waiting.count(DeliveryState.DEFERRED)
        click.confirm(f"取消批次 {run_id}，{left} 封将不再投递，确定吗？", abort=True)
    _steer(
        run_id,
        "run.cancel",
        lambda session, at: delivery.cancel(session, run_id, by=admin(), at=at),
    )


def _steer(run_id: int, action: str, verb: Callable[[Session, datetime], None]) -> None:
    at = clock.now()
    with installation().transaction() as session:
        verb(session, at)
        audit.record(session, action, str(run_id), by=admin(), at=at)
        session.flush()
        found = delivery.status(session, run_id)
    click.echo(f"批次 {run_id} {found.run.state.label}。")


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
        title=f"批次 {run.id} · {status.issue_key} 期 · {run.state.label}",
    )
    _show_excluded(status)
    if run.state is RunState.SENDING:
        _show_waiting(status)


def _causes(status: Status, state: DeliveryState) -> list[str]:
    return [f"{cause.label} {count}" for of, cause, count in status.causes if of is state]


def _show_waiting(status: Status) -> None:
    """Why the rest is not sent now, and what is to be done."""
    waiting = status.waiting
    if waiting.stopped:
        click.echo(
            f"{waiting.stopped} 封所在的线路已停止："
            "distribution lane list 查看缘由，处理后 distribution lane resume"
        )
    if waiting.next_in is not None:
        later = clock.for_people(clock.now() + waiting.next_in)
        click.echo(
            f"{waiting.later} 封稍后再投，最早 {later}："
            f"没有常驻的投递进程时，届时运行 distribution run start {status.run.id}"
        )


def _show_excluded(status: Status) -> None:
    if status.run.excluded:
        named = "、".join(
            f"{Cause(cause).label} {count}" for cause, count in sorted(status.run.excluded.items())
        )
        click.echo(f"未列入：{named}")


def _document(status: Status) -> dict[str, object]:
    run = status.run
    next_in = status.waiting.next_in
    return {
        "run": run.id,
        "issue": status.issue_key,
        "kind": run.kind.value,
        "state": run.state.value,
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
        "next_in_seconds": None if next_in is None else round(next_in.total_seconds()),
        "created_at": run.created_at,
        "sealed_at": run.sealed_at,
        "started_at": run.started_at,
        "expires_at": run.expires_at,
        "finished_at": run.finished_at,
    }
