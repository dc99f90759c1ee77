"""What can be known beforehand: lanes too slow for the time a run has, and how long it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from distribution.delivery.observing import View, allowed_by, observe
from distribution.delivery.store.runs import last_finished

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


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long a run would take, as far as it can be known; None is what cannot."""

    slowest: Short | None
    """The lane that takes longest at its pace; `takes` is the least, without what is deferred."""
    run_id: int | None = None
    """The last run that is finished: its pace is the measure."""
    at_its_pace: timedelta | None = None

    @property
    def takes(self) -> timedelta | None:
        """The longer of the two."""
        known = [self.at_its_pace, self.slowest.takes if self.slowest else None]
        return max((one for one in known if one is not None), default=None)


def forecast(session: Session, lanes: Mapping[str, int], *, paced: bool) -> Forecast:
    """How long mails to these lanes would take. `paced`: lanes are given no more than they allow.

    What a lane allows is a limit, not a speed; a speed is known from the run before.
    """
    allowed = allowed_by(session, lanes) if paced else {}
    found = [
        Short(name, lanes[name], round(rate * _HOUR.total_seconds()), takes, lanes[name])
        for name, rate in allowed.items()
        if (takes := timedelta(seconds=lanes[name] / rate))
    ]
    slowest = max(found, key=lambda one: (one.takes, one.lane), default=None)
    run = last_finished(session)
    rate = observe(session, run.id, paced=False).course.whole_rate if run else None
    if run is None or rate is None:
        return Forecast(slowest)
    return Forecast(slowest, run.id, timedelta(seconds=sum(lanes.values()) / rate))
