"""How a run gets on: counted lane by lane, and an estimate that says only what can be known."""

from datetime import timedelta

from factories import (
    YEARS,
    hand,
    lease,
    make_run,
    make_run_anew,
    make_subscriber,
    pause,
    plan,
    settle,
    start,
    waits_are_over,
)
from runs import make_issue
from sqlalchemy import update

from distribution.app import App
from distribution.db import database_time
from distribution.delivery import observing
from distribution.delivery.store import lanes
from distribution.models import Delivery
from distribution.words import Cause, DeliveryState, Meaning

S = DeliveryState
MINUTE = timedelta(minutes=1)


def observe(app: App, run_id: int, *, paced: bool = False) -> observing.View:
    with app.reading() as session:
        view = observing.observe(session, run_id, paced=paced)
        session.expunge_all()
    return view


def strand(view: observing.View, lane: str) -> observing.Strand:
    return next(one for one in view.strands if one.name == lane)


def accepted_ago(app: App, *ago: timedelta) -> None:
    """So many of the rows were accepted, each so long ago by the database's clock."""
    with app.transaction() as session:
        for number, span in enumerate(ago, start=1):
            session.execute(
                update(Delivery)
                .where(Delivery.id == number)
                .values(state=S.ACCEPTED, accepted_at=database_time(-span))
            )


def test_every_lane_is_counted_by_state_and_class(app: App) -> None:
    run_id = make_run(app, [*(f"r{n}@fenhe.example" for n in range(5)), "a@zhangze.example"])
    rows = lease(app)
    mine = [row for row in rows if row.lane == "fenhe.example"]
    hand(app, mine[0], mine[1])
    settle(app, mine[0], S.ACCEPTED)
    settle(app, mine[2], S.FAILED, cause=Cause.POLICY)
    settle(app, mine[3], S.DEFERRED, wait=timedelta(minutes=5))

    view = observe(app, run_id)

    course = strand(view, "fenhe.example").course
    assert course.states == {
        S.ACCEPTED: 1, S.HANDED: 1, S.FAILED: 1, S.DEFERRED: 1, S.LEASED: 1
    }  # fmt: skip
    assert (course.failed, course.lately, course.left) == ({"policy": 1}, 1, 3)
    assert course.next_at is not None
    assert MINUTE * 4 < course.next_at - view.at < MINUTE * 6
    assert (view.course.total, [one.name for one in view.strands]) == (
        6, ["fenhe.example", "zhangze.example"]
    )  # fmt: skip


def test_the_longest_waiting_has_waited_since_it_could_have_gone(app: App) -> None:
    run_id = make_run_anew(app, 2)

    view = observe(app, run_id)
    assert view.course.waits_since is not None
    assert view.at - view.course.waits_since < MINUTE
    rows = lease(app)
    assert observe(app, run_id).course.waits_since is None
    settle(app, rows[0], S.DEFERRED, wait=MINUTE)
    assert observe(app, run_id).course.waits_since is None
    waits_are_over(app)

    view = observe(app, run_id)
    assert view.course.waits_since == max(the_start(view), view.course.waits_since)


def test_the_rate_is_of_the_last_minute_and_of_the_whole(app: App) -> None:
    run_id = make_run(app, 10)
    accepted_ago(app, MINUTE * 3, MINUTE * 2, MINUTE / 2, MINUTE / 4)

    view = observe(app, run_id)

    assert view.course.lately == 2
    assert view.course.rate == 2 / 60
    assert view.course.whole_rate is not None
    assert 4 / 170 < view.course.whole_rate < 4 / 160
    assert view.time_left == MINUTE * 3  # six are left


def test_a_run_that_has_just_begun_is_not_taken_for_slow(app: App) -> None:
    run_id = make_run(app, 40)
    accepted_ago(app, *([timedelta(seconds=10)] * 20))

    view = observe(app, run_id)

    assert 1.5 < view.course.rate <= 2
    assert view.time_left is not None
    assert view.time_left < MINUTE / 4


def test_nothing_is_said_while_nothing_moves(app: App) -> None:
    run_id = make_run(app, 4)
    assert observe(app, run_id).time_left is None
    accepted_ago(app, MINUTE * 3, MINUTE * 2)
    assert observe(app, run_id).time_left is None
    accepted_ago(app, MINUTE / 2, MINUTE * 2)
    assert observe(app, run_id).time_left == MINUTE * 2

    pause(app, run_id)

    assert observe(app, run_id).time_left is None


def test_a_lane_that_is_paced_takes_as_long_as_it_allows(app: App) -> None:
    run_id = make_run(app, [*(f"r{n}@qq.com" for n in range(60)), "a@fenhe.example"])
    accepted_ago(app, MINUTE * 2, *([MINUTE / 2] * 30))

    fast, paced = observe(app, run_id), observe(app, run_id, paced=True)

    allowed = strand(paced, "qq").allowed
    assert strand(fast, "qq").allowed == 0
    assert fast.time_left is not None
    assert paced.time_left == timedelta(seconds=29 / allowed)
    assert fast.time_left == MINUTE < paced.time_left


def test_a_lane_that_rests_or_is_stopped_is_said_apart(app: App) -> None:
    run_id = make_run(app, ["a@luan.example", "b@fenhe.example", "c@zhangze.example"])
    accepted_ago(app, MINUTE / 2)
    with app.transaction() as session:
        lanes.stop(session, "fenhe.example", by="test", words="等回音")
        said = (Meaning.RATE_LIMIT, "later")
        lanes.rest(session, "zhangze.example", [timedelta(hours=2)], timedelta(0), said)

    view = observe(app, run_id)

    assert view.stopped == 1
    assert view.time_left is not None
    assert timedelta(minutes=119) < view.time_left < timedelta(minutes=122)
    hold = strand(view, "fenhe.example").hold
    assert hold is not None
    assert hold.stopped_at is not None


def test_several_lanes_are_counted_together(app: App) -> None:
    for number in range(3):
        make_subscriber(app, f"a@firm{number}.example")
    run_id = plan(app, make_issue(app))
    start(app, run_id, expiry=YEARS)
    settle(app, lease(app)[0], S.FAILED, cause=Cause.POLICY)

    view = observe(app, run_id)
    course = observing.together(view.strands)

    assert (course.states, course.failed) == ({S.LEASED: 2, S.FAILED: 1}, {"policy": 1})
    assert all(observing.is_own_domain(one.name) for one in view.strands)
    assert not observing.is_own_domain("qq")


def the_start(view: observing.View) -> object:
    return view.run.started_at
