"""How a run gets on, lane by lane: what is done, what is left, how fast it goes, how long it takes.

An estimate says only what can be known: at the rate of the last minute, no faster than lanes
allow, and not before one that rests goes on. Nothing is said while nothing moves.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import issues, replies
from distribution.delivery import pacing
from distribution.delivery.leasing import limits_of
from distribution.delivery.states import OPEN
from distribution.delivery.store import canaries, lanes, runs
from distribution.delivery.store.leasing import lanes_named
from distribution.delivery.store.observations import LATELY, Group, groups
from distribution.delivery.store.times import present
from distribution.models import Lane, Run
from distribution.words import DeliveryState, RunState

_S = DeliveryState
_WAITING = frozenset({_S.PLANNED, _S.DEFERRED})
_A_HURRY = timedelta(seconds=1)
"""What was accepted within so short a time says nothing of a rate."""


@dataclass(frozen=True, slots=True)
class Course:
    """Deliveries of one or several lanes together."""

    states: Mapping[DeliveryState, int]
    failed: Mapping[str, int]
    """By the code of what they were refused for."""
    lately: int
    """Accepted within the last minute."""
    next_at: datetime | None
    """When the first of those that were deferred is tried again."""
    waits_since: datetime | None
    """Since when the longest waiting could have gone; None where nothing is due."""
    accepted_for: timedelta = timedelta(0)
    """Between the first that was accepted and the last."""
    lately_for: timedelta = LATELY
    """The minute, or what there has been of it since the first was accepted."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())

    @property
    def left(self) -> int:
        """Those that are not through."""
        return sum(self.states.get(state, 0) for state in OPEN)

    @property
    def rate(self) -> float:
        """Accepted mails a second, over the last minute."""
        return self.lately / self.lately_for.total_seconds()

    @property
    def whole_rate(self) -> float | None:
        """The same over all the time in which any were accepted; None where that was a moment."""
        accepted = self.states.get(_S.ACCEPTED, 0)
        if accepted < 2 or self.accepted_for < _A_HURRY:  # noqa: PLR2004 - one has no rate
            return None
        return accepted / self.accepted_for.total_seconds()


@dataclass(frozen=True, slots=True)
class Strand:
    """One lane of a run."""

    name: str
    course: Course
    hold: Lane | None
    """What keeps it back, if it is stopped or rests."""
    allowed: float
    """Mails a second that its pace allows; 0: as fast as it can."""


@dataclass(frozen=True, slots=True)
class View:
    """A run at one moment."""

    run: Run
    issue_key: str
    at: datetime
    """By the database's clock."""
    course: Course
    strands: Sequence[Strand] = field(repr=False)
    """The largest first."""

    @property
    def over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.run.state in (RunState.FINISHED, RunState.CANCELLED)

    @property
    def stopped(self) -> int:
        """Mails in lanes that wait for an admin."""
        return sum(strand.course.left for strand in self.strands if _is_stopped(strand))

    @property
    def time_left(self) -> timedelta | None:
        """Until all is through but what waits for an admin; None where nobody can know."""
        run = self.run
        if run.state is not RunState.SENDING or run.canary is not None or not self.course.lately:
            return None
        moving = [one for one in self.strands if one.course.left and not _is_stopped(one)]
        at_this_rate = sum(one.course.left for one in moving) / self.course.rate
        longest = max((_least(one, self.at) for one in moving), default=timedelta(0))
        return max(timedelta(seconds=at_this_rate), longest)


def observe(session: Session, run_id: int, *, paced: bool) -> View:
    """Look at a run; its rows are read once. `paced`: lanes are given no more than they allow."""
    run = runs.find_run(session, run_id)
    at, holds = present(session), {lane.name: lane for lane in lanes.held_lanes(session)}
    by_lane: dict[str, list[Group]] = {}
    for group in groups(session, run_id):
        by_lane.setdefault(group.lane, []).append(group)
    allowed = allowed_by(session, by_lane) if paced else {}
    strands = [
        Strand(name, _course(run, found, at), holds.get(name), allowed.get(name, 0.0))
        for name, found in by_lane.items()
    ]
    strands.sort(key=lambda one: (-one.course.total, one.name))
    everything = [group for found in by_lane.values() for group in found]
    key = issues.key_of(runs.issue_of(session, run))
    return View(run, key, at, _course(run, everything, at), strands)


def together(strands: Iterable[Strand]) -> Course:
    """Several lanes as if they were one."""
    courses = [strand.course for strand in strands]
    states, failed = Counter[DeliveryState](), Counter[str]()
    for course in courses:
        states.update(course.states)
        failed.update(course.failed)
    return Course(
        dict(states),
        dict(failed),
        sum(course.lately for course in courses),
        min((course.next_at for course in courses if course.next_at), default=None),
        min((course.waits_since for course in courses if course.waits_since), default=None),
    )


@dataclass(frozen=True, slots=True)
class Fared:
    """The mails of a run that went first, see `steering.start`."""

    states: dict[DeliveryState, int]
    """In the order of the states; those nobody is in are left out."""
    returned: int
    """That a mail system has sent back since: among those accepted, mostly."""


def fared(session: Session, run_id: int) -> Fared:
    """Where they stand now, and how many came back."""
    found = canaries.states(session, run_id)
    states = {state: found[state] for state in DeliveryState if state in found}
    return Fared(states, canaries.bounced(session, run_id))


def is_own_domain(lane: str) -> bool:
    """Whether a lane is of one domain or gateway, and no provider's."""
    return replies.lane_label(lane) == lane


def _course(run: Run, found: Sequence[Group], at: datetime) -> Course:
    states, failed = Counter[DeliveryState](), Counter[str]()
    for group in found:
        states[group.state] += group.count
        if group.kind is not None:
            failed[group.kind] += group.count
    deferred = [group.due_at for group in found if group.state is _S.DEFERRED]
    due = [group.due_at for group in found if group.state in _WAITING and group.due_at <= at]
    since = max(min(due), run.started_at) if due and run.started_at else None
    first = [group.accepted_first for group in found if group.accepted_first]
    last = [group.accepted_last for group in found if group.accepted_last]
    return Course(
        dict(states),
        dict(failed),
        sum(group.lately for group in found),
        min(deferred, default=None),
        since,
        max(last) - min(first) if first and last else timedelta(0),
        min(LATELY, max(at - min(first), _A_HURRY)) if first else LATELY,
    )


def allowed_by(session: Session, names: Collection[str]) -> dict[str, float]:
    """Mails a second of the lanes that have a rate."""
    known = lanes_named(session, names)
    limits = {name: limits_of(name, known[name].own if name in known else None) for name in names}
    return {
        name: 1 / pacing.step(one).total_seconds()
        for name, one in limits.items()
        if one.rate_per_hour
    }


def _is_stopped(strand: Strand) -> bool:
    return strand.hold is not None and strand.hold.stopped_at is not None


def _least(strand: Strand, at: datetime) -> timedelta:
    """How long a lane takes at least: its rest, what it allows, its next attempt."""
    until = strand.hold.resting_until if strand.hold else None
    rest = max(until - at, timedelta(0)) if until else timedelta(0)
    paced = strand.course.left / strand.allowed if strand.allowed else 0
    later = strand.course.next_at - at if strand.course.next_at else timedelta(0)
    return max(rest + timedelta(seconds=paced), later)
