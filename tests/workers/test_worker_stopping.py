"""Asked to stop while the relay has a mail in hand: that is waited for, the rest is given back."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import PATIENCE, PROGRAMME, free_port, running, until
from runs import status_of
from servers import Redis
from sink import Act, Fault, Sink, Step
from sqlalchemy import text
from worker_office import copies, relay_settings, started_run

from distribution import schema
from distribution.app import App, open_app
from distribution.words import DeliveryState

READERS = 30
SLOW = {Step.ACCEPTED: Fault(Act.SLOW, pause=0.05)}
"""The relay has taken a mail, and is most of a second saying so."""
WENT_ON, NOT_THROUGH = 0, -signal.SIGTERM
NEWER = "2099_01_01_newer"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder where nothing of ours lies."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("environment", "words", "code"),
    [
        ("sqlite", lambda _: ("up",), WENT_ON),
        ("sqlite", lambda run: ("run", "start", str(run)), NOT_THROUGH),
        ("postgresql", lambda _: ("worker",), WENT_ON),
    ],
    indirect=["environment"],
)
def test_a_stop_leaves_neither_doubt_nor_lease(
    environment: dict[str, str],
    elsewhere: Path,
    words: Callable[[int], tuple[str, ...]],
    code: int,
) -> None:
    environment["DISTRIBUTION_WEB_PORT"] = str(free_port())
    _stop_in_the_middle(environment, elsewhere, words, code)


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_nor_does_one_of_workers_that_are_called_by_redis(
    environment: dict[str, str], elsewhere: Path, redis_server: Redis
) -> None:
    environment["DISTRIBUTION_REDIS_URL"] = redis_server.url
    _stop_in_the_middle(environment, elsewhere, lambda _: ("worker", "--processes", "2"), WENT_ON)


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_workers_on_redis_end_with_two_once_a_newer_programme_has_upgraded_the_database(
    environment: dict[str, str], elsewhere: Path, redis_server: Redis
) -> None:
    environment["DISTRIBUTION_REDIS_URL"] = redis_server.url
    with Sink({Step.ACCEPTED: Fault(Act.SLOW, pause=0.01)}) as sink:
        environment |= relay_settings(sink, lease_seconds=2)
        app = open_app(environment)
        run_id = started_run(app, READERS)
        with running(environment, elsewhere, PROGRAMME, "worker") as programme:
            until(lambda: sink.accepted, "a mail")
            name_revision(app, NEWER)
            try:
                assert programme.process.wait(PATIENCE) == 2
            finally:
                name_revision(app, schema.HEAD)  # others use this database after us
            assert NEWER in programme.words
        left = status_of(app, run_id).states
        app.engine.dispose()
    assert set(left) == {DeliveryState.ACCEPTED, DeliveryState.PLANNED}


def name_revision(app: App, revision: str) -> None:
    """As an upgrade, or the taking back of one."""
    with app.transaction() as session:
        changed = text("UPDATE alembic_version SET version_num = :revision")
        session.execute(changed, {"revision": revision})


def _stop_in_the_middle(
    environment: dict[str, str],
    elsewhere: Path,
    words: Callable[[int], tuple[str, ...]],
    code: int,
) -> None:
    with Sink(SLOW) as sink:
        environment |= relay_settings(sink)
        app = open_app(environment)
        run_id = started_run(app, READERS)
        with running(environment, elsewhere, PROGRAMME, *words(run_id)) as programme:
            until(lambda: sink.accepted, "a mail")
            assert programme.stop() == code
        sent = len(sink.accepted)
        left = status_of(app, run_id).states
        app.engine.dispose()
    assert copies(sink) == {1: sent}
    assert sent < READERS
    assert left == {DeliveryState.ACCEPTED: sent, DeliveryState.PLANNED: READERS - sent}
