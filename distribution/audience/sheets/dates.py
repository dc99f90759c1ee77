"""Dates as sheets hold them: written in many ways, or as the number behind a formatted cell."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from distribution.audience.sheets.cells import Cell, clean, shown

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s]*\d{1,2}:\d{2}.*)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_YEAR = re.compile(r"(\d{4})\s*年?")
_SERIAL = re.compile(r"([45]\d{4})(?:\.\d+)?")
_DAY_ZERO = date(1899, 12, 30)
"""What Excel counts days from; 40000 to 59999 are the years 2009 to 2064."""
_YEARS = range(1949, 2100)


@lru_cache(maxsize=4096)
def read_date(kind: str, text: str, *, end: bool = False) -> Cell[date]:
    """A day; of a month or year alone its first day, or its last where the cell names an `end`.

    >>> read_date("到期日期", "2026年3月1日").value, read_date("到期日期", "46082").value
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))
    >>> read_date("到期日期", "2026.2", end=True).value
    datetime.date(2026, 2, 28)
    """
    written = unicodedata.normalize("NFKC", clean(text))
    if serial := _SERIAL.fullmatch(written):
        return Cell(_DAY_ZERO + timedelta(days=int(serial[1])))
    found = next(
        filter(None, (p.fullmatch(written) for p in (_DAY, _COMPACT, _MONTH, _YEAR))), None
    )
    parts = [int(part) for part in found.groups()] if found else []
    day = _day(parts, end=end)
    if day is None:
        return Cell(None, (f"{kind}{shown(text)}不是日期，未导入：请写成 2026-03-01",))
    if len(parts) == 3:  # noqa: PLR2004 -- year, month, day
        return Cell(day)
    return Cell(day, (f"{kind}{shown(text)}没有写到日，按 {day.isoformat()} 导入",))


def _day(parts: list[int], *, end: bool) -> date | None:
    """The day that year, month and day name, as far as they are written."""
    if not parts or parts[0] not in _YEARS:
        return None
    year = parts[0]
    month = parts[1] if len(parts) > 1 else (12 if end else 1)
    if not 1 <= month <= 12:  # noqa: PLR2004 -- months of a year
        return None
    last = monthrange(year, month)[1]
    day = parts[2] if len(parts) > 2 else (last if end else 1)  # noqa: PLR2004 -- the third part
    return date(year, month, day) if 1 <= day <= last else None
