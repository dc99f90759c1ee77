"""`distribution run start`: send a run and watch it until nothing can be sent now."""

import sys
from datetime import timedelta

import click

from distribution import audit, clock, config, delivery
from distribution.cli.common import admin, installation
from distribution.cli.progress import Progress
from distribution.cli.run.foreseeing import foresee
from distribution.cli.run.naming import run_argument
from distribution.cli.run.showing import show_status
from distribution.cli.stopping import asked_to_stop
from distribution.errors import Refused
from distribution.logs import warn_on
from distribution.words import RunState


class PausedMeanwhile(Refused):
    """Raised where a run was paused, by a person or a tripwire, before all of it was sent."""

    def __init__(self, run_id: int, left: int) -> None:
        self.run_id, self.left = run_id, left
        super().__init__(
            f"批次 {run_id} 投递中被暂停，还有 {left} 封未投递：查明后运行 distribution run resume "
            f"{run_id}，再运行 distribution run start {run_id}"
        )


@click.command("start")
@run_argument
@click.option(
    "--canary",
    "first",
    metavar="封数",
    type=click.IntRange(1, 10_000_000),
    help="先试投这么多封，各线路都有；其余的等 run resume 放行。",
)
def start(run_id: int, first: int | None) -> None:
    """开始投递并显示进度；中断后再运行即继续，不会重复投递。

    尚未封存的先封存。另有进程正在投递时，这里只显示进展。
    """
    send(run_id, first)


def send(run_id: int, first: int | None = None) -> None:
    """Release a run, and send it here or watch who does."""
    from workers.draining import drain

    app, at = installation(), clock.now()
    config.refuse_trial_settings(app.settings)
    delivery.halting.refuse_halted(app.settings.stop_file)
    app.sender.recognise()
    expiry = timedelta(hours=app.settings.expiry_hours)
    delivery.start(app.transaction, run_id, at=at, expiry=expiry, first=first)
    with app.transaction() as session:
        said = {} if first is None else {"canary": first}
        audit.record(session, "run.start", str(run_id), by=admin(), at=at, **said)
    foresee(run_id)
    warn_on(sys.stderr, app.settings.log_format)
    with asked_to_stop() as stop, Progress() as progress:
        drained = drain(app, run_id, stop, progress.show)
    show_status(drained.status)
    if drained.status.run.canary is not None and drained.status.run.state is RunState.SENDING:
        _show_first(run_id)
    if drained.trouble is not None:
        raise drained.trouble
    if drained.mismatches:
        for mismatch in drained.mismatches:
            click.echo(f"不符：{mismatch}")
        sys.exit(1)
    if drained.stopped:
        on_redis = bool(app.settings.redis_url.get_secret_value())
        click.echo(_rest(run_id, elsewhere=on_redis or progress.other is not None))
        sys.exit(stop.exit_code)
    if drained.status.run.state is RunState.PAUSED:
        raise PausedMeanwhile(run_id, drained.status.open)


def _rest(run_id: int, *, elsewhere: bool) -> str:
    """What becomes of the others once a person has stopped it here.

    >>> _rest(3, elsewhere=True)
    '这里不再显示，别处的进程照常投递。'
    >>> _rest(3, elsewhere=False)
    '已停止，未投递的保留在账上。继续：distribution run start 3'
    """
    if elsewhere:
        return "这里不再显示，别处的进程照常投递。"
    return f"已停止，未投递的保留在账上。继续：distribution run start {run_id}"


def _show_first(run_id: int) -> None:
    """How those fared that went first."""
    with installation().reading() as session:
        fared = delivery.observing.fared(session, run_id)
    states = "、".join(f"{state.label} {count}" for state, count in fared.states.items())
    returned = f"；已退回 {fared.returned}" if fared.returned else ""
    click.echo(f"试投 {sum(fared.states.values())} 封：{states}{returned}。退信会陆续到达。")
