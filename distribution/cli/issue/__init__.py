"""`distribution issue`: read, check, correct and release the month's issue."""

import click

from distribution.cli.issue import (
    approving,
    checking,
    correcting,
    importing,
    searching,
    sections,
    showing,
    writing,
)


@click.group("issue")
def group() -> None:
    """期刊：导入、核对、更正、批准。"""


for command in (
    importing.import_issue,
    showing.list_issues,
    showing.show_issue,
    showing.report_issue,
    checking.check_issue,
    checking.mark_seen,
    approving.approve_issue,
    approving.reopen_issue,
    searching.reindex_issues,
    correcting.edit_issue,
    correcting.corrections,
    writing.note,
    writing.notice,
    sections.group,
):
    group.add_command(command)
