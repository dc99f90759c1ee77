"""Reports in all their forms: the options that ask for a page or a workbook, and giving them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from distribution.cli.common import printable, show_json
from distribution.cli.digest.writing import check_format, write
from distribution.errors import DistributionError

STANDARD_OUTPUT = Path("-")

_Command = Callable[..., Any]


class TwoOnOneLine(DistributionError):
    """Raised where a page and a document would both go to standard output."""

    def __init__(self) -> None:
        super().__init__("--html - 与 --json 都写到标准输出：请给 --html 一个文件名")


def as_files(command: _Command) -> _Command:
    """Give a command --html and --xlsx."""
    kind = click.Path(dir_okay=False, path_type=Path)
    html = "写成一个网页文件，带图表，可打印；- 表示标准输出。"
    xlsx = "写成 Excel 工作簿，每类数字一张表，带图表。"
    page = click.option("--html", type=kind, metavar="文件", help=html)
    return page(click.option("--xlsx", type=kind, metavar="文件", help=xlsx)(command))


def check(html: Path | None, xlsx: Path | None, *, as_json: bool) -> None:
    """Raise what is wrong with the names before anything is counted."""
    if html == STANDARD_OUTPUT and as_json:
        raise TwoOnOneLine
    if html is not None and html != STANDARD_OUTPUT:
        check_format(html, (".html",))
    if xlsx is not None:
        check_format(xlsx, (".xlsx",))


@dataclass(frozen=True, slots=True)
class Forms:
    """A report in all its forms, each made only where it is asked for."""

    page: Callable[[], str]
    workbook: Callable[[], bytes]
    document: Callable[[], dict[str, object]]
    terminal: Callable[[], None]


def give(forms: Forms, html: Path | None, xlsx: Path | None, *, as_json: bool) -> None:
    """Write the files that are asked for, and say so, or the document; else show the report."""
    if html == STANDARD_OUTPUT:
        click.echo(forms.page().encode(), nl=False)
    elif html is not None:
        write(html, {".html": forms.page().encode()})
    if xlsx is not None:
        write(xlsx, {".xlsx": forms.workbook()})
    written = [path for path in (html, xlsx) if path is not None]
    if as_json:
        show_json(forms.document())
    elif not written:
        forms.terminal()
    elif html != STANDARD_OUTPUT:
        for path in written:
            click.echo(printable(f"已写入 {path}"))
