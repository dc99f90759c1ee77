"""A table: rows of text with the numbers by which a person finds them in the file."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice
from types import TracebackType
from typing import Self

Row = tuple[int, list[str]]
"""The row's number as a spreadsheet counts, from 1, and its cells; rows differ in length."""


class Table(ABC):
    """One open table; close it, or use it in a `with` statement."""

    name: str
    """Of the file, for sentences about it."""
    sheet: str | None = None
    """The sheet that is read; None: the file has none."""
    other_sheets: tuple[str, ...] = ()
    """Visible sheets with something in them that are not read: somebody should be told."""
    row_count: int
    """Rows at most, for a progress bar."""

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Every row with something in it, from the first; each call starts anew.

        Raises `UnreadableTable` at a row that is none.
        """

    def head(self, count: int = 30) -> list[Row]:
        """The first rows, where a caller looks for the heading."""
        return list(islice(self.rows(), count))

    @abstractmethod
    def close(self) -> None:
        """Forget what was kept for reading again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
