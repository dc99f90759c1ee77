"""Many worker processes, called by Redis: it may lose or double whatever it likes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
from processes import DRAMATIQ, PROGRAMME, running, until
from runs import status_of
from servers import Redis
from sink import Sink
from worker_office import copies, relay_settings, started_run

from distribution.app import App, open_app
from distribution.config import Settings
from distribution.words import DeliveryState, RunState
from workers.broker import make_broker
from workers.sending import send_due

READERS = 100
on_postgresql = pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
"""Where several hosts may work."""
RING = """
from workers import bounces, sending, tracking
from workers.broker import ring
assert ring(sending.send_due)
assert ring(bounces.collect)
tracking.ring_for([7, 8])
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder where nothing of ours lies."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def is_finished(app: App, run_id: int) -> bool:
    return status_of(app, run_id).run.state is RunState.FINISHED


def ring_six_times(url: str) -> None:
    broker = make_broker(Settings(redis_url=url))  # type: ignore[arg-type] # pydantic converts
    for _ in range(6):
        broker.enqueue(send_due.message())
    broker.client.close()  # type: ignore[attr-defined] # it is the one on Redis


def flush(url: str) -> None:
    broker = make_broker(Settings(redis_url=url))  # type: ignore[arg-type] # pydantic converts
    broker.client.flushall()  # type: ignore[attr-defined] # it is the one on Redis
    broker.client.close()  # type: ignore[attr-defined]


def stored(url: str) -> dict[str, list[tuple[str, list[Any], dict[str, Any]]]]:
    """The actor, arguments and named arguments of all messages, as they are written in Redis."""
    found = {}
    with redis.Redis.from_url(url) as client:
        for queue in ("sending", "bounces", "tracking"):
            written: Any = client.hvals(f"distribution:{queue}.msgs")
            fields = map(json.loads, written)
            found[queue] = [(each["actor_name"], each["args"], each["kwargs"]) for each in fields]
    return found


@on_postgresql
def test_stopped_workers_leave_nothing_half_done_and_the_next_ones_finish(
    environment: dict[str, str], redis_server: Redis, elsewhere: Path
) -> None:
    with Sink(delay=0.02) as sink:  # Dramatiq looks once a second whether it is to stop
        environment |= relay_settings(sink) | {"DISTRIBUTION_REDIS_URL": redis_server.url}
        app = open_app(environment)
        run_id = started_run(app, READERS)
        by_dramatiq = (DRAMATIQ, "workers", "--processes", "2", "--threads", "2")
        with running(environment, elsewhere, *by_dramatiq) as first:
            until(lambda: len(sink.accepted) > 10, "mails")
            assert first.stop() == 0
        stopped = status_of(app, run_id)
        sent = len(sink.accepted)
        assert sent < READERS
        with running(environment, elsewhere, PROGRAMME, "worker", "--processes", "2") as next_:
            until(lambda: is_finished(app, run_id), "the end of the run")
            assert next_.stop() == 0
        assert stopped.states == {
            DeliveryState.ACCEPTED: sent,
            DeliveryState.PLANNED: READERS - sent,
        }
        assert copies(sink) == {1: READERS}
    app.engine.dispose()


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_redis_may_die_and_forget_and_repeat_everything(
    environment: dict[str, str], redis_server: Redis, elsewhere: Path
) -> None:
    with Sink(delay=0.006) as sink:
        environment |= relay_settings(sink) | {"DISTRIBUTION_REDIS_URL": redis_server.url}
        app = open_app(environment)
        run_id = started_run(app, READERS)
        with running(environment, elsewhere, PROGRAMME, "worker", "--processes", "2") as workers:
            until(lambda: len(sink.accepted) > 10, "mails")
            ring_six_times(redis_server.url)
            until(lambda: len(sink.accepted) > 25, "mails after six bells")
            flush(redis_server.url)
            until(lambda: len(sink.accepted) > 40, "mails after Redis forgot all")
            redis_server.kill()
            until(lambda: len(sink.accepted) > 55, "mails without Redis")
            redis_server.start()
            ring_six_times(redis_server.url)
            until(lambda: is_finished(app, run_id), "the end of the run")
            assert workers.stop() == 0
        assert copies(sink) == {1: READERS}
        assert status_of(app, run_id).states == {DeliveryState.ACCEPTED: READERS}
    app.engine.dispose()


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_without_redis_the_tickers_do_the_work_and_the_workers_still_stop(
    environment: dict[str, str], elsewhere: Path
) -> None:
    environment |= {
        "DISTRIBUTION_TICKER_SECONDS": "1",
        "DISTRIBUTION_REDIS_URL": f"unix://{elsewhere}/nothing.sock",
    }
    app = open_app(environment)
    run_id = started_run(app, 100)
    with running(environment, elsewhere, DRAMATIQ, "workers", "-p", "2", "-t", "2") as workers:
        until(lambda: is_finished(app, run_id), "the end of the run")
        assert workers.stop() == 0
    assert len(list((app.settings.home / "outbox").glob("*.eml"))) == 100
    assert workers.words.count("no bells until Redis is back") == 2
    app.engine.dispose()


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_message_on_redis_is_a_name_and_ids(
    environment: dict[str, str], redis_server: Redis
) -> None:
    environment |= {"DISTRIBUTION_REDIS_URL": redis_server.url, "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", RING], env=environment, check=True, timeout=60)
    assert stored(redis_server.url) == {
        "sending": [("send_due", [], {})],
        "bounces": [("collect", [], {})],
        "tracking": [("judge_requests", [[7, 8]], {})],
    }
