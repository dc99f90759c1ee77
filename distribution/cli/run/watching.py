"""`distribution run watch`: a run as it goes, until it is over."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
from rich.live import Live

from distribution import delivery
from distribution.app import App
from distribution.cli.common import as_json, console, installation, show_json
from distribution.cli.run.foreseeing import foreseen
from distribution.cli.run.naming import run_argument
from distribution.cli.run.picturing import document, in_a_line, pictured
from distribution.db import DatabaseUnusable
from distribution.delivery import observing

_SHARE = 20
"""Looking takes one part in so many of the time: a run of a million is looked at less often."""
_SELDOM = 60.0
"""Seconds between two looks at most."""
_PICTURE, _LINE = 1.0, 10.0
"""Seconds between two looks at least: on a terminal, and where lines are written."""


@click.command("watch")
@run_argument
@click.option("--once", is_flag=True, help="只看一眼。")
@as_json
def watch(run_id: int, once: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """看着一个批次投递，直到它结束：各线路的进展、速度、大约还要多久。

    Ctrl-C 只是不再看，投递照常进行。
    """
    app = installation()
    view = _look(app, run_id)
    if as_json:
        show_json(document(view, halted=_halted(app), expiry=_expiry(app)))
    elif once:
        warning = foreseen(view, _expiry(app))
        width = console().width
        console().print(pictured(view, halted=_halted(app), width=width, warning=warning))
    else:
        try:
            _follow(app, view)
        except KeyboardInterrupt:
            click.echo("不再观看，投递照常进行。")


def _look(app: App, run_id: int) -> observing.View:
    with app.reading() as session:
        view = observing.observe(session, run_id, paced=app.settings.transport != "outbox")
        session.expunge_all()
    return view


def _halted(app: App) -> bool:
    return delivery.halting.is_halted(app.settings.stop_file)


def _expiry(app: App) -> timedelta:
    return timedelta(hours=app.settings.expiry_hours)


def _follow(app: App, view: observing.View) -> None:
    """Show it again and again until it is over; a database that is away is said, and waited for."""
    wait = least = _PICTURE if sys.stdout.isatty() else _LINE
    with _screen() as show:
        show(view, "", halted=_halted(app), warning=foreseen(view, _expiry(app)))
        while not view.over:
            time.sleep(wait)
            began, trouble = time.monotonic(), ""
            try:
                view = _look(app, view.run.id)
            except DatabaseUnusable as error:
                trouble = str(error)
            wait = min(max(least, _SHARE * (time.monotonic() - began)), _SELDOM)
            show(view, trouble, halted=_halted(app), warning=foreseen(view, _expiry(app)))


@contextmanager
def _screen() -> Iterator[Callable[..., None]]:
    """What shows a view: a picture that is drawn over, or lines where there is no terminal."""
    if not sys.stdout.isatty():
        yield lambda view, trouble, **said: click.echo(trouble or in_a_line(view, **said))
        return
    with Live(console=console(), auto_refresh=False) as live:

        def draw(view: observing.View, trouble: str, *, halted: bool, warning: str) -> None:
            width = live.console.width
            picture = pictured(view, halted=halted, width=width, trouble=trouble, warning=warning)
            live.update(picture, refresh=True)

        yield draw
