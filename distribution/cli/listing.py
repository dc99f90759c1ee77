"""Lists that fit: on a narrow terminal long cells are cut short, addresses and numbers never."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.cells import cell_len, set_cell_size

from distribution import clock
from distribution.cli.common import WIDE, console, printable, show_table
from distribution.tables import Cell, write_table

_NARROWEST = 8
"""Columns that a shortened cell keeps."""
_BETWEEN = 2
"""Blanks between two columns of a table."""


def show_list(
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    elastic: Sequence[str],
    spare: Sequence[str] = (),
    empty: str = "",
) -> None:
    """A table in which the cells below the `elastic` headings may be cut short.

    Columns that are `spare` are left out where a terminal has fewer than `common.WIDE` columns.
    """
    width = console().width
    kept = [at for at, heading in enumerate(headings) if width >= WIDE or heading not in spare]
    shown = [headings[at] for at in kept]
    places = [shown.index(heading) for heading in elastic if heading in shown]
    cells = [[row[at] for at in kept] for row in rows]
    show_table(shown, fitted(shown, cells, places, width=width), empty=empty)


def fitted(
    headings: Sequence[str], rows: Sequence[Sequence[object]], places: Sequence[int], *, width: int
) -> list[list[object]]:
    """The rows, their cells at `places` cut short until a table of them has `width` columns.

    >>> fitted(["邮箱", "单位"], [["a@b.example", "太行重型机械集团有限公司"]], [1], width=28)
    [['a@b.example', '太行重型机械集…']]
    """
    cells = [list(row) for row in rows]
    widths = [_width(heading, [row[at] for row in cells]) for at, heading in enumerate(headings)]
    excess = sum(widths) + _BETWEEN * (len(widths) - 1) - width
    while excess > 0:
        at = max(places, key=lambda place: widths[place])
        if widths[at] <= _NARROWEST:
            break
        widths[at] -= 1
        excess -= 1
    for at in places:
        for row in cells:
            row[at] = _short(row[at], widths[at])
    return cells


def _width(heading: str, column: Iterable[object]) -> int:
    return max(cell_len(heading), *(cell_len(_plain(value)) for value in column), 1)


def _plain(value: object) -> str:
    """A cell as `show_table` prints it."""
    if value is None:
        return "—"
    return clock.for_people(value) if isinstance(value, datetime) else printable(str(value))


def _short(value: object, width: int) -> object:
    if not isinstance(value, str) or cell_len(printable(value)) <= width:
        return value
    return f"{set_cell_size(printable(value), width - 1).rstrip()}…"


def show_page(count: int, page: int, limit: int, *, unit: str) -> None:
    """How many there are in all, and which page of them this was."""
    pages = max(1, -(-count // limit))
    if count:
        end = "。" if page <= pages else "：没有这一页。"
        click.echo(f"共 {count} {unit}，第 {page}/{pages} 页{end}")


def write_list(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, unit: str, title: str
) -> None:
    """Write a list into a file, with a count on a terminal, and say how many rows it has."""
    with click.progressbar(
        rows, label="导出", show_percent=False, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as counted:
        written = write_table(path, headings, counted, title=title)
    click.echo(printable(f"已写出 {written} {unit}：{path}"))
