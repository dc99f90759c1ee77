"""An admin's desk, and an issue on it.

Commands are one call thick, and what they call is tested on both databases. So each test here is
run on one of the two, half of them on either; with EVERY_DATABASE=1 on both.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

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

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out one of each two that differ by the database only."""
    if os.environ.get("EVERY_DATABASE"):
        return
    twins = defaultdict[str, dict[str, pytest.Item]](dict)
    for item in items:
        call = getattr(item, "callspec", None)
        if _HERE in item.path.parents and call and "environment" in call.params:
            kind = call.params["environment"]
            twins[item.nodeid.replace(kind, "", 1)][kind] = item
    out = set()
    for name, pair in twins.items():
        if pair.keys() == {"sqlite", "postgresql"}:
            out.add(pair[("sqlite", "postgresql")[crc32(name.encode()) % 2]])
    config.hook.pytest_deselected(items=list(out))
    items[:] = [item for item in items if item not in out]


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
