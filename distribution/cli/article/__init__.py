"""`distribution article`: correct one article, and say what place it has in the mails."""

import click

from distribution.cli.article import correcting, limiting, placing


@click.group("article")
def group() -> None:
    """文章：查看与更正，写作 期号/序号，例如 2023-09/17。"""


for command in (
    correcting.show,
    correcting.edit,
    correcting.merge,
    correcting.split_article,
    correcting.move,
    correcting.drop,
    placing.pin,
    placing.lead,
    limiting.limit,
):
    group.add_command(command)
