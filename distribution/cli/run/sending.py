"""`distribution run start`: send a run and watch it until nothing can be sent now."""

import sys
from datetime import timedelta

import click

from distribution import audit, clock, config, delivery
from distribution.cli.common import admin, installation
from distribution.cli.progress import Progress
from distribution.cli.run.naming import run_argument
from distribution.cli.run.showing import show_status
from distribution.cli.stopping import asked_to_stop


@click.command("start")
@run_argument
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
