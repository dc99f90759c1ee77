"""`distribution schedule`: when each month's issue leaves, and a person's word on it."""

import click

from distribution.cli.schedule.importing import import_notice
from distribution.cli.schedule.showing import show
from distribution.cli.schedule.steering import hold, release, skip
from distribution.cli.schedule.ticking import tick


@click.group("schedule")
def group() -> None:
    """日程：各月哪天投递、为什么是那天、还差什么；放行、搁置、跳过一个月。"""


for command in (show, tick, release, hold, skip, import_notice):
    group.add_command(command)
