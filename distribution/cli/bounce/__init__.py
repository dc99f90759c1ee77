"""`distribution bounce`: mails that came back: read, understood, listed, counted, taken back."""

import click

from distribution.cli.bounce.explaining import explain
from distribution.cli.bounce.fetching import fetch
from distribution.cli.bounce.listing import list_bounces
from distribution.cli.bounce.reading import read
from distribution.cli.bounce.releasing import release
from distribution.cli.bounce.reporting import report
from distribution.cli.bounce.showing import show
from distribution.cli.bounce.unreachable import unreachable


@click.group("bounce")
def group() -> None:
    """退信：收取、读入退回的邮件、投诉与来信退订，说明如何判断，查看与统计。"""


for command in (list_bounces, show, release, report, unreachable, read, fetch, explain):
    group.add_command(command)
