"""The process that reads a workbook: rows go to a file, one line of facts to standard output.

A process of its own, for the library allots every cell up to the last at once and ends the whole
process when it cannot, and panics over some damaged files. It may use so much and no more.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from distribution.room import limit
from distribution.tables.cells import said
from distribution.tables.limits import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_ROWS_BYTES,
    READING_MEMORY_BYTES,
    READING_TIME,
)

_BATCH = 500
"""Rows on one line of the file."""

_Facts = dict[str, object]
_Merged = tuple[int, int, str]
"""Columns from and to (exclusive) that a merged cell covers, and what it says."""


def main() -> int:
    """Read standard input; arguments: the number of the open file for rows, then maybe a sheet."""
    limit(READING_MEMORY_BYTES, round(READING_TIME.total_seconds()), file_bytes=MOST_ROWS_BYTES)
    facts: _Facts
    with os.fdopen(int(sys.argv[1]), "wb") as rows:
        try:
            facts = _read(rows, *sys.argv[2:3])
        except PasswordError:
            facts = {"fault": "locked"}
        except CalamineError as error:
            facts = {"fault": "damaged", "detail": str(error)}
    sys.stdout.write(json.dumps(facts))
    return 0


def _read(rows: BinaryIO, wanted: str | None = None) -> _Facts:
    """Write the wanted sheet, else the first with something in it; name the others that have."""
    with CalamineWorkbook.from_filelike(sys.stdin.buffer) as workbook:
        if wanted is not None and wanted not in workbook.sheet_names:
            return {"fault": "unknown", "known": workbook.sheet_names}
        facts = None if wanted is None else _write(workbook.get_sheet_by_name(wanted), rows)
        others: list[str] = []
        for name in _visible(workbook):
            if facts is None and wanted is None:
                facts = _write(workbook.get_sheet_by_name(name), rows)
            elif name != wanted and workbook.get_sheet_by_name(name).end is not None:
                others.append(name)
    return {"fault": "empty"} if facts is None else facts | {"others": others}


def _visible(workbook: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _write(sheet: CalamineSheet, rows: BinaryIO) -> _Facts | None:
    """None for an empty sheet."""
    if sheet.start is None or sheet.end is None:
        return None
    height, width = sheet.end[0] + 1, sheet.end[1] - sheet.start[1] + 1
    facts: _Facts = {"sheet": sheet.name, "rows": height, "columns": width}
    if height > MOST_ROWS or width > MOST_COLUMNS:
        return facts | {"fault": "large"}
    filled = _filled(sheet, sheet.start[1])
    while batch := list(islice(filled, _BATCH)):
        rows.write(json.dumps(batch, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    return facts


def _filled(sheet: CalamineSheet, left: int) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, by their numbers from 1; `left` is the first column used."""
    starting: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        if first >= left:
            starting[top].append((bottom, first - left, last - left + 1))
    below: dict[int, list[_Merged]] = defaultdict(list)
    for number, values in enumerate(sheet.iter_rows()):
        cells = [value if value.__class__ is str else said(value) for value in values]
        for bottom, first, end in starting.get(number, ()):
            text = cells[first] if first < len(cells) else ""
            for row in range(number, min(bottom, sheet.total_height) + 1) if text else ():
                below[row].append((first, min(end, len(cells)), text))
        for first, end, text in below.pop(number, ()):
            cells[first:end] = [text] * (end - first)
        if any(map(str.strip, cells)):
            yield number + 1, cells


if __name__ == "__main__":
    sys.exit(main())
