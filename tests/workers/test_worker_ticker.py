"""The ticker goes on, whatever happens to it."""

from threading import Event

import pytest

from distribution.db import DatabaseUnusable
from distribution.errors import DistributionError
from workers.attempts import attempt, attempt_each
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
    def errand() -> None:
        raise DistributionError("出了点事")

    attempt("an errand", errand)
    assert [record.getMessage() for record in caplog.records] == ["an errand: 出了点事"]


def test_of_many_one_that_fails_keeps_none_of_the_others() -> None:
    done: list[float] = []
    attempt_each("dividing", [1, 0, 2], lambda number: done.append(2 / number))
    assert done == [2, 1]


def test_a_database_that_is_away_ends_the_many_at_once() -> None:
    tried: list[int] = []

    def errand(number: int) -> None:
        tried.append(number)
        raise DatabaseUnusable("数据库不在")

    with pytest.raises(DatabaseUnusable):
        attempt_each("trying", [1, 2, 3], errand)
    assert tried == [1]
