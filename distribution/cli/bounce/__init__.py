"""`distribution bounce`: read mails that came back, and tell how they are understood."""

import click

from distribution.cli.bounce.explaining import explain
from distribution.cli.bounce.reading import read


@click.group("bounce")
def group() -> None:
    """退信：读入退回的邮件、投诉与来信退订，说明如何判断。"""


group.add_command(read)
group.add_command(explain)
