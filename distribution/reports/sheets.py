"""A workbook of tables: numbers as numbers, texts never formulas, a chart beside a table."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from distribution.clock import SHANGHAI
from distribution.digests import clean
from distribution.reports.tables import HIDDEN, Cell, Table

_COLOURS = ("#0B5A8F", "#B64A00", "#7FB6DC", "#6B7280", "#111827", "#D9A441")
"""As on the page, and told apart by lightness, too."""
_NARROWEST, _WIDEST = 8, 50
"""Columns, in widths of a digit; what is longer is folded."""
_LONGEST_CELL = 32_767
"""Characters, the format's own limit; the rest is cut off."""
_LINE = 16
"""Height of a line."""
_CHART = {"width": 640, "height": 380}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of some columns of a table, by their places; it shows at most so many rows."""

    kind: str
    """As Excel calls it: bar lies, column stands, line."""
    title: str
    categories: int
    values: tuple[int, ...]
    most: int = 100
    moments: bool = False
    """Its categories are moments."""
    backwards: bool = False
    """From right to left: for rows whose newest is the first."""


class Book:
    """Sheets one after the other, in memory."""

    def __init__(self) -> None:
        from xlsxwriter import Workbook

        self._file = BytesIO()
        self._book = Workbook(
            self._file,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        top = {"valign": "top", "text_wrap": True}
        self._text = self._book.add_format(top)
        self._hidden = self._book.add_format(
            {"valign": "top", "align": "right", "font_color": "#5C636B"}
        )
        self._number = self._book.add_format({"valign": "top", "num_format": "#,##0"})
        self._moment = self._book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"})
        self._head = self._book.add_format({"bold": True, "bottom": 1, **top})
        self._sum = self._book.add_format({"bold": True, "top": 1, "num_format": "#,##0", **top})

    def sheet(self, table: Table, *charts: Chart) -> None:
        """Add a table as a sheet, its charts beside it; without rows it has none."""
        page = self._book.add_worksheet(table.name)
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        for column, head in enumerate(table.heads):
            page.write_string(0, column, head, self._head)
        columns = widths(table)
        for column, width in enumerate(columns):
            page.set_column(column, column, width)
        for row, cells in enumerate(table.rows, 1):
            page.set_row(row, lines(cells, columns) * _LINE)
            for column, cell in enumerate(cells):
                self._write(page, row, column, cell)
        if table.total:
            for column, cell in enumerate(table.total):
                self._write(page, len(table.rows) + 1, column, cell, self._sum)
        for place, chart in enumerate(charts if table.rows else ()):
            drawn = self._drawn(table, chart)
            below = {"y_offset": place * (_CHART["height"] + _LINE)}
            page.insert_chart(1, len(table.heads) + 1, drawn, below)

    def finish(self) -> bytes:
        """The file; nothing can be added afterwards."""
        self._book.close()
        return self._file.getvalue()

    def _write(
        self,
        page: Any,  # noqa: ANN401 - of the untyped library
        row: int,
        column: int,
        cell: Cell,
        style: Any = None,  # noqa: ANN401 - a format of its
    ) -> None:
        if cell is None:
            page.write_string(row, column, HIDDEN, self._hidden)
        elif isinstance(cell, int):
            page.write_number(row, column, cell, style or self._number)
        elif isinstance(cell, datetime):
            local = cell.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
            page.write_datetime(row, column, local, self._moment)
        else:
            page.write_string(row, column, clean(cell)[:_LONGEST_CELL], style or self._text)

    def _drawn(self, table: Table, chart: Chart) -> Any:  # noqa: ANN401 - of the untyped library
        drawn = self._book.add_chart({"type": chart.kind})
        last = min(len(table.rows), chart.most)
        for place, column in enumerate(chart.values):
            colour = {"color": _COLOURS[place % len(_COLOURS)]}
            drawn.add_series(
                {
                    "name": table.heads[column],
                    "categories": [table.name, 1, chart.categories, last, chart.categories],
                    "values": [table.name, 1, column, last, column],
                    "fill": colour,
                    "line": colour,
                    "marker": {"type": "automatic"},
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"size": 13}})
        drawn.set_legend({"position": "bottom"} if len(chart.values) > 1 else {"none": True})
        whole = {"num_format": "#,##0", "min": 0}
        if chart.kind == "bar":
            drawn.set_y_axis({"reverse": True})
            drawn.set_x_axis({**whole, "major_gridlines": {"visible": True}})
        else:
            drawn.set_y_axis(whole)
            shown = {"num_format": "mm-dd hh:mm"} if chart.moments else {}
            drawn.set_x_axis({"text_axis": True, "reverse": chart.backwards, **shown})
        drawn.set_size(_CHART)
        return drawn


def widths(table: Table) -> list[int]:
    """Of each column, wide enough for its words up to a limit."""
    rows = [table.heads, *table.rows, *([table.total] if table.total else [])]
    return [
        min(max(_NARROWEST, *(_width(row[column]) + 2 for row in rows)), _WIDEST)
        for column in range(len(table.heads))
    ]


def lines(cells: Sequence[Cell], columns: Sequence[int]) -> int:
    """How many lines a row needs in columns of these widths.

    >>> lines(("山西", "山" * 50), (8, 60))
    2
    """
    pairs = zip(cells, columns, strict=True)
    return max(-(-_width(cell) // max(width - 2, 1)) for cell, width in pairs) or 1


def _width(cell: Cell) -> int:
    """Chinese characters count double.

    >>> _width("山西a"), _width(None), _width(1234)
    (5, 6, 5)
    """
    if isinstance(cell, datetime):
        return len("2026-12-01 09:00")
    if isinstance(cell, int):
        return len(f"{cell:,}")
    text = HIDDEN if cell is None else cell
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in text)
