"""A report's tables on the terminal, and below them what each figure means."""

from collections.abc import Sequence

import click

from distribution import reports
from distribution.cli.chinese import folded
from distribution.cli.common import WIDE, console, show_table
from distribution.reports import Table

MOST = 15
"""Rows of a table that are shown without --all."""


def show(sentence: str, tables: Sequence[Table], *, everything: bool) -> None:
    width = min(console().width, WIDE)
    click.echo("\n".join(folded(sentence, width)))
    for table in tables:
        if table.rows:
            click.echo()
            _show(table, everything=everything)
    click.echo()
    for note in reports.footnotes(key for table in tables if table.rows for key in table.keys):
        click.secho("· " + "\n  ".join(folded(note, width - len("· "))), dim=True)


def _show(table: Table, *, everything: bool) -> None:
    shown = table.rows if everything else table.rows[:MOST]
    rows = [*shown, *([table.total] if table.total else [])]
    told = [[reports.HIDDEN if cell is None else cell for cell in row] for row in rows]
    show_table(table.heads, told, title=table.name)
    if len(shown) < len(table.rows):
        click.echo(f"另有 {len(table.rows) - len(shown)} 行：--all 列出全部。")


def explained(tables: Sequence[Table]) -> dict[str, object]:
    """For a document: what the figures of its tables mean, and which groups are too small."""
    keys = {key for table in tables for key in table.keys}
    return {"few": reports.FEW, "notes": {key: reports.note(key) for key in sorted(keys)}}
