"""Writes tables, whole or not at all: until the last row the file of that name is the old one."""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from distribution.tables.faults import UnwritableTable, unwritable
from distribution.tables.limits import MOST_WRITTEN_ROWS
from distribution.tables.pages import Cell, Page, TextPage, WorkbookPage

_WORKBOOK, _SEPARATORS = ".xlsx", {".csv": ",", ".tsv": "\t"}
WRITTEN = (_WORKBOOK, *_SEPARATORS)
"""The extensions that say how a table is written."""
_DRAFTS, _IN_WORK = ".distribution-", "in-work"
"""Beginning of the names of folders beside tables, and what lies in one once it is locked."""


class TableWriter:
    """A table that grows row by row; it is at its path when the `with` block ends well, or never.

    Raises `UnwritableTable`; errors of the block itself pass through.
    """

    def __init__(self, path: Path, headings: Sequence[str], *, title: str = "名单") -> None:
        r"""`title` names the sheet of a workbook: up to 31 characters, none of []:*?/\."""
        self._path, self._headings, self._title = path, headings, title
        self._extension = path.suffix.lower()
        self.count = 0
        """Rows below the heading."""
        if self._extension not in WRITTEN:
            reason = f"扩展名「{path.suffix}」没有说明写成什么格式"
            raise UnwritableTable(str(path), reason, f"请用 {'、'.join(WRITTEN)} 之一")

    def __enter__(self) -> Self:
        with self._in_a_sentence(), ExitStack() as undone:
            _clear(self._path.parent)
            beside = TemporaryDirectory(prefix=_DRAFTS, dir=self._path.parent)
            folder = Path(undone.enter_context(beside))
            with suppress(OSError):  # some file systems know no locks
                undone.callback(os.close, _locked(folder))
                (folder / _IN_WORK).touch()
            self._draft = folder / f"draft{self._extension}"
            self._page = self._new_page(folder)
            undone.callback(self._page.abandon)
            self._page.row(self._headings)
            self._undone = undone.pop_all()
        return self

    def row(self, cells: Sequence[Cell]) -> None:
        if self.count >= MOST_WRITTEN_ROWS and self._extension == _WORKBOOK:
            reason = f"超过 {MOST_WRITTEN_ROWS} 行，.xlsx 放不下"
            raise UnwritableTable(str(self._path), reason, "请写成 .csv")
        try:
            self._page.row(cells)
        except OSError as error:
            raise unwritable(self._path, error) from error
        self.count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._undone:
            if kind is None:
                with self._in_a_sentence():
                    self._page.finish()
                    self._draft.replace(self._path)

    def _new_page(self, folder: Path) -> Page:
        if self._extension == _WORKBOOK:
            return WorkbookPage(self._draft, self._title, folder)
        return TextPage(self._draft, _SEPARATORS[self._extension], len(self._headings))

    @contextmanager
    def _in_a_sentence(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self._path, error) from error


def _locked(folder: Path) -> int:
    """The folder, open, until it is closed or the process ends; BlockingIOError: another has it."""
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(number)
        raise
    return number


def _clear(folder: Path) -> None:
    """Remove the drafts of writers that were killed: they hold people's addresses."""
    for sign in folder.glob(f"{_DRAFTS}*/{_IN_WORK}"):
        with suppress(OSError):
            number = _locked(sign.parent)
            shutil.rmtree(sign.parent, ignore_errors=True)
            os.close(number)


def write_table(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "名单"
) -> int:
    """Write a whole table and return how many rows stand below the heading; see `TableWriter`."""
    with TableWriter(path, headings, title=title) as writer:
        for cells in rows:
            writer.row(cells)
    return writer.count
