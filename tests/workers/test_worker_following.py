"""The ticker of the sending queue follows the logs of the relays, and shares the work."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from databases import only_sqlite
from postfix_lines import alive
from runs import relay_settings
from sink import Sink

from distribution import delivery
from distribution.app import App, open_app
from distribution.models import RelayLog
from workers import sending
from workers.current import set_app
from workers.following import Follower


@pytest.fixture
def followed(environment: dict[str, str], tmp_path: Path) -> Iterator[App]:
    """An installation whose relay has a log."""
    log = tmp_path / "mail.log"
    log.write_text(alive(), encoding="utf-8")
    with Sink() as sink:
        app = open_app(environment | relay_settings(sink, relay_log=log))
        set_app(app)
        yield app
        set_app(None)
        app.engine.dispose()


def books(app: App) -> list[RelayLog]:
    with app.reading() as session:
        found = list(delivery.relay_logs(session))
        session.expunge_all()
    return found


@only_sqlite
def test_each_tick_reads_on(followed: App) -> None:
    tick = sending.watch()
    tick()
    [log] = books(followed)

    assert log.relay == followed.relays[0].identity
    assert log.place["offset"] == len(alive())
    assert log.read_at is not None


@only_sqlite
def test_a_log_another_process_has_just_read_is_left_alone(followed: App) -> None:
    Follower().look(followed)
    [before] = books(followed)
    Follower().look(followed, timedelta(minutes=1))
    [after] = books(followed)

    assert after.read_at == before.read_at


@only_sqlite
def test_a_log_that_cannot_be_read_is_told_once(
    followed: App, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    path = followed.relays[0].log
    assert path is not None
    follower = Follower()
    follower.look(followed)
    path.unlink()
    path.mkdir()
    for _ in range(3):
        follower.look(followed)

    told = [record for record in caplog.records if record.name == "workers.following"]
    assert len(told) <= 2
    assert followed.relays[0].name in told[0].getMessage()
