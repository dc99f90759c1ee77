"""`distribution db`: the schema, copies of the database, and whether it may be sent from."""

import click

from distribution.cli.database.accepting import accept, suspect
from distribution.cli.database.copying import backup, restore
from distribution.cli.database.schema import status, upgrade


@click.group("db")
def group() -> None:
    """数据库：版本、备份与恢复。"""


for command in (upgrade, status, backup, restore, suspect, accept):
    group.add_command(command)
