"""What a cell of a workbook says, as the person who filled it in would write it."""

from datetime import date, datetime, time, timedelta

CellValue = str | int | float | bool | date | time | datetime | timedelta
"""What calamine gives; an error such as #N/A is the empty text already."""

_EXACT = 1e15
"""Digits of a spreadsheet's number; what is longer has lost its end, and shows it by zeros."""
_WRITTEN_OUT = 1e21


def said(value: CellValue) -> str:
    """The text of a cell.

    >>> said(13800000000.0), said(0.1 + 0.2), said(True), said(date(2026, 3, 1))
    ('13800000000', '0.3', '是', '2026-03-01')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value) if isinstance(value, timedelta) else value.isoformat()


def _number(value: float) -> str:
    if abs(value) < _EXACT:
        return f"{value:.15g}"
    return f"{value:.0f}" if abs(value) < _WRITTEN_OUT else repr(value)
