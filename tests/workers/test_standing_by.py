"""Where the queue lies in the processes one of them sends; the others watch, and relieve it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import dramatiq
import pytest
from databases import only_sqlite
from ears import silence_tickers
from processes import PROGRAMME, running, until
from runs import status_of
from sink import Sink
from worker_office import CONNECTIONS, relay_settings, started_run

import workers
from distribution import delivery
from distribution.app import App, open_app
from distribution.errors import DistributionError
from distribution.words import DeliveryState, RunState
from workers import draining
from workers.broker import BrokerAway
from workers.current import set_app
from workers.draining import NobodySends, OnRedis, drain
from workers.in_process import ALL_QUEUES, SENDING, TRACKING, queues_on_redis, working

READERS = 80


@pytest.fixture(autouse=True)
def _leave_no_app() -> Iterator[None]:
    yield
    set_app(None)
    dramatiq.get_broker().flush_all()


def mails(app: App) -> int:
    return len(list((app.settings.home / "outbox").glob("*.eml")))


def nobody_watches(*_: object) -> None:
    pass


@only_sqlite
def test_a_second_worker_waits_and_relieves_the_first(
    environment: dict[str, str], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Sink(delay=0.01) as sink:
        environment |= relay_settings(sink)
        app = open_app(environment)
        run_id = started_run(app, READERS)
        with running(environment, elsewhere, PROGRAMME, "worker") as first:
            first.says("正在投递到期的邮件")
            with running(environment, elsewhere, PROGRAMME, "worker") as second:
                second.says(f"进程 {first.process.pid} 正在投递，本进程待命")
                until(lambda: len(sink.accepted) > 20, "mails")
                first.kill()
                second.says("现由本进程投递")
                until(lambda: status_of(app, run_id).run.state is RunState.FINISHED, "the end")
                assert second.stop() == 0
        got = [mail.recipient for mail in sink.accepted]
    status = status_of(app, run_id)
    assert len(got) == len(set(got)), "somebody got a second copy"
    assert set(status.states) <= {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}
    assert status.count(DeliveryState.IN_DOUBT) <= CONNECTIONS
    app.engine.dispose()


def test_a_process_that_owns_nothing_sends_nothing(app: App) -> None:
    run_id = started_run(app, 3)
    with app.transaction() as session:
        delivery.claim(session, "the-owner")  # this very process: it lives
    with working(app) as claim:
        assert not claim.mine
        assert claim.other is not None
        assert claim.other.worker == "the-owner"
        workers.sending.ring_if_due()
        workers.sending.send()
    assert mails(app) == 0
    assert status_of(app, run_id).waiting.due_now == 3


def test_leaving_gives_the_queue_back_and_coming_back_works(app: App) -> None:
    for number in (1, 2):
        with working(app, {SENDING}) as claim:
            assert claim.mine
        with app.transaction() as session:
            assert delivery.claim(session, f"other-{number}") is None
            delivery.resign(session, f"other-{number}")
    run_id = started_run(app, 3)
    with working(app, {SENDING}):
        until(lambda: status_of(app, run_id).run.state is RunState.FINISHED, "the end")
    assert mails(app) == 3


def test_a_worker_that_comes_does_not_wait_for_a_tick(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence_tickers(monkeypatch)
    run_id = started_run(app, 3)
    with working(app, {SENDING}):
        until(lambda: status_of(app, run_id).run.state is RunState.FINISHED, "the end")


def test_a_worker_that_relieves_another_does_not_wait_for_a_tick(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence_tickers(monkeypatch)
    monkeypatch.setattr("workers.ownership.BEAT", 0.1)
    run_id = started_run(app, 3)
    with app.transaction() as session:
        delivery.claim(session, "the-owner")  # this very process: it lives
    with working(app, {SENDING}) as claim:
        assert not claim.mine
        with app.transaction() as session:
            delivery.resign(session, "the-owner")
        until(lambda: status_of(app, run_id).run.state is RunState.FINISHED, "the end")


def test_whoever_does_not_send_wants_no_queue(app: App) -> None:
    with app.transaction() as session:
        delivery.claim(session, "the-owner")
    with working(app, {TRACKING}) as claim:
        assert claim.other is None


def test_many_workers_in_turn_leave_no_trace_on_the_broker(app: App) -> None:
    before = list(dramatiq.get_broker().middleware)
    for _ in range(2):
        with working(app):
            pass
    assert dramatiq.get_broker().middleware == before


def test_mail_is_fetched_only_where_its_folder_is(app: App, environment: dict[str, str]) -> None:
    assert "bounces" not in queues_on_redis(app.settings)
    with_folder = open_app(environment | {"DISTRIBUTION_BOUNCE_MAILDIR": "/nowhere"})
    assert queues_on_redis(with_folder.settings) == ALL_QUEUES
    with_folder.engine.dispose()


# -- a run that others send, called by Redis -------------------------------------------------------


@only_sqlite
@pytest.mark.parametrize(
    ("heard", "patience", "trouble"),
    [(False, "UNHEARD", BrokerAway), (True, "UNANSWERED", NobodySends)],
)
def test_watching_a_run_that_nobody_sends_ends_with_a_sentence(
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    *,
    heard: bool,
    patience: str,
    trouble: type[DistributionError],
) -> None:
    status = status_of(app, started_run(app, 3))
    crew = OnRedis(heard)
    assert crew.trouble(status) is None
    monkeypatch.setattr(draining, patience, timedelta(0))
    found = crew.trouble(status)
    assert isinstance(found, trouble)
    assert "投递仍在账上" in str(found)


@only_sqlite
def test_a_run_on_redis_is_never_sent_by_the_command_that_started_it(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "UNHEARD", timedelta(0))
    app = open_app(environment | {"DISTRIBUTION_REDIS_URL": "unix:///nothing.sock"})
    drained = drain(app, started_run(app, 3), Event(), nobody_watches)
    assert isinstance(drained.trouble, BrokerAway)
    assert mails(app) == 0
    app.engine.dispose()


@only_sqlite
def test_a_run_that_moves_is_watched_for_as_long_as_it_takes(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = started_run(app, 3)
    crew = OnRedis(heard=False)
    assert crew.trouble(status_of(app, run_id)) is None
    app.sender.pump(timedelta(seconds=50))
    monkeypatch.setattr(draining, "UNHEARD", timedelta(hours=1))
    assert crew.trouble(status_of(app, run_id)) is None
