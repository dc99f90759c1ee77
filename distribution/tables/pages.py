"""The two forms a table is written in, row by row: a text and a workbook."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from distribution.tables.formulas import defuse

Cell = str | int | float | bool | date | datetime | None
"""A datetime is written as it stands, so it comes in local time; None is an empty cell."""

_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Controls, halves of characters and no characters: forbidden in XML, signs of no text else."""
_EXACT = 10**15
"""Longer numbers lose digits in a workbook, so they are written as text."""
_FIRST_YEAR = 1900
"""Before it a workbook knows no dates."""
_MEASURED_ROWS = 200
_NARROWEST, _WIDEST = 6, 60
"""Columns, in widths of a digit."""
_LONGEST_CELL = 32_767
"""Characters, the format's own limit; the rest is cut off."""


class Page(Protocol):
    """What rows are written to; the heading is the first."""

    def row(self, cells: Sequence[Cell]) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None:
        """Let go of the file, which will be removed; nothing to do for one that is finished."""


class TextPage:
    """UTF-8 with a byte order mark, without which Excel takes it for GBK; CRLF; defused cells."""

    def __init__(self, path: Path, separator: str, columns: int) -> None:
        self._stream = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(
            self._stream,
            delimiter=separator,
            # in quotes a single column holds no separator, so none is guessed when it is read
            quoting=csv.QUOTE_MINIMAL if columns > 1 else csv.QUOTE_ALL,
        )

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([_text(cell) for cell in cells])

    def finish(self) -> None:
        self._stream.close()

    def abandon(self) -> None:
        with suppress(OSError):  # a full disk has been told of already
            self._stream.close()


class WorkbookPage:
    """One sheet with a bold heading that stays in sight; texts stay texts, dates are dates."""

    def __init__(self, path: Path, title: str, folder: Path) -> None:
        """`folder` takes the rows until the end, and may be removed then."""
        from xlsxwriter import Workbook

        self._book = Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": str(folder),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._sheet = self._book.add_worksheet(title)
        self._sheet.freeze_panes(1, 0)
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._rows, self._widths, self._is_open = 0, [0], True

    def row(self, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            self._write(column, cell)
        if self._rows < _MEASURED_ROWS:
            self._measure(cells)
        self._rows += 1

    def finish(self) -> None:
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(max(width + 2, _NARROWEST), _WIDEST))
        self._close()

    def abandon(self) -> None:
        if self._is_open:
            with suppress(OSError):
                self._close()

    def _close(self) -> None:
        """Raises OSError where the library raises its own wrapping of one."""
        from xlsxwriter.exceptions import FileCreateError

        self._is_open = False
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error
        finally:
            self._sheet.row_data_fh.close()  # left open where the workbook failed

    def _write(self, column: int, cell: Cell) -> None:
        """Most cells are text, so that is asked first."""
        if isinstance(cell, str):
            style = None if self._rows else self._bold
            self._sheet.write_string(self._rows, column, clean(cell)[:_LONGEST_CELL], style)
        elif isinstance(cell, datetime) and cell.year >= _FIRST_YEAR:
            local = cell.replace(tzinfo=None, microsecond=0)
            self._sheet.write_datetime(self._rows, column, local, self._moment)
        elif isinstance(cell, date) and cell.year >= _FIRST_YEAR:
            self._sheet.write_datetime(self._rows, column, cell, self._day)
        elif isinstance(cell, int | float) and abs(cell) < _EXACT and not isinstance(cell, bool):
            self._sheet.write_number(self._rows, column, cell)
        elif cell is not None:
            self._sheet.write_string(self._rows, column, plain(cell))

    def _measure(self, cells: Sequence[Cell]) -> None:
        self._widths += [0] * (len(cells) - len(self._widths))
        for column, cell in enumerate(cells):
            self._widths[column] = max(self._widths[column], _width(plain(cell)))


def clean(text: str) -> str:
    r"""Without characters that no one sees and that spoil the file.

    >>> clean("晋一\x00\n太原\x0b")
    '晋一\n太原'
    """
    return _UNSEEN.sub("", text) if _UNSEEN.search(text) else text


def plain(cell: Cell) -> str:
    """A cell as text.

    >>> plain(date(2026, 3, 1)), plain(True), plain(None)
    ('2026-03-01', '是', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _text(cell: Cell) -> str:
    return defuse(clean(cell)) if isinstance(cell, str) else plain(cell)


def _width(text: str) -> int:
    """Of the longest line; Chinese characters count double, as on a terminal."""
    return max(
        (
            sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in line[:_WIDEST])
            for line in text.splitlines()
        ),
        default=0,
    )
