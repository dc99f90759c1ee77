"""A command that sends what it may, and says when the rest goes on."""

from datetime import timedelta
from threading import Event

from databases import only_sqlite
from runs import add_reader, make_issue, plan, relay_settings, start
from sink import Act, Fault, Sink, Step

from distribution import clock, delivery
from distribution.app import App, open_app
from distribution.delivery import Owner, Status
from distribution.errors import DistributionError
from distribution.words import DeliveryState, RunState
from workers.current import set_app
from workers.draining import Drained, Watcher, drain

LIMITS = {"none": (0, 1, 0), "soon": (14_402, 2, 0), "later": (62, 2, 0)}
"""As fast as may be; a quarter of a second from one mail to the next; and a minute."""


def drained(
    app: App,
    limits: tuple[int, int, int],
    watch: Watcher = lambda *_: None,
    stop: Event | None = None,
) -> Drained:
    """What a command sees that sends four mails to one company."""
    with app.transaction() as session:
        for number in range(4):
            add_reader(session, app, f"r{number}@fenhe.example", clock.now())
        delivery.limit_lane(session, "fenhe.example", limits)
    run_id = start(app, plan(app, make_issue(app), clock.now()), clock.now())
    try:
        return drain(app, run_id, stop or Event(), watch)
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


@only_sqlite
def test_a_relay_that_is_not_there_is_said_before_it_is_given_up(
    environment: dict[str, str],
) -> None:
    with Sink() as gone:
        settings = relay_settings(gone, mx_lookup="off")
    stop, met = Event(), list[str]()

    def watch(_status: Status, _other: Owner | None, trouble: DistributionError | None) -> None:
        if trouble is not None:
            met.append(str(trouble))
            stop.set()

    ended = drained(open_app(environment | settings), LIMITS["none"], watch, stop)

    assert (ended.stopped, ended.trouble) == (True, None)
    assert f"中继 {gone.host}:{gone.port}" in met[0]


@only_sqlite
def test_a_run_paused_meanwhile_is_shown_as_it_stands_when_all_has_come_back(
    environment: dict[str, str],
) -> None:
    with Sink({Step.BANNER: Fault(Act.SLOW, pause=0.02)}) as sink:
        app = open_app(environment | relay_settings(sink, mx_lookup="off"))

        def watch(status: Status, *_: object) -> None:
            if status.count(DeliveryState.LEASED) and status.run.state is RunState.SENDING:
                with app.transaction() as session:
                    delivery.pause(session, status.run.id, by="test")

        ended = drained(app, LIMITS["none"], watch)

    assert ended.status.run.state is RunState.PAUSED
    assert ended.status.states == {DeliveryState.PLANNED: 4}
