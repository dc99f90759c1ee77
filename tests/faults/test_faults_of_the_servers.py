"""F4 and F5: Redis and PostgreSQL fall, forget, refuse and come back in the middle of a run."""

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import redis
from databases import only_sqlite
from processes import PROGRAMME, running, until
from scene import LONG_AGO, Cued, Scene, reader, scene
from servers import Postgresql, Redis
from sink import Sink
from sqlalchemy import update

from distribution.config import Settings
from distribution.db import DatabaseUnusable
from distribution.models import Delivery
from distribution.words import DeliveryState as S
from workers.broker import make_broker
from workers.sending import send_due

READERS, CONNECTIONS = 60, 4
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


# -- PostgreSQL ------------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_a_database_that_is_cut_off_and_crashes_costs_nobody_his_mail(
    environment: dict[str, str], postgresql_server: Postgresql
) -> None:
    fallen = threading.Event()

    def fall() -> None:
        postgresql_server.stop(signal.SIGQUIT)
        fallen.set()

    cues = {10: lambda: cut_all_connections(here, postgresql_server), 30: fall}
    with (
        Cued(cues, delay=0.003) as sink,
        scene(environment, sink, READERS, connections=CONNECTIONS, batch_size=8) as here,
        ThreadPoolExecutor(1) as beside,
    ):
        done = beside.submit(send_everything, here)
        assert fallen.wait(60)
        postgresql_server.start()
        done.result(90)
        tally = here.tally()
        assert tally[S.ACCEPTED] + tally[S.IN_DOUBT] == READERS
        assert tally[S.IN_DOUBT] <= 2 * CONNECTIONS
        here.assert_nobody_twice_nobody_missed()


def cut_all_connections(here: Scene, server: Postgresql) -> None:
    with psycopg.connect(host=server.folder, user="postgres", autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [here.app.engine.url.database],
        )


def send_everything(here: Scene) -> None:
    """Pump until nothing is open; time passes as soon as the database is there."""
    while True:
        here.pump()
        try:
            here.leases_run_out()
            here.waits_are_over()
            if set(here.states().values()) <= {S.ACCEPTED, S.IN_DOUBT}:
                return
        except DatabaseUnusable:
            continue


# -- Redis -----------------------------------------------------------------------------------------


def out_of_memory(server: Redis) -> Callable[[], object]:
    """Every write is answered with -OOM."""
    said(server, "CONFIG", "SET", "maxmemory", "1")
    return lambda: said(server, "CONFIG", "SET", "maxmemory", "0")


def read_only(server: Redis) -> Callable[[], object]:
    """Every write is answered with -READONLY."""
    said(server, "REPLICAOF", "127.0.0.1", "1")
    return lambda: said(server, "REPLICAOF", "NO", "ONE")


def down(server: Redis) -> Callable[[], object]:
    """It dies without having kept anything."""
    server.kill()
    return server.start


def flushed(server: Redis) -> Callable[[], object]:
    said(server, "FLUSHALL")
    return lambda: None


def every_bell_six_times(server: Redis) -> Callable[[], object]:
    broker = make_broker(Settings(redis_url=server.url))  # type: ignore[arg-type] # it converts
    for _ in range(6):
        broker.enqueue(send_due.message())
    broker.client.close()  # type: ignore[attr-defined] # it is the one on Redis
    return lambda: None


def said(server: Redis, *words: str) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.execute_command(*words)


FAULTS = (out_of_memory, read_only, down, flushed, every_bell_six_times)
AT_A_TIME = 4


@only_sqlite
def test_whatever_redis_does_mails_that_fall_due_go_out_once(
    environment: dict[str, str], redis_server: Redis, tmp_path: Path
) -> None:
    """Nothing but the ticker tells of them: a worker that needed its bells would stand still."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment |= {
        "DISTRIBUTION_REDIS_URL": redis_server.url,
        "DISTRIBUTION_TICKER_SECONDS": "1",
    }
    count = AT_A_TIME * (len(FAULTS) + 1)
    with Sink() as sink, scene(environment, sink, count) as here:
        fall_due(here, range(AT_A_TIME, count), FAR_AHEAD)
        with running(here.environ, elsewhere, PROGRAMME, "worker", "--processes", "1") as worker:
            until(lambda: len(sink.accepted) == AT_A_TIME, "the first mails")
            for number, fault in enumerate(FAULTS, start=1):
                undo = fault(redis_server)
                first = number * AT_A_TIME
                fall_due(here, range(first, first + AT_A_TIME), LONG_AGO)
                until(lambda: len(sink.accepted) == first + AT_A_TIME, fault.__name__)  # noqa: B023
                undo()
            assert worker.stop() == 0
        assert here.tally() == {S.ACCEPTED: count}
        here.assert_nobody_twice_nobody_missed()


def fall_due(here: Scene, numbers: range, at: datetime) -> None:
    """The mails of these readers are due from then on."""
    these = update(Delivery).where(Delivery.recipient.in_([reader(one) for one in numbers]))
    with here.app.transaction() as session:
        session.execute(these.values(next_attempt_at=at))
