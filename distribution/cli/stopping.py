"""Ctrl-C while something is in hand: finish that, then end."""

import signal
import sys
from threading import Event
from types import FrameType

import click

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop(Event):
    """Set once a signal has asked to stop."""

    number = 0

    @property
    def exit_code(self) -> int:
        """For what was left undone: as of a shell, and `entry.main` then ends by that signal."""
        return 128 + self.number if self.number else 1


class asked_to_stop:  # noqa: N801 - reads as the phrase it is
    """Turns SIGINT and SIGTERM into an event; the second time they strike at once.

    `last` tells a person at a terminal what is still finished. `second` takes the place of what
    the signals did before: SIG_DFL ends the process though other threads are at work.
    """

    def __init__(
        self, last: str = "手中的邮件送完即止", *, second: signal.Handlers | None = None
    ) -> None:
        self._last, self._second = last, second

    def __enter__(self) -> Stop:
        self._event = Stop()
        self._before = {number: signal.getsignal(number) for number in _SIGNALS}
        for number in _SIGNALS:
            signal.signal(number, self._heard)
        return self._event

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        self._restore()
        if self._second is not None:
            for each in _SIGNALS:
                signal.signal(each, self._second)
        self._event.number = number
        self._event.set()
        if sys.stderr.isatty():
            click.echo(f"\n正在停止：{self._last}；再按一次 Ctrl-C 立即中断。", err=True)

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
