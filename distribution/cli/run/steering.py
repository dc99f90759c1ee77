"""`distribution run pause`, `resume` and `cancel`."""

import sys
from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy.orm import Session

from distribution import audit, clock, delivery
from distribution.cli.common import admin, installation
from distribution.cli.run.naming import run_argument
from distribution.words import DeliveryState, RunState


@click.command("pause")
@run_argument
def pause(run_id: int) -> None:
    """暂停：正在交付的完成，其余留待继续。"""
    _steer(run_id, "run.pause", lambda session, _: delivery.pause(session, run_id))


@click.command("resume")
@run_argument
def resume(run_id: int) -> None:
    """继续一个暂停的批次（由投递进程或 run start 完成投递）。"""
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


def _steer(run_id: int, action: str, verb: Callable[[Session, datetime], None]) -> None:
    at = clock.now()
    with installation().transaction() as session:
        verb(session, at)
        audit.record(session, action, str(run_id), by=admin(), at=at)
        session.flush()
        found = delivery.status(session, run_id)
    click.echo(f"批次 {run_id} {found.run.state.label}。")
