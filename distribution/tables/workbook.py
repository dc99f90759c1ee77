"""Tables in workbooks (.xlsx, .xls, .xlsb, .ods, .et): read by a process of their own, once."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from distribution.tables.faults import (
    SAVE_AGAIN,
    SAVE_AS_CSV,
    UnknownSheet,
    UnreadableTable,
    unreadable,
)
from distribution.tables.limits import MOST_COLUMNS, MOST_ROWS, READING_TIME
from distribution.tables.table import Row, Table

_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Without these some installations of Python do not start; nothing else of ours is handed in."""
_LONGEST_WAIT = 3 * READING_TIME.total_seconds()
"""Seconds on the wall: other processes may want the processor, too."""
_LONGEST_DETAIL = 120
_PANIC = "pyo3_runtime.PanicException"
"""How the library's own defects end the process; so far over damaged files only."""

_Facts = dict[str, Any]


class WorkbookTable(Table):
    """One sheet; its rows wait in a nameless temporary file, which `close` removes."""

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self.name = str(path)
        with contextlib.ExitStack() as undone:
            self._rows = undone.enter_context(tempfile.TemporaryFile())
            facts = _read(path, sheet, self._rows)
            undone.pop_all()
        self.sheet, self.other_sheets = facts["sheet"], tuple(facts["others"])
        self.row_count = facts["rows"]

    def rows(self) -> Iterator[Row]:
        place = 0
        while self._rows.seek(place) == place and (batch := self._rows.readline()):
            place = self._rows.tell()
            for number, cells in json.loads(batch):  # noqa: UP028 - a tuple, not JSON's list
                yield number, cells

    def close(self) -> None:
        self._rows.close()


def _read(path: Path, sheet: str | None, rows: IO[bytes]) -> _Facts:
    """Raises `UnreadableTable` for all that can happen to the process, and `UnknownSheet`."""
    command = [sys.executable, "-P", "-s", "-m", "distribution.tables.sheets", str(rows.fileno())]
    try:
        with path.open("rb") as stream:
            done = subprocess.run(  # noqa: S603 - ourselves; the sheet's name is an argument
                command if sheet is None else [*command, sheet],
                stdin=stream,
                capture_output=True,
                pass_fds=[rows.fileno()],
                timeout=_LONGEST_WAIT,
                env=_environment(),
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(path) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if done.returncode:
        raise _ended(path, done.returncode, done.stderr)
    facts: _Facts = json.loads(done.stdout)
    if fault := facts.get("fault"):
        raise _refusal(path, sheet, fault, facts)
    return facts


def _ended(path: Path, code: int, errors: bytes) -> UnreadableTable:
    if code == -signal.SIGXCPU:
        return _too_slow(path)
    detail = errors.decode("utf-8", "replace").strip().rpartition("\n")[2][:_LONGEST_DETAIL]
    if code < 0 or detail.startswith("MemoryError"):
        reason = "工作簿太大，或最右、最下方很远处还有内容，内存不够用"
        return UnreadableTable(str(path), reason, "请删去多余的行列再试，或另存为 CSV UTF-8")
    if detail.startswith(_PANIC):
        return UnreadableTable(str(path), "工作簿已损坏", SAVE_AGAIN)
    return UnreadableTable(str(path), f"读取程序出了差错（{detail}）", SAVE_AGAIN)


def _too_slow(path: Path) -> UnreadableTable:
    seconds = f"{READING_TIME.total_seconds():g}"
    return UnreadableTable(str(path), f"工作簿太复杂，{seconds} 秒没有读完", SAVE_AS_CSV)


def _refusal(
    path: Path, sheet: str | None, fault: str, facts: _Facts
) -> UnreadableTable | UnknownSheet:
    match fault:
        case "unknown":
            return UnknownSheet(str(path), sheet or "", facts["known"])
        case "locked":
            return UnreadableTable(str(path), "工作簿有打开密码", "请取消密码后另存再试")
        case "empty" if sheet is not None:
            return UnreadableTable(str(path), f"工作表「{sheet}」是空的", "请换一个工作表")
        case "empty":
            reason = "没有一个看得见的工作表有内容"
            return UnreadableTable(str(path), reason, "请取消隐藏，或写出要读的工作表的名字")
        case "large":
            reason = (
                f"工作表「{facts['sheet']}」有 {facts['rows']} 行、{facts['columns']} 列，"
                f"最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列"
            )
            return UnreadableTable(str(path), reason, "请删去多余的行列，行多时请另存为 CSV UTF-8")
    return UnreadableTable(str(path), "工作簿不完整或已损坏", SAVE_AGAIN)


def _environment() -> dict[str, str]:
    """Our modules are found again; our secrets stay outside."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
