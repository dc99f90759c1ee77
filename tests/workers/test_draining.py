"""Dramatiq's side: bells may ring once, often or never; the mails go out once."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import dramatiq
import pytest
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from ears import bells, ears
from runs import plan_sample, start, status_of

from distribution import clock, delivery
from distribution.app import App
from distribution.config import Settings
from distribution.db import DatabaseUnusable
from distribution.delivery import Owner, Status
from distribution.words import DeliveryState, RunState
from workers import draining
from workers.broker import Line, make_broker
from workers.current import set_app
from workers.draining import drain
from workers.exposing import Exposing
from workers.leaving import Leaving
from workers.listening import Listening
from workers.sending import ring_if_due, send, send_due
from workers.speaking import Speaking
from workers.ticker import Ticker


@pytest.fixture
def started(app: App) -> Iterator[int]:
    """A released run of the sample issue to its made-up readers; yields its number."""
    run_id = start(app, plan_sample(app), clock.now())
    set_app(app)
    yield run_id
    set_app(None)
    dramatiq.get_broker().flush_all()


def mails(app: App) -> list[Path]:
    return sorted((app.settings.home / "outbox").glob("*.eml"))


def nobody_watches(*_: object) -> None:
    pass


def work(rings: int) -> None:
    """Ring the bell so often, and let a worker answer until the queue is empty."""
    worker = dramatiq.Worker(dramatiq.get_broker(), worker_timeout=50, worker_threads=4)
    worker.start()
    for _ in range(rings):
        send_due.send()
    dramatiq.get_broker().join("sending")
    worker.stop()


def test_every_bell_rung_six_times_sends_nothing_twice(app: App, started: int) -> None:
    work(rings=6)
    status = status_of(app, started)
    assert status.run.state is RunState.FINISHED
    assert status.states == {DeliveryState.ACCEPTED: len(mails(app))}
    assert len(mails(app)) == 67


def test_a_lost_bell_is_rung_again_by_the_ticker(app: App, started: int) -> None:
    with ears("sending"):
        ring_if_due()
        assert bells("sending") == [("send_due", [])]
        assert mails(app) == []
    work(rings=0)
    assert status_of(app, started).run.state is RunState.FINISHED


def test_a_stint_that_ends_too_early_rings_for_the_next(
    app: App, started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sending.STINT", timedelta(0))
    with ears("sending"):
        send()
        assert bells("sending") == [("send_due", [])]
    assert status_of(app, started).run.state is RunState.SENDING


def test_the_ticker_sends_where_nobody_hears_it(app: App, started: int) -> None:
    ring_if_due()
    assert bells("sending") == []
    assert status_of(app, started).run.state is RunState.FINISHED
    assert len(mails(app)) == 67


def test_the_ticker_is_silent_where_nothing_is_due(app: App, started: int) -> None:
    with app.transaction() as session:
        delivery.pause(session, started, by="test")
    with ears("sending"):
        ring_if_due()
        assert bells("sending") == []
        with app.transaction() as session:
            delivery.resume(session, started)
        ring_if_due()
        assert bells("sending") == [("send_due", [])]


def test_a_command_drains_its_own_run_and_leaves_the_queue(app: App, started: int) -> None:
    drained = drain(app, started, Event(), nobody_watches)
    assert drained.status.run.state is RunState.FINISHED
    with app.transaction() as session:
        assert delivery.claim(session, "somebody-else") is None


def test_a_run_owned_by_a_living_process_is_only_watched(app: App, started: int) -> None:
    with app.transaction() as session:
        delivery.claim(session, "the-owner")  # this very process: it lives
    seen: list[Owner | None] = []
    stop = Event()

    def watch(_status: Status, other: Owner | None, _met: object) -> None:
        seen.append(other)
        stop.set()

    drained = drain(app, started, stop, watch)
    assert drained.stopped
    assert seen == [Owner("the-owner", os.uname().nodename, os.getpid())]
    assert mails(app) == []


def test_a_second_drain_in_one_process_works_as_the_first(app: App, started: int) -> None:
    stop = Event()
    stop.set()
    assert drain(app, started, stop, nobody_watches).stopped
    assert drain(app, started, Event(), nobody_watches).status.run.state is RunState.FINISHED


def test_a_run_that_somebody_else_is_just_finishing_is_waited_for(app: App, started: int) -> None:
    app.sender.pump(timedelta(seconds=50))
    held = Event()

    def hold() -> None:
        with app.transaction() as session:
            delivery.find_run(session, started, lock=True)
            held.set()
            Event().wait(1)

    holder = Thread(target=hold)
    holder.start()
    held.wait(10)
    drained = drain(app, started, Event(), nobody_watches)
    holder.join(10)
    assert drained.status.run.state is RunState.FINISHED


def test_a_run_is_watched_on_while_the_database_is_away_for_a_moment(
    app: App, started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [DatabaseUnusable("away"), DatabaseUnusable("away")]
    look = draining._status

    def status(app: App, run_id: int) -> Status:
        if away:
            raise away.pop()
        return look(app, run_id)

    monkeypatch.setattr(draining, "_status", status)
    drained = drain(app, started, Event(), nobody_watches)
    assert drained.status.run.state is RunState.FINISHED
    assert away == []


def test_two_drains_at_once_send_each_mail_once(app: App, started: int) -> None:
    threads = [Thread(target=drain, args=(app, started, Event(), nobody_watches)) for _ in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(mails(app)) == 67
    assert status_of(app, started).count(DeliveryState.ACCEPTED) == 67


@pytest.mark.parametrize(("url", "kind"), [("", StubBroker), ("redis://localhost/0", RedisBroker)])
def test_the_settings_choose_the_broker_and_nothing_of_dramatiqs_own_is_on(
    url: str, kind: type[dramatiq.Broker]
) -> None:
    broker = make_broker(Settings(redis_url=url))  # type: ignore[arg-type] # pydantic converts
    assert isinstance(broker, kind)
    ours = [Line, Leaving, Speaking, Exposing, Listening, Ticker]
    assert [type(middleware) for middleware in broker.middleware] == ours
    broker.close()
