"""Ctrl-C while mails are on their way: finish those in hand, then end."""

import signal
import sys
from threading import Event
from types import FrameType

import click


class asked_to_stop:  # noqa: N801 - reads as the phrase it is
    """Turns SIGINT and SIGTERM into an event; the second time they strike at once."""

    def __enter__(self) -> Event:
        self._event = Event()
        self._before = {
            number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)
        }
        for number in self._before:
            signal.signal(number, self._heard)
        return self._event

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._restore()
        self._event.set()
        if sys.stderr.isatty():
            click.echo("\n正在停止：手中的邮件送完即止；再按一次 Ctrl-C 立即中断。", err=True)

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
