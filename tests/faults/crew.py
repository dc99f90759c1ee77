"""Sending processes that may be killed, frozen or misled.

They are forked, but not from the tests: each has its own connections to database and relay.
"""

import os
import signal
import time as machine_time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta

import runs
from forks import working
from processes import PATIENCE

from distribution import clock, web
from distribution.app import App, open_app
from distribution.delivery import Point, Press, order_of, planning, points

KILLED = -signal.SIGKILL
SLICE = 5
"""Readers a planner plans at a time here."""
_STINT = timedelta(seconds=PATIENCE)


def end_of(work: Callable[..., None], *given: object) -> int:
    """Let a process do this work to its end; how it ended, as `Process.exitcode` says."""
    with working(work, *given) as process:
        process.join(PATIENCE)
        assert process.exitcode is not None, "it works for ever"
        return process.exitcode


# -- work: what a process does ---------------------------------------------------------------------


def send(environ: Mapping[str, str], *, at_most: timedelta = _STINT) -> None:
    """Send what is due."""
    _pump(open_app(environ), at_most)


def send_until(environ: Mapping[str, str], point: Point) -> None:
    """Send, and die when the first mail comes to this point."""
    [order] = order_of(point, 1).values()
    points._fuse = points.laid(order)
    _pump(open_app(environ), _STINT)


def send_by_a_wrong_clock(environ: Mapping[str, str], hours: int) -> None:
    """Send, while this machine's clock is wrong by so many hours."""
    right_now, right_time = clock.now, machine_time.time
    clock.now = lambda: right_now() + timedelta(hours=hours)
    machine_time.time = lambda: right_time() + hours * 3600
    send(environ)


def send_and_die_of(environ: Mapping[str, str], recipient: str) -> None:
    """Send; composing this reader's mail kills the process, as a fault in C would."""
    compose = Press.mail

    def deadly(press: Press, *given: object) -> object:
        if recipient in given:
            os.kill(os.getpid(), signal.SIGKILL)
        return compose(press, *given)  # type: ignore[arg-type]

    Press.mail = deadly  # type: ignore[assignment, method-assign]
    send(environ)


def plan_and_die(environ: Mapping[str, str], key: str, slices: int) -> None:
    """Plan, and die after so many slices."""
    app, planning.SLICE, planning.STRETCH = open_app(environ), SLICE, 1
    plan_stretch = planning._plan_stretch

    def counted(*given: object) -> bool:
        nonlocal slices
        if slices == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        slices -= 1
        return plan_stretch(*given)  # type: ignore[arg-type]

    planning._plan_stretch = counted
    runs.plan(app, key, clock.now())


def plan_and_start(environ: Mapping[str, str], key: str) -> None:
    """Plan and release, as a person does who does not know of the others."""
    app, planning.SLICE, at = open_app(environ), SLICE, clock.now()
    runs.start(app, runs.plan(app, key, at), at)
    app.engine.dispose()


def serve(environ: Mapping[str, str]) -> None:
    """Show readers their pages."""
    app = open_app(environ)
    with closing(web.listen(app.settings)) as listener, web.served(app, lambda _: None, listener):
        machine_time.sleep(PATIENCE)


def _pump(app: App, at_most: timedelta) -> None:
    try:
        app.sender.pump(at_most)
    finally:
        app.engine.dispose()
