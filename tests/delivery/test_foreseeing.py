"""What a run cannot do before its mails expire is known before it begins."""

from datetime import timedelta

import pytest
import runs
from factories import cancel, make_readers, plan, time_is_up
from runs import make_issue

from distribution import clock, delivery
from distribution.app import App
from distribution.cli.run.foreseeing import foreseen
from distribution.delivery import foreseeing, observing

HOUR = timedelta(hours=1)
A, B = "fenhe.example", "taihang.example"


@pytest.fixture
def planned(app: App) -> int:
    """A run of eight to a lane that takes three an hour, and of three to one that takes all."""
    make_readers(app, 8, A)
    make_readers(app, 3, B)
    with app.transaction() as session:
        delivery.limit_lane(session, A, (4, 1, 0))
    return plan(app, make_issue(app))


def view(app: App, run_id: int, *, paced: bool = True) -> observing.View:
    with app.reading() as session:
        seen = observing.observe(session, run_id, paced=paced)
        session.expunge_all()
    return seen


def test_a_lane_too_slow_for_its_mails_is_named_with_what_it_can_do(app: App, planned: int) -> None:
    (short,) = foreseeing.falling_short(view(app, planned), 2 * HOUR)

    assert (short.lane, short.left, short.per_hour, short.in_time) == (A, 8, 3, 6)
    assert short.takes == timedelta(hours=2, minutes=40)
    said = foreseen(view(app, planned), 2 * HOUR)
    assert said == (
        "到期前（2 小时）投不完：fenhe.example 8 封，每小时 3 封，至少需 2.7 小时，"
        "到期前约只能投 6 封。可在开始前调高 expiry_hours，或放宽线路：distribution lane set"
    )


def test_where_there_is_time_enough_or_no_pace_is_kept_nothing_is_said(
    app: App, planned: int
) -> None:
    assert foreseen(view(app, planned), 3 * HOUR) == ""
    assert foreseen(view(app, planned, paced=False), HOUR) == ""
    cancel(app, planned)
    assert foreseen(view(app, planned), HOUR) == ""


def test_of_a_run_that_was_started_its_own_end_counts(app: App, planned: int) -> None:
    runs.start(app, planned, clock.now(), 2 * HOUR)
    said = foreseen(view(app, planned), 100 * HOUR)
    assert said.endswith("可放宽线路：distribution lane set")  # its end stands

    time_is_up(app, planned)
    (short,) = foreseeing.falling_short(view(app, planned), 100 * HOUR)
    assert short.in_time == 0
