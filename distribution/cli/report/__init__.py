"""`distribution report`: how a run went, an enterprise was served, a year passed."""

import click

from distribution.cli.rejudging import rejudge
from distribution.cli.report.boarding import board
from distribution.cli.report.running import run
from distribution.cli.report.sending import send
from distribution.cli.report.visiting import enterprise


@click.group("report")
def group() -> None:
    """报告：一个批次、一家单位、一年的情况；也可用邮件寄出。"""


for command in (run, enterprise, board, send, rejudge):
    group.add_command(command)
