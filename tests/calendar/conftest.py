"""What the tests of the calendar share: clocks that agree, wherever a test moves the calendar."""

import pytest

from distribution.calendar import ticking


@pytest.fixture(autouse=True)
def _clocks_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's moment is far from the present one of PostgreSQL, which would not believe it."""
    monkeypatch.setattr(ticking, "OFF", ticking.OFF * 1_000_000)
