"""An admin's desk, and an issue on it."""

from collections.abc import Iterator

import pytest
from bounce_desk import mailed  # noqa: F401 - its fixture
from cli_office import MORNING, Office
from emptied import postgresql_database, shared_postgresql  # noqa: F401 - its fixtures
from posted_mails import posted  # noqa: F401 - its fixture
from runs import read_sample

from distribution import issues
from distribution.app import App
from distribution.bundle import sample
from distribution.cli import common


@pytest.fixture
def office(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    """An admin's desk: an installation on either database."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    monkeypatch.delenv("COLUMNS", raising=False)
    common.installation.cache_clear()
    yield Office(monkeypatch, capsys)
    if common.installation.cache_info().currsize:
        common.installation().engine.dispose()
    common.installation.cache_clear()


@pytest.fixture
def issue(app: App) -> str:
    """The sample issue, every section with a topic, not yet approved; its key."""
    data = sample("issue.txt").read_bytes()
    with app.transaction() as session:
        return issues.save_issue(session, read_sample(session), data, "issue.txt", MORNING).key
