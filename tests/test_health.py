"""Health: red when mails could not be recorded or nobody sends, green again by itself."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from databases import only_sqlite
from prometheus_client.parser import text_string_to_metric_families
from runs import plan_sample, start
from sqlalchemy import Engine, event, text

from distribution import clock, delivery, health, schema
from distribution.app import App
from distribution.config import load
from distribution.db import DatabaseUnusable
from distribution.delivery import RelayUnavailable
from distribution.delivery.ledger import Result
from distribution.health import Examiner, Health
from distribution.words import DeliveryState
from workers.exposing import exposed

WELL = Health("ok", "ok", 0, schema.HEAD)
NOW = timedelta(0)

LATEST = health.PATIENCE + health.FRESH
only_postgresql = pytest.mark.parametrize("environment", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def _looked_at_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(health, "FRESH", timedelta(seconds=-1))
    delivery.counts.ledger_worked()
    yield
    delivery.counts.ledger_worked()


def no_more_pages(engine: Engine, count: str) -> None:
    """Let SQLite have so many pages; connections of before are closed."""

    @event.listens_for(engine, "connect")
    def _limit(connection, _entry) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
        connection.execute(f"PRAGMA max_page_count={count}")

    engine.dispose()


@only_sqlite
def test_a_database_without_room_is_red_though_its_rows_can_be_changed(app: App) -> None:
    examiner = Examiner(app)
    assert examiner.examine() == WELL
    with app.reading() as session:
        pages = session.scalar(text("PRAGMA page_count"))

    no_more_pages(app.engine, str(pages))
    assert examiner.examine().database == "unwritable"
    no_more_pages(app.engine, str(pages + 1000))
    assert examiner.examine() == WELL


@only_postgresql
def test_a_server_that_takes_nothing_any_more_is_red(app: App) -> None:
    examiner = Examiner(app)
    assert examiner.examine() == WELL

    with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    app.engine.dispose()
    try:
        assert examiner.examine().database == "unwritable"
        with pytest.raises(DatabaseUnusable, match="只读"), app.transaction() as session:
            session.execute(text("DELETE FROM heartbeats"))
    finally:
        with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        app.engine.dispose()
    assert examiner.examine() == WELL


@only_sqlite
def test_a_database_that_says_nothing_is_red(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", timedelta(seconds=0.1))
    examiner = Examiner(app)
    with app.transaction() as session:  # SQLite has one writer: this one goes on and on
        session.connection()
        assert examiner.examine().database == "unreachable"
        assert examiner.examine().database == "unreachable"
    monkeypatch.setattr(health, "PATIENCE", timedelta(seconds=30))
    assert examiner.examine() == WELL


@only_sqlite
def test_what_the_sender_cannot_record_is_red(app: App) -> None:
    examiner = Examiner(app)
    delivery.counts.ledger_failed()
    assert examiner.examine().database == "failing"
    assert not examiner.examine().well
    delivery.counts.ledger_worked()
    assert examiner.examine().well

    app.sender.unrecorded.append(Result(1, "token", DeliveryState.ACCEPTED))
    assert (examiner.examine().unrecorded, examiner.examine().well) == (1, False)
    app.sender.unrecorded.clear()
    assert examiner.examine().well


@only_sqlite
def test_a_sender_that_stands_still_is_red(app: App) -> None:
    examiner = Examiner(app)
    app.sender._sign_at = time.monotonic()
    assert examiner.examine().sender == "ok"
    app.sender._sign_at -= 5
    assert examiner.examine().sender == "stuck"
    app.sender._sign_at = None
    app.sender.trouble = RelayUnavailable("中继不应答", permanent=False)
    assert (examiner.examine().sender, examiner.examine().well) == ("trouble", False)
    app.sender.go_on()
    assert examiner.examine().well


# -- the small server ----------------------------------------------------------------------------


@contextmanager
def listening(app: App) -> Iterator[tuple[int, int]]:
    """Two processes' servers, as if; their ports."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        settings = load(
            {"DISTRIBUTION_HOME": str(app.settings.home), "DISTRIBUTION_METRICS_PORT": str(port)}
        )
        asked = App(settings, app.engine)
        with exposed(asked):  # the port itself is taken
            yield port, port + 1


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_a_process_tells_its_health_and_its_numbers_on_the_next_free_port(app: App) -> None:
    run_id = start(app, plan_sample(app), clock.now())
    delivery.counts.settled(DeliveryState.ACCEPTED, "secret-company.example", None)
    delivery.counts.settled(DeliveryState.ACCEPTED, "qq", None)
    with listening(app) as (_, port):
        status, words = ask(port, "/health")
        assert (status, json.loads(words)["status"]) == (200, "ok")
        assert ask(port, "/")[0] == 404
        _, words = ask(port, "/metrics")
        app.sender.unrecorded.clear()

    numbers = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(words)
        for sample in family.samples
    }
    assert numbers["distribution_due",] == delivery_count(app, run_id)
    assert numbers["distribution_runs", "sending"] == 1
    assert numbers["distribution_ledger_up",] == 1
    assert numbers["distribution_oldest_due_seconds",] >= 0
    assert numbers["distribution_mails_accepted_total", "qq"] >= 1
    assert numbers["distribution_mails_accepted_total", "own"] >= 1
    assert "example" not in words


def delivery_count(app: App, run_id: int) -> int:
    with app.reading() as session:
        return delivery.find_run(session, run_id).planned or 0


def test_red_is_told_within_five_seconds() -> None:
    assert timedelta(seconds=5) >= LATEST
