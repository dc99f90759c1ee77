"""What can be known beforehand: lanes whose pace is too slow for the time that a run has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from distribution.delivery.observing import View

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Short:
    """A lane not all of whose mails can go before they expire."""

    lane: str
    left: int
    per_hour: int
    takes: timedelta
    """At least: other runs may send to it as well, and what was deferred goes twice."""
    in_time: int
    """So many of those left can go, about."""


def time_given(view: View, expiry: timedelta) -> timedelta:
    """Until its mails expire; a run that was not started yet is given `expiry` then."""
    until = view.run.expires_at
    return expiry if until is None else max(until - view.at, timedelta(0))


def falling_short(view: View, expiry: timedelta) -> Sequence[Short]:
    """Lanes that cannot be through in the time given, the worst first; see `time_given`."""
    if view.over:
        return ()
    given, found = time_given(view, expiry), list[Short]()
    for strand in view.strands:
        left, allowed = strand.course.left, strand.allowed
        if allowed and left / allowed > given.total_seconds():
            hourly, in_time = allowed * _HOUR.total_seconds(), int(allowed * given.total_seconds())
            takes = timedelta(seconds=left / allowed)
            found.append(Short(strand.name, left, round(hourly), takes, in_time))
    return sorted(found, key=lambda short: (short.in_time - short.left, short.lane))
