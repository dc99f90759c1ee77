"""`distribution serve` as a process: it says where it listens, and ends in order."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from cli_office import MORNING, PROGRAMME, _clean, only_sqlite, programme
from runs import read_sample
from servers import Redis
from sqlalchemy import select, text

from distribution import audience, delivery, issues
from distribution.app import App
from distribution.bundle import sample
from distribution.models import Delivery, Inbox
from distribution.words import Signal


@pytest.fixture
def planned(app: App) -> int:
    """A delivery of a planned run of the sample issue."""
    data = sample("issue.txt").read_bytes()
    with app.transaction() as session:
        done = issues.save_issue(session, read_sample(session), data, "issue", MORNING)
        issues.approve(session, done.key, by="test", at=MORNING)
        audience.load_sample(session, app.keyring.address_hash, at=MORNING)
    run = delivery.plan(app.transaction, done.key, app.recipe, by="test", at=MORNING)
    with app.reading() as session:
        return session.scalars(select(Delivery.id).where(Delivery.run_id == run).limit(1)).one()


@pytest.fixture
def port() -> int:
    """A port nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        number: int = found.getsockname()[1]
    return number


IMPATIENT = """
import sys
from distribution.cli import entry
from distribution.web import application
application.ANSWER_SECONDS = application.LAST_OPENS_SECONDS = 0.3
sys.argv[1:] = ["serve"]
entry.main()
"""


@contextmanager
def serving(
    environ: dict[str, str], *command: str, stderr: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """The programme, as soon as it is started."""
    process = subprocess.Popen(
        command or [PROGRAMME, "serve"],
        env={**_clean(), **environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def ask(port: int, url: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/" + url.split("/", 3)[3])
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_stores_what_it_has_heard(
    app: App, environment: dict[str, str], planned: int, port: int, number: signal.Signals
) -> None:
    with serving(environment | {"DISTRIBUTION_WEB_PORT": str(port)}) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}" in said
        assert app.settings.base_url in said
        for _ in range(5):
            assert ask(port, app.addresses.open(planned)) == 200
        assert ask(port, app.addresses.click(planned) + "/1") == 302
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in err
    assert app.addresses.open(planned).rsplit("/", 1)[1] not in err
    with app.reading() as session:
        came = session.scalars(select(Inbox.signal)).all()
    assert sorted(came) == [Signal.CLICK, *[Signal.OPEN] * 5]


@only_sqlite
def test_on_redis_it_rings_for_every_click(
    app: App, environment: dict[str, str], planned: int, port: int, redis_server: Redis
) -> None:
    more = {"DISTRIBUTION_WEB_PORT": str(port), "DISTRIBUTION_REDIS_URL": redis_server.url}
    with serving(environment | more) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for number in (1, 2):
            assert ask(port, app.addresses.click(planned) + f"/{number}") == 302
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    with app.reading() as session:
        came = session.scalars(select(Inbox.id).order_by(Inbox.id)).all()
    with redis.Redis.from_url(redis_server.url) as line:
        rung: Any = line.hvals("distribution:tracking.msgs")
    assert len(came) == 2
    assert sorted(row for message in rung for row in json.loads(message)["args"][0]) == came


@only_sqlite
def test_a_port_in_use_is_one_sentence(environment: dict[str, str], port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        refused = programme(environment, "serve", DISTRIBUTION_WEB_PORT=str(port))
    assert refused.code == 2
    assert f"127.0.0.1:{port}" in refused.sentence
    assert refused.out == ""


@only_sqlite
def test_a_host_that_is_not_here_is_one_sentence(environment: dict[str, str]) -> None:
    refused = programme(environment, "serve", DISTRIBUTION_WEB_HOST="192.0.2.1")
    assert refused.code == 2
    assert "192.0.2.1" in refused.sentence


def until_it_listens(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert "网页在" in process.stdout.readline()


@only_sqlite
@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_waits_for_requests_and_the_second_strikes_at_once(
    environment: dict[str, str], port: int, second: signal.Signals
) -> None:
    screen, terminal = os.openpty()
    with (
        os.fdopen(screen, encoding="utf-8") as seen,
        serving(environment | {"DISTRIBUTION_WEB_PORT": str(port)}, stderr=terminal) as process,
    ):
        until_it_listens(process)
        with socket.create_connection(("127.0.0.1", port), 30) as line:
            line.sendall(b"POST /u/x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nunended")
            process.send_signal(signal.SIGINT)
            said = ""
            while "正在停止" not in said:
                said = seen.readline()
            assert "已收到的请求答完即止" in said
            process.send_signal(second)
            assert process.wait(30) == -second
    os.close(terminal)


def test_it_ends_though_the_database_never_answers(
    app: App, environment: dict[str, str], planned: int, port: int
) -> None:
    impatient = (sys.executable, "-c", IMPATIENT)
    with (
        serving(environment | {"DISTRIBUTION_WEB_PORT": str(port)}, *impatient) as process,
        app.engine.connect() as other,
    ):
        until_it_listens(process)
        locks = "LOCK TABLE inbox" if other.dialect.name == "postgresql" else "SELECT 1"
        other.execute(text(locks))  # of SQLite, a transaction of ours holds the whole database
        assert ask(port, app.addresses.click(planned) + "/1") == 503
        assert ask(port, app.addresses.open(planned)) == 200
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "1 opens are lost" in err
    assert "Traceback" not in err
