"""Tables in text files: read row by row, twice, so that a file of any size needs no memory."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from distribution.tables.decoding import encoding_of
from distribution.tables.faults import UnreadableTable, unreadable
from distribution.tables.formulas import undefuse
from distribution.tables.limits import LONGEST_LINE
from distribution.tables.separating import SAMPLE, separator_of
from distribution.tables.table import Row, Table

_CLOSE_QUOTES = "请检查这一行附近的双引号是否成对，或另存为 .xlsx 再试"
_BUFFER = 1024 * 1024


class TextTable(Table):
    """Comma, semicolon or tab separated; quoted cells may hold separators and line ends.

    Rows are counted as a spreadsheet counts them, so one with line ends in a cell is one.
    """

    def __init__(self, path: Path) -> None:
        self.name, self._path = str(path), path
        try:
            encoding = encoding_of(path)
            self.encoding, self.row_count = encoding.name, encoding.lines
            with self._open() as stream:
                sample = stream.read(SAMPLE)
        except OSError as error:
            raise unreadable(path, error) from error
        if not sample.strip() and len(sample) < SAMPLE:
            raise UnreadableTable(self.name, "文件里只有空白", "请换成有内容的表格")
        self.separator = separator_of(sample)

    def rows(self) -> Iterator[Row]:
        number = 0
        try:
            with self._open() as stream:
                reader = csv.reader(self._lines(stream), delimiter=self.separator, strict=True)
                for number, row in enumerate(reader, start=1):
                    cells = [undefuse(cell) for cell in row] if "'" in "".join(row) else row
                    if any(map(str.strip, cells)):
                        yield number, cells
        except csv.Error as error:
            raise self._unlike_a_row(number + 1, error) from error
        except UnicodeDecodeError as error:
            raise UnreadableTable(self.name, "文件在读取时被改动了", "请重新再试") from error
        except OSError as error:
            raise unreadable(self._path, error) from error

    def close(self) -> None:
        """Nothing is kept: every reading opens the file anew."""

    def _open(self) -> io.TextIOWrapper:
        return self._path.open(encoding=self.encoding, newline="", buffering=_BUFFER)

    def _lines(self, stream: io.TextIOWrapper) -> Iterator[str]:
        for line in iter(partial(stream.readline, LONGEST_LINE), ""):
            if len(line) >= LONGEST_LINE:
                raise csv.Error("line longer than limit")
            yield line

    def _unlike_a_row(self, number: int, error: csv.Error) -> UnreadableTable:
        if "limit" in str(error):
            reason = f"第 {number} 行有一个单元格太长，超过 {csv.field_size_limit()} 个字"
        else:
            reason = f"第 {number} 行的双引号不成对"
        return UnreadableTable(self.name, reason, _CLOSE_QUOTES)
