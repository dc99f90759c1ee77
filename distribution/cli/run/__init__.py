"""`distribution run`: plan, seal, start, watch, verify and steer the sending of an issue."""

import click

from distribution.cli.run import doubting
from distribution.cli.run.correcting import approve, correct
from distribution.cli.run.failing import failed
from distribution.cli.run.late import late
from distribution.cli.run.planning import plan, seal
from distribution.cli.run.rehearsing import rehearse
from distribution.cli.run.sending import start
from distribution.cli.run.showing import list_runs, status
from distribution.cli.run.steering import cancel, pause, resume, stop
from distribution.cli.run.verifying import verify
from distribution.cli.run.watching import watch


@click.group("run")
def group() -> None:
    """投递批次：规划、封存、预演、投递、核对；了结存疑的，重投被拒的，补投、更正。"""


for command in (
    *(plan, list_runs, seal, rehearse, start, watch, status, verify),
    *(pause, stop, resume, cancel, failed, late, correct, approve),
):
    group.add_command(command)
group.add_command(doubting.group)
