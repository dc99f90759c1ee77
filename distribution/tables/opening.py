"""One door to every table: what the file is decides how it is read, not its name."""

from pathlib import Path

from distribution.tables.recognising import Kind, kind_of
from distribution.tables.table import Table
from distribution.tables.text import TextTable
from distribution.tables.workbook import WorkbookTable


def open_table(path: Path, *, sheet: str | None = None) -> Table:
    """A table that was looked through once, so what is wrong with the whole file is said here.

    `sheet`: by name, hidden or not; None: the first visible one with something in it; texts have
    none and ignore it. Raises `UnreadableTable`, `UnknownSheet`.
    """
    if kind_of(path) is Kind.WORKBOOK:
        return WorkbookTable(path, sheet)
    return TextTable(path)
