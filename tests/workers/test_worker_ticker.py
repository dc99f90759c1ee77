"""The ticker goes on, whatever happens to it."""

from threading import Event

import pytest

from distribution.db import DatabaseUnusable
from distribution.errors import DistributionError
from workers.failures import logged
from workers.ticker import Ticking


def test_a_tick_that_fails_is_told_and_the_next_one_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ends: list[Exception] = [DatabaseUnusable("数据库不在"), ZeroDivisionError("a defect")]
    went_well = Event()

    def look() -> None:
        if ends:
            raise ends.pop(0)
        went_well.set()

    ticking = Ticking(0, {"sending": look})
    assert went_well.wait(10)
    ticking.stop()
    ticking.join()
    told = [(record.levelname, record.exc_info is not None) for record in caplog.records]
    assert told == [("WARNING", False), ("ERROR", True)]


def test_an_error_of_ours_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with logged("an errand"):
        raise DistributionError("出了点事")
    assert [record.getMessage() for record in caplog.records] == ["an errand: 出了点事"]


def test_an_error_may_be_let_through() -> None:
    with pytest.raises(DatabaseUnusable), logged("an errand", but=DatabaseUnusable):
        raise DatabaseUnusable("数据库不在")
