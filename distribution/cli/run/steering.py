"""`distribution run pause`, `stop`, `resume` and `cancel`."""

import sys
from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, delivery
from distribution.cli.common import admin, installation
from distribution.cli.run.naming import run_argument
from distribution.errors import DistributionError
from distribution.words import DeliveryState, RunState

_with_reason = click.option("--reason", default="", metavar="缘由", help="缘由，记入批次。")


class NotSaidWhich(DistributionError):
    """Raised for `run stop` without --all: it must not be typed by mistake."""

    def __init__(self) -> None:
        super().__init__(
            "请写明 --all，暂停全部投递中的批次；只停一个，用 distribution run pause 批次号"
        )


@click.command("pause")
@run_argument
@_with_reason
def pause(run_id: int, reason: str) -> None:
    """暂停：正在交付的完成，其余留待继续。"""
    reason = _tidy(reason)
    _steer(
        run_id,
        "run.pause",
        lambda session, _: delivery.pause(session, run_id, by=admin(), reason=reason),
        reason=reason,
    )


@click.command("stop")
@click.option("--all", "everything", is_flag=True, help="全部投递中的批次。")
@_with_reason
def stop(everything: bool, reason: str) -> None:  # noqa: FBT001 - click's flag
    """紧急停止：暂停全部投递中的批次；Redis 不可用时也有效，逐个用 run resume 继续。

    数据库也不可用时，在本装置的文件夹（home）里放一个名为 STOP 的文件：各投递进程在领取与交付
    每一封之前都会看它，删除后继续。
    """
    if not everything:
        raise NotSaidWhich
    reason, at, by = _tidy(reason), clock.now(), admin()
    with installation().transaction() as session:
        stopped = delivery.pause_all(session, by=by, reason=reason)
        for run_id in stopped:
            audit.record(session, "run.stop", str(run_id), by=by, at=at, **_said(reason))
    if not stopped:
        click.echo("没有投递中的批次：没有改动。")
        return
    click.echo(f"已暂停 {len(stopped)} 个批次：{'、'.join(map(str, stopped))}。")
    click.echo("继续：distribution run resume 批次号")


@click.command("resume")
@run_argument
def resume(run_id: int) -> None:
    """继续一个暂停的批次；试投之后，放行其余的（由投递进程或 run start 完成投递）。"""
    _steer(run_id, "run.resume", lambda session, _: delivery.resume(session, run_id))
    click.echo(f"没有常驻的投递进程时，请运行：distribution run start {run_id}")


@click.command("cancel")
@run_argument
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


def _steer(
    run_id: int, action: str, verb: Callable[[Session, datetime], None], *, reason: str = ""
) -> None:
    at = clock.now()
    with installation().transaction() as session:
        verb(session, at)
        audit.record(session, action, str(run_id), by=admin(), at=at, **_said(reason))
        session.flush()
        found = delivery.status(session, run_id)
    click.echo(f"批次 {run_id} {found.run.state.label}。")


def _tidy(reason: str) -> str:
    return audience.tidy("缘由", reason, longest=500) if reason else ""


def _said(reason: str) -> dict[str, str]:
    return {"reason": reason} if reason else {}
