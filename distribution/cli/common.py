"""What the commands share: the opened installation, who acts, tables, JSON."""

import json
import os
import pwd
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from distribution import clock
from distribution.app import App, open_app
from distribution.errors import DistributionError

PIPE_WIDTH = 1000
"""Columns where there is no terminal to ask: wide enough that nothing is folded."""
_STEERING = re.compile(r"[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What JSON may hold as it is and a terminal obeys: controls, directions of writing."""
WIDE = 110
"""Columns from which a table may show what it could do without."""
_JOINERS = "\u200c\u200d"  # invisible, but they hold emoji and some scripts together


Command = TypeVar("Command", bound=Callable[..., object])


class NobodyToAsk(DistributionError):
    """Raised where a question would wait for ever."""

    def __init__(self, question: str) -> None:
        self.question = question
        super().__init__(f"{question}没有终端可以回答，没有改动任何内容：确定的话请加 --yes")


@cache
def installation() -> App:
    """The installation of this environment, opened at first use."""
    return open_app(os.environ)


def admin() -> str:
    """Who acts, for the audit trail: the person whose system account this is, see `accounts`."""
    account = _account()
    return installation().settings.people.get(account, account)


def _account() -> str:
    """As the system knows it: what the environment says of it anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account without a name, in a container
        return f"uid-{os.getuid()}"


def programme() -> str:
    """How this programme is called here: its name, or its path where PATH does not lead to it."""
    found, running = shutil.which("distribution"), Path(sys.argv[0])
    if found is not None and running.exists() and Path(found).samefile(running):
        return "distribution"
    return str(running)


def as_json(command: Command) -> Command:
    """The option --json."""
    return click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")(command)


def saying_yes(command: Command) -> Command:
    """The option --yes of what asks before it acts."""
    return click.option("--yes", is_flag=True, help="不再询问。")(command)


def ask(question: str, *, yes: bool) -> None:
    """Go on if the person agrees; without a terminal nobody can, and NobodyToAsk is raised."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise NobodyToAsk(question)
    click.confirm(question, abort=True, err=True)


def console() -> Console:
    """Where tables go; made anew, so that it sees the terminal as it is now."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def show_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    empty: str = "",
) -> None:
    """Print a table; numbers stand to the right, None is a dash; `empty` is said of no rows."""
    rows = [list(row) for row in rows]
    if title:
        click.secho(printable(title), bold=True)
    if empty and not rows:
        click.echo(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for position, heading in enumerate(headings):
        column = [row[position] for row in rows]
        numbers = bool(column) and all(isinstance(value, int) for value in column)
        whole = any(isinstance(value, datetime | date) for value in column)
        table.add_column(
            heading, justify="right" if numbers else "left", overflow="fold", no_wrap=whole
        )
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))  # Text: nothing in it is markup
    console().print(table)


def show_json(document: object) -> None:
    """Print one JSON document: UTF-8 whatever the terminal speaks, stable order."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=_plain)
    text = _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    click.echo(text.encode("utf-8", "backslashreplace"))


def printable(text: str) -> str:
    r"""Text that cannot steer a terminal: control and invisible characters become escapes.

    >>> printable("a\x1b[31mb\n")
    'a\\x1b[31mb\\n'
    """
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in _JOINERS:
        return character.encode("unicode_escape").decode()
    return character


def _cell(value: object) -> str:
    if value is None or value == "":
        return "—"
    return clock.for_people(value) if isinstance(value, datetime) else printable(str(value))


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def split(text: str | None) -> tuple[str, ...] | None:
    """A list a person wrote: separated by commas or semicolons, Chinese or not; None stays None.

    >>> split("质量管理，policy、 装备制造,, ")
    ('质量管理', 'policy', '装备制造')
    """
    if text is None:
        return None
    for separator in "，、；;":
        text = text.replace(separator, ",")
    return tuple(part.strip() for part in text.split(",") if part.strip())
