"""A sheet read row by row: headings, data, and the rows between that are neither."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from distribution.audience.sheets.cells import Cell, clean, is_blank
from distribution.audience.sheets.headings import SEARCHED, Columns, Field, Row, plain_heading
from distribution.audience.suspicion import Suspicion
from distribution.errors import DistributionError

Facts = TypeVar("Facts")
Reader = Callable[[str], Cell[Any]]

_SUMMARY = re.compile(
    r"(?:合\s*计|共\s*计|总\s*计|小\s*计)(?:\s|[:：\d]|$)"
    r"|(?:填表|制表|审核|填报|复核|经办|联系)(?:人|单位|日期|时间)\s*[:：]"
    r"|单位\s*[(（]\s*(?:盖章|公章)|(?:备?注|说明|填表说明)\s*[:：]|第\s*\d+\s*页"
)
_HEADING_SHARE = 2
"""At least one in so many cells of a heading printed again is the heading's."""


@dataclass(frozen=True, slots=True)
class Line(Generic[Facts]):
    """One row of data: either facts or the reasons why it is refused."""

    number: int
    """As the spreadsheet counts rows, from 1."""
    cells: list[str]
    """As they stood in the file."""
    facts: Facts | None = None
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was not read, was guessed or is odd, a sentence each."""
    suspicions: tuple[Suspicion, ...] = ()
    """Those among the notes that are about the address."""


class SheetReader(Generic[Field, Facts]):
    """The lines of a sheet, read while they are iterated, once.

    `columns` is known at once; the counts of rows passed over are complete at the end.
    """

    def __init__(
        self,
        columns: Columns[Field],
        rows: Iterable[Row],
        key: Field,
        read: Callable[[int, list[str]], Line[Facts]],
    ) -> None:
        self.columns = columns
        self.blank_rows = self.repeated_headings = self.summary_rows = 0
        self._rows, self._key, self._read = rows, columns.fields[key], read
        self._names = [plain_heading(name) for name in columns.headings]
        self._known = frozenset(columns.fields.values())

    def __iter__(self) -> Iterator[Line[Facts]]:
        key, begins = self._key, self.columns.begins
        for number, cells in self._rows:
            if number < begins:
                continue
            if (len(cells) <= key or "@" not in cells[key]) and self._passed_over(cells):
                continue
            yield self._read(number, cells)

    def _passed_over(self, cells: list[str]) -> bool:
        """Whether a row is no data; counts it if so."""
        filled = {at: text for at, cell in enumerate(cells) if (text := clean(cell))}
        if all(at not in self._known and text.isdecimal() for at, text in filled.items()):
            self.blank_rows += 1  # numbered in advance, perhaps
        elif self._is_heading(cells):
            self.repeated_headings += 1
        elif _SUMMARY.match(next(iter(filled.values()))):
            self.summary_rows += 1
        else:
            return False
        return True

    def _is_heading(self, cells: list[str]) -> bool:
        key = self._key
        if key >= len(self._names) or key >= len(cells) or cells[key] == "":
            return False
        if plain_heading(cells[key]) != self._names[key]:
            return False
        pairs = zip(map(plain_heading, cells), self._names, strict=False)
        alike = sum(cell == name for cell, name in pairs if name)
        return alike * _HEADING_SHARE >= sum(bool(name) for name in self._names)


class OtherColumns(Generic[Field]):
    """Reads the columns a sheet has beside the one it must have."""

    def __init__(self, columns: Columns[Field], readers: Mapping[Field, Reader]) -> None:
        self._readers = [
            (field.value, columns.fields[field], read)
            for field, read in readers.items()
            if field in columns.fields
        ]

    def read(self, cells: list[str]) -> tuple[dict[str, Any], list[str], list[str]]:
        """Values by field, refusals, notes. A reader that raises refuses the row."""
        values: dict[str, Any] = {}
        refusals: list[str] = []
        notes: list[str] = []
        width = len(cells)
        for name, at, read in self._readers:
            if at >= width or not cells[at]:
                continue
            try:
                cell = read(cells[at])
            except DistributionError as error:
                refusals.append(str(error))
                continue
            values[name] = cell.value
            if cell.notes:
                notes += cell.notes
        return values, refusals, notes


def cached(read: Reader) -> Reader:
    """A reader of a column whose cells repeat; an empty one says nothing."""

    @lru_cache(maxsize=4096)
    def once(text: str) -> Cell[Any]:
        return Cell() if is_blank(text) else read(text)

    return once


def begin(rows: Iterable[Row]) -> tuple[list[Row], Iterator[Row]]:
    """The rows among which the heading is looked for, and all rows."""
    iterator = iter(rows)
    head = list(islice(iterator, SEARCHED))
    return head, chain(head, iterator)
