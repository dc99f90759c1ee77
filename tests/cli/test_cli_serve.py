"""`distribution serve` as a process: it says where it listens, and ends in order."""

import http.client
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cli_office import MORNING, PROGRAMME, _clean, only_sqlite, programme
from sqlalchemy import select

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
        done = issues.save_issue(session, issues.read_issue(data, "issue"), data, "issue", MORNING)
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


@contextmanager
def serving(environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The programme, as soon as it listens."""
    process = subprocess.Popen(
        [PROGRAMME, "serve"],
        env={**_clean(), **environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
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
