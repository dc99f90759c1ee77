"""How a run in progress is shown: a bar on a terminal, now and then a line otherwise."""

import sys
import time
from datetime import timedelta
from types import TracebackType
from typing import Self

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from distribution import clock
from distribution.cli.chinese import speed, spoken
from distribution.delivery import Owner, Status
from distribution.errors import DistributionError
from distribution.words import DeliveryState

LINE_EVERY = timedelta(seconds=10)
STILL = timedelta(seconds=5)
"""After so long without any change the relay's answers are not just coming."""


class Progress:
    """Shows states as they come; counts the rate from what it saw itself."""

    def __init__(self, still: timedelta = STILL) -> None:
        self._bar: Bar | None = None
        self._first: tuple[float, int] | None = None
        self._line_at = 0.0
        self._line = ""
        self._printed = ""
        self._met = ""
        self._still = still
        self._states: dict[DeliveryState, int] = {}
        self._since = 0.0
        self._awaited = 0
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
        self._show_awaited(status)
        left = status.open
        done, words = status.total - left, self._speed(status.total - left, left)
        if self._bar is not None:
            self._bar.update(self._task, total=status.total, completed=done, description=words)
            return
        self._line = f"投递 {done}/{status.total} {words}".rstrip()
        if self._line != self._printed and time.monotonic() >= self._line_at:
            self._line_at = time.monotonic() + LINE_EVERY.total_seconds()
            self._printed = self._line
            click.echo(self._line)

    def _show_awaited(self, status: Status) -> None:
        """Say once what is waited for where nothing is left to be sent."""
        waiting, now = status.waiting, time.monotonic()
        if status.states != self._states:
            self._states, self._since = dict(status.states), now
        still = now - self._since >= self._still.total_seconds()
        if still and waiting.answer_in is not None and waiting.handed == status.open:
            if waiting.handed != self._awaited:
                click.echo(f"{unanswered(waiting.handed, waiting.answer_in)}。Ctrl-C 停止显示。")
            self._awaited = waiting.handed

    def _speed(self, done: int, left: int) -> str:
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        since, before = self._first
        if done == before or now - since < 1:
            return ""
        rate = (done - before) / (now - since)
        return f"{speed(rate)}，照此还要 {spoken(timedelta(seconds=left / rate))}"


def unanswered(handed: int, answer_in: timedelta) -> str:
    """What mails wait for that a relay was given, and of which nobody has booked what became."""
    until = clock.for_people(clock.now() + answer_in)
    return f"{handed} 封已交给中继，还没有答复；到 {until} 仍没有结果的记为存疑，不会自动重寄"
