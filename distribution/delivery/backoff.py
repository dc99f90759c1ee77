"""When a deferred mail is tried again."""

from datetime import timedelta

STEPS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 40, 120, 240, 480))
SPREAD = 0.2


def next_wait(attempts: int, asked: timedelta, chance: float) -> timedelta:
    """How long to wait after attempt number `attempts` (from 1).

    `asked` is the least wait the reply's rule names; `chance` in [0, 1) spreads the mails of one
    moment over 20 % to either side, so that they do not come back as one wave.

    >>> next_wait(1, timedelta(0), 0.5)
    datetime.timedelta(seconds=300)
    >>> next_wait(9, timedelta(0), 0.0)
    datetime.timedelta(seconds=23040)
    """
    usual = STEPS[min(max(attempts, 1), len(STEPS)) - 1]
    return max(usual, asked) * (1 - SPREAD + 2 * SPREAD * chance)
