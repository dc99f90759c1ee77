"""An office with readers and a relay that is slow enough for something to happen meanwhile."""

from collections import Counter

from runs import plan_for, start
from runs import relay_settings as settings_for
from sink import Sink

from distribution import clock
from distribution.app import App

CONNECTIONS = 2


def relay_settings(sink: Sink, **more: object) -> dict[str, str]:
    """Real mail to the sink, slowly enough that something can happen meanwhile."""
    settings = {"connections": CONNECTIONS, "batch_size": 10, "ticker_seconds": 1}
    return settings_for(sink, **settings, **more)


def started_run(app: App, readers: int) -> int:
    """A run of the sample issue that is to be sent to so many readers; its number."""
    return start(app, plan_for(app, readers), clock.now())


def copies(sink: Sink) -> Counter[int]:
    """How many readers got how many copies, by the relay's own log."""
    return Counter(Counter(mail.recipient for mail in sink.accepted).values())
