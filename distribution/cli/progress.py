"""How a run in progress is shown: a bar on a terminal, now and then a line otherwise."""

import sys
import time
from datetime import timedelta
from types import TracebackType
from typing import Self

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from distribution.cli.chinese import speed, spoken
from distribution.delivery import Owner, Status
from distribution.errors import DistributionError

LINE_EVERY = timedelta(seconds=10)


class Progress:
    """Shows states as they come; counts the rate from what it saw itself."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._first: tuple[float, int] | None = None
        self._line_at = 0.0
        self._line = ""
        self._printed = ""
        self._met = ""
        self.other: Owner | None = None
        """Who sends, if it is not this process."""
        if sys.stdout.isatty():
            self._bar = Bar(
                TextColumn("投递"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.description}"),
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("", total=None)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        elif self._line != self._printed:
            click.echo(self._line)

    def show(self, status: Status, other: Owner | None, met: DistributionError | None) -> None:
        """Show where a run stands.

        `other` is the process that sends it, if it is not this one; what this one has `met` on its
        way to the relay is said as soon as it is known.
        """
        if other is not None and self.other is None:
            click.echo(f"{other.host} 上的进程 {other.pid} 正在投递，这里只显示进展。")
        self.other = other
        if met is not None and str(met) != self._met:
            self._met = str(met)
            click.echo(f"{self._met.removesuffix('。')}。稍后自动再试；Ctrl-C 停止。")
        left = status.open
        done, words = status.total - left, self._speed(status.total - left, left)
        if self._bar is not None:
            self._bar.update(self._task, total=status.total, completed=done, description=words)
            return
        self._line = f"投递 {done}/{status.total} {words}".rstrip()
        if time.monotonic() >= self._line_at:
            self._line_at = time.monotonic() + LINE_EVERY.total_seconds()
            self._printed = self._line
            click.echo(self._line)

    def _speed(self, done: int, left: int) -> str:
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        since, before = self._first
        if done == before or now - since < 1:
            return ""
        rate = (done - before) / (now - since)
        return f"{speed(rate)}，照此还要 {spoken(timedelta(seconds=left / rate))}"
