"""How many mails may go to a lane now: a rate kept by one moment per lane (GCRA).

The moment is when the next mail may go. Each mail moves it on by one step; after a pause it lies
in the past, by as many steps as mails may go at once. Whoever holds the lane's row reads it,
takes what it allows and writes it back: any number of workers share it, and a restart changes
nothing.

The step is so long that in no hour more mails reach a provider than its rate: those let go
within the hour, a burst among them, and those that were in hands when it began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from distribution.replies import Limits

_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a lane stands, by the database's clock."""

    limits: Limits
    now: datetime
    free_at: datetime | None = None
    """When the next mail may go; None: it was never paced."""
    in_hands: int = 0


def unkept(limits: Limits) -> bool:
    """Whether the limits contradict each other: nothing is left of the rate for a steady flow.

    >>> unkept(Limits(3_000, 10, 2)), unkept(Limits(12, 10, 2)), unkept(Limits(connections=2))
    (False, True, False)
    """
    return limits.rate_per_hour > 0 and _steady(limits) < 1


def step(limits: Limits) -> timedelta:
    """From one mail to the next where a lane is always busy.

    >>> step(Limits(rate_per_hour=3_612, burst=10, connections=2))
    datetime.timedelta(seconds=1)
    """
    return timedelta(microseconds=-(-_HOUR_US // _steady(limits)))  # rounded up


def allowance(turn: Turn) -> int | None:
    """How many mails may go now; None: as many as there are.

    >>> now, limits = datetime(2026, 9, 1), Limits(rate_per_hour=3_612, burst=10, connections=2)
    >>> allowance(Turn(limits, now)), allowance(Turn(limits, now, in_hands=1))
    (2, 1)
    >>> limits, second = Limits(rate_per_hour=3_610, burst=10), timedelta(seconds=1)
    >>> [allowance(Turn(limits, now, now + ahead * second)) for ahead in (-99, -2, 0, 1, 99)]
    [10, 3, 1, 0, 0]
    >>> allowance(Turn(Limits(), now)) is None
    True
    """
    limits = turn.limits
    by_rate = by_hands = None
    if limits.connections:
        by_hands = max(0, limits.connections - turn.in_hands)
    if limits.rate_per_hour:
        by_rate = max(0, (turn.now - _free_at(turn)) // step(limits) + 1)
    return min((most for most in (by_rate, by_hands) if most is not None), default=None)


def after(turn: Turn, sent: int) -> datetime | None:
    """When the next may go once so many more have gone; None where there is no rate.

    >>> now, limits = datetime(2026, 9, 1), Limits(rate_per_hour=3_610, burst=10)
    >>> [after(Turn(limits, now), sent).second for sent in (9, 10)]
    [0, 1]
    """
    if not turn.limits.rate_per_hour:
        return None
    return _free_at(turn) + sent * step(turn.limits)


def fair(limit: int, caps: Sequence[int | None]) -> list[int]:
    """Share out `limit` so that nobody gets more than his cap, and all others the same.

    >>> fair(50, [None, 2, None]), fair(5, [None, None]), fair(5, [1, 0]), fair(5, [])
    ([24, 2, 24], [2, 3], [1, 0], [])
    """
    shares, left = [0] * len(caps), limit
    order = sorted(range(len(caps)), key=lambda at: limit if (cap := caps[at]) is None else cap)
    for done, at in enumerate(order):
        cap, equal = caps[at], left // (len(caps) - done)
        shares[at] = equal if cap is None else min(cap, equal)
        left -= shares[at]
    return shares


def _steady(limits: Limits) -> int:
    """Of the rate, what is left for a steady flow."""
    return limits.rate_per_hour - limits.burst - limits.connections


def _free_at(turn: Turn) -> datetime:
    """When the next may go; the pause before it is worth no more than a burst.

    It is never further ahead than one step: more would be of another clock or other limits.
    """
    one = step(turn.limits)
    earliest = turn.now - (turn.limits.burst - 1) * one
    return min(max(turn.free_at or earliest, earliest), turn.now + one)
