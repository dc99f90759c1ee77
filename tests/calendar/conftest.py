"""What the tests of the calendar share: a calendar that is looked at, and clocks that agree."""

import pytest
from months import BEFORE, tick, two_readers

from distribution.app import App
from distribution.calendar import ticking


@pytest.fixture(autouse=True)
def _clocks_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's moment is far from the present one of PostgreSQL, which would not believe it."""
    monkeypatch.setattr(ticking, "OFF", ticking.OFF * 1_000_000)


@pytest.fixture
def watched(app: App) -> App:
    """An installation whose calendar has been looked at since September."""
    two_readers(app)
    tick(app, BEFORE)
    return app
