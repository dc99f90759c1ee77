"""What the commands share: the opened installation, who acts, tables, JSON."""

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from distribution import clock
from distribution.app import App, open_app

PIPE_WIDTH = 200
"""Columns where there is no terminal to ask: wide enough that nothing is folded."""


Command = TypeVar("Command", bound=Callable[..., object])


@cache
def installation() -> App:
    """The installation of this environment, opened at first use."""
    return open_app(os.environ)


def admin() -> str:
    """Who acts, for the audit trail: the system account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, in a container
        return f"uid-{os.getuid()}"


def as_json(command: Command) -> Command:
    """The option --json."""
    return click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")(command)


def console() -> Console:
    """Where tables go; made anew, so that it sees the terminal as it is now."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def show_table(headings: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table; numbers stand to the right, None is a dash."""
    rows = [list(row) for row in rows]
    table = Table(title=title or None, title_justify="left", title_style="bold")
    for position, heading in enumerate(headings):
        numbers = bool(rows) and all(isinstance(row[position], int) for row in rows)
        table.add_column(heading, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console().print(table)


def show_json(document: object) -> None:
    """Print one JSON document: UTF-8, stable order."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def _cell(value: object) -> str:
    if value is None or value == "":
        return "—"
    return clock.for_people(value) if isinstance(value, datetime) else str(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def split(text: str | None) -> tuple[str, ...] | None:
    """A list a person wrote: separated by commas, Chinese or not; None stays None."""
    if text is None:
        return None
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())
