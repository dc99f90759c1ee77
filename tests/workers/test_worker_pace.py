"""A command that sends what it may, and says when the rest goes on."""

from datetime import timedelta
from threading import Event

from databases import only_sqlite
from runs import add_reader, make_issue, plan, relay_settings, start
from sink import Sink

from distribution import clock, delivery
from distribution.app import App, open_app
from workers.current import set_app
from workers.draining import Drained, drain

LIMITS = {"soon": (14_402, 2, 0), "later": (62, 2, 0)}
"""A quarter of a second from one mail to the next, and a minute."""


def drained(app: App, limits: tuple[int, int, int]) -> Drained:
    """What a command sees that sends four mails to one company."""
    with app.transaction() as session:
        for number in range(4):
            add_reader(session, app, f"r{number}@fenhe.example", clock.now())
        delivery.limit_lane(session, "fenhe.example", limits)
    run_id = start(app, plan(app, make_issue(app), clock.now()), clock.now())
    try:
        return drain(app, run_id, Event(), lambda _status, _other: None)
    finally:
        set_app(None)
        app.engine.dispose()


@only_sqlite
def test_what_may_soon_go_on_is_waited_for(environment: dict[str, str]) -> None:
    with Sink() as sink:
        app = open_app(environment | relay_settings(sink, mx_lookup="off"))
        ended = drained(app, LIMITS["soon"])
    assert len(sink.accepted) == 4
    assert (ended.trouble, ended.status.open) == (None, 0)


@only_sqlite
def test_what_may_not_is_left_with_the_time_at_which_it_may(environment: dict[str, str]) -> None:
    with Sink() as sink:
        app = open_app(environment | relay_settings(sink, mx_lookup="off"))
        ended = drained(app, LIMITS["later"])
    waiting = ended.status.waiting
    assert len(sink.accepted) == 2
    assert (ended.trouble, waiting.due_now, waiting.later) == (None, 0, 2)
    assert waiting.next_in is not None
    assert timedelta(seconds=30) < waiting.next_in <= timedelta(seconds=60)
