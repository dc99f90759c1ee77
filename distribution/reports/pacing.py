"""How fast a run went: minutes gathered into stretches that a chart can show."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from distribution.reports.course import Bucket, Pace

MOST_BUCKETS = 48
_WIDTHS = (1, 2, 5, 10, 15, 30, 60, 2 * 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60)
"""Minutes."""
_SHANGHAI_AHEAD = 8 * 60
"""Minutes: hours and days begin where people's do."""


def pace(by_minute: Mapping[int, int]) -> Pace:
    """Stretches without a gap, in the narrowest width of which there are at most MOST_BUCKETS.

    >>> found = pace({0: 3, 1: 1, 59: 2})
    >>> found.width, [bucket.accepted for bucket in found.buckets][:2], len(found.buckets)
    (datetime.timedelta(seconds=120), [4, 0], 30)
    >>> pace({}).buckets
    ()
    """
    if not by_minute:
        return Pace(timedelta(minutes=_WIDTHS[0]), ())
    first, last = min(by_minute) + _SHANGHAI_AHEAD, max(by_minute) + _SHANGHAI_AHEAD
    width = _WIDTHS[0]
    for width in (*_WIDTHS, *(days * _WIDTHS[-1] for days in (2, 7, 30, 365))):
        if last // width - first // width < MOST_BUCKETS:
            break
    counts = dict.fromkeys(range(first // width, last // width + 1), 0)
    for minute, accepted in by_minute.items():
        counts[(minute + _SHANGHAI_AHEAD) // width] += accepted
    return Pace(
        timedelta(minutes=width),
        tuple(Bucket(_start(place * width), count) for place, count in counts.items()),
    )


def _start(minute: int) -> datetime:
    return datetime.fromtimestamp((minute - _SHANGHAI_AHEAD) * 60, UTC)
