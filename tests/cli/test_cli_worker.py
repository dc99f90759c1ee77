"""`distribution worker` and `distribution up`: what they refuse, and a small office at work."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import runs
from cli_office import MORNING, PROGRAMME, Office, only_sqlite, programme
from servers import Redis
from sqlalchemy import func, select, text

from distribution import audience, clock, delivery, issues
from distribution.app import App
from distribution.cli import common
from distribution.models import Delivery, ReadingEvent

PATIENCE = 40


@only_sqlite
def test_several_processes_need_redis(office: Office) -> None:
    refused = office("worker", "--processes", "2")
    assert refused.code == 2
    assert "没有设置 redis_url，队列就在进程内：--processes 只能是 1" in refused.err


@only_sqlite
@pytest.mark.parametrize("command", ["worker", "up"])
def test_real_mail_is_not_sent_with_a_trials_settings(
    office: Office, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DISTRIBUTION_TRANSPORT", "smtp")
    refused = office(command)
    assert refused.code == 2
    assert "读者打不开" in refused.sentence


@only_sqlite
@pytest.mark.parametrize("command", ["worker", "up"])
def test_it_ends_where_a_newer_programme_has_upgraded_the_database(
    office: Office, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DISTRIBUTION_WEB_PORT", str(free_port()))
    app = common.installation()
    runs.start(app, runs.plan_sample(app), clock.now())
    with app.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '2099_01_01_newer'"))

    ended = office(command)

    assert ended.code == 2
    assert "2099_01_01_newer" in ended.sentence


@only_sqlite
def test_a_redis_that_is_away_is_said_before_any_worker_starts(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = f"unix://{tmp_path}/nothing.sock"
    refused = programme(environment, "worker", DISTRIBUTION_REDIS_URL=url)
    assert refused.code == 2
    assert refused.sentence.startswith("Redis 无法连接（")
    assert refused.sentence.endswith("请检查 redis_url 与 Redis 服务")


@only_sqlite
def test_an_address_that_is_none_of_redis_is_said_without_its_password(
    environment: dict[str, str],
) -> None:
    url = "http://:very-secret@localhost"
    refused = programme(environment, "worker", DISTRIBUTION_REDIS_URL=url)
    assert refused.code == 2
    assert refused.sentence.startswith("设置 DISTRIBUTION_REDIS_URL='***' 无效")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert isinstance(port, int)
    return port


@contextmanager
def up(environment: dict[str, str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The whole office in one process, from the moment it listens."""
    with said.open("wb") as log:
        process = subprocess.Popen(
            [PROGRAMME, "up"],
            env={"PATH": os.environ["PATH"], **environment},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: "网页在 http://127.0.0.1:" in said.read_text(encoding="utf-8"), "an address")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(10)


def planned_run(app: App, key: str) -> int:
    with app.transaction() as session:
        issues.approve(session, key, by="editor", at=MORNING)
        for number in range(30):
            address = audience.read_address(f"reader{number}@sanjin.example")
            new = audience.NewSubscriber(address, f"第 {number} 位", consent="表")
            audience.add_subscriber(session, new, app.keyring.address_hash, by="test", at=MORNING)
    return delivery.plan(app.transaction, key, app.recipe, by="test", at=MORNING)


def a_delivery(app: App, run: int) -> int:
    with app.reading() as session:
        return session.scalars(select(Delivery.id).where(Delivery.run_id == run).limit(1)).one()


def readings(app: App) -> int:
    with app.reading() as session:
        return session.scalar(select(func.count(ReadingEvent.id))) or 0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that must happen."""
    patience = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < patience, f"in vain: {what}"
        time.sleep(0.05)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Shows where a link leads without going there."""

    def redirect_request(self, *_: object) -> None:
        return None


def asked(url: str) -> int:
    """The status of the answer."""
    try:
        with urllib.request.build_opener(_Stay).open(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_small_office_sends_and_counts_in_one_process(
    environment: dict[str, str], app: App, issue: str, tmp_path: Path
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment |= {
        "DISTRIBUTION_WEB_PORT": str(port),
        "DISTRIBUTION_BASE_URL": base,
        "DISTRIBUTION_TICKER_SECONDS": "1",
    }
    run = planned_run(app, issue)
    said = tmp_path / "said"
    with up(environment, said) as office:
        started = programme(environment, "run", "start", str(run))
        assert (started.code, started.err) == (0, "")
        assert f"上的进程 {office.pid} 正在投递，这里只显示进展" in started.out
        link = app.addresses.click(a_delivery(app, run)).replace(app.settings.base_url, base)
        assert asked(f"{link}/1") == 302
        until(lambda: readings(app) == 1, "the click in the books")
        office.send_signal(signal.SIGINT)
        assert office.wait(PATIENCE) == 0
    verified = programme(environment, "run", "verify", str(run), "--json").document
    assert (verified["mismatches"], verified["states"]["accepted"]) == ([], 30)
    words = said.read_text(encoding="utf-8")
    assert "Traceback" not in words
    assert "@sanjin.example" not in words


@only_sqlite
def test_on_redis_its_bells_are_answered_without_a_tick(
    environment: dict[str, str], app: App, issue: str, tmp_path: Path, redis_server: Redis
) -> None:
    base = f"http://127.0.0.1:{free_port()}"
    environment |= {
        "DISTRIBUTION_WEB_PORT": base.rpartition(":")[2],
        "DISTRIBUTION_BASE_URL": base,
        "DISTRIBUTION_REDIS_URL": redis_server.url,
        "DISTRIBUTION_TICKER_SECONDS": "600",
    }
    run = planned_run(app, issue)
    with up(environment, tmp_path / "said"):
        started = programme(environment, "run", "start", str(run))
        assert (started.code, started.err) == (0, "")
        link = app.addresses.click(a_delivery(app, run)).replace(app.settings.base_url, base)
        assert asked(f"{link}/1") == 302
        until(lambda: readings(app) == 1, "the click in the books")
