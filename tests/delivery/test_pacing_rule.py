"""The rule of pace: whatever is asked for and whenever, no hour gets more than its share."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from distribution.delivery.pacing import Turn, after, allowance, fair, step, unkept
from distribution.replies import Limits

START = datetime(2026, 9, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

limits = st.builds(
    Limits,
    rate_per_hour=st.integers(1, 5_000),
    burst=st.integers(1, 60),
    connections=st.integers(0, 9),
).filter(lambda one: not unkept(one))
seconds = st.floats(0, 2_000).map(lambda length: timedelta(seconds=length))
asked = st.lists(st.tuples(seconds, st.integers(0, 200), st.integers(0, 9)), max_size=30)
"""How long after the one before, how many would go, and how many are in hands."""


def granted(given: Limits, leases: list[tuple[timedelta, int, int]]) -> list[datetime]:
    """When each mail was let go."""
    now, free_at, gone = START, None, list[datetime]()
    for pause, wanted, in_hands in leases:
        now += pause
        turn = Turn(given, now, free_at, in_hands)
        most = allowance(turn)
        assert most is not None
        taken = min(wanted, most)
        free_at = after(turn, taken)
        gone += [now] * taken
    return gone


@given(limits, asked)
def test_no_time_gets_more_than_a_burst_and_what_has_come_due_since(
    given: Limits, leases: list[tuple[timedelta, int, int]]
) -> None:
    gone = granted(given, leases)
    for first, begin in enumerate(gone):
        for last in range(first, len(gone)):
            window = gone[last] - begin
            assert last - first + 1 <= given.burst + window // step(given)


@given(limits, asked)
def test_no_hour_gets_more_than_its_rate_with_those_in_hands_when_it_began(
    given: Limits, leases: list[tuple[timedelta, int, int]]
) -> None:
    gone = granted(given, leases)
    for begin in gone:
        within = sum(begin <= at < begin + HOUR for at in gone)
        assert within + given.connections <= given.rate_per_hour


@given(limits, st.integers(0, 9))
def test_no_more_are_in_hands_than_may_be(given: Limits, in_hands: int) -> None:
    most = allowance(Turn(given, START, in_hands=in_hands))
    assert most is not None
    if given.connections:
        assert most + in_hands <= max(given.connections, in_hands)


@given(limits)
def test_a_busy_lane_goes_on_at_its_steady_pace(given: Limits) -> None:
    free = Limits(given.rate_per_hour, given.burst)
    leases = [(step(free), 1, 0)] * 200
    assert len(granted(free, leases)) == 200


@given(limits, st.timedeltas(-HOUR, HOUR))
def test_another_clock_or_other_limits_hold_a_lane_up_for_one_step_at_most(
    given: Limits, ahead: timedelta
) -> None:
    free = Limits(given.rate_per_hour, given.burst)
    turn = Turn(free, START, START + ahead)
    again = Turn(free, START + step(free), after(turn, allowance(turn) or 0))
    assert (allowance(again) or 0) >= 1


@given(st.integers(0, 300), st.lists(st.none() | st.integers(0, 90), max_size=70))
def test_all_is_shared_out_unless_nobody_may_have_more(limit: int, caps: list[int | None]) -> None:
    shares = fair(limit, caps)
    assert all(cap is None or share <= cap for share, cap in zip(shares, caps, strict=True))
    whole = sum(limit if cap is None else cap for cap in caps)
    assert sum(shares) == min(limit, whole)
    greedy = [share for share, cap in zip(shares, caps, strict=True) if cap is None or share < cap]
    assert not greedy or max(shares) <= min(greedy) + 1
