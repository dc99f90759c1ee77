"""Which mails a lease takes: the lanes in turn, each as much as its pace allows.

What is due stands in the database alone. A worker keeps in memory only which lanes had something
that could go a moment ago, so that no lease has to search for them; a worker that dies loses
nothing by it.
"""

import secrets
import string
import time
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile

from sqlalchemy.orm import Session

from distribution import replies
from distribution.delivery import pacing
from distribution.delivery.pacing import Turn
from distribution.delivery.store import leasing as store
from distribution.delivery.store import readiness
from distribution.delivery.store.lanes import Own
from distribution.delivery.store.leasing import Share
from distribution.replies import Limits

MOST_LANES = 64
"""That a lease looks at together."""
LOOK = 256
"""Lanes that a worker remembers at a time."""
FRESH = 2.0
"""Seconds after which it looks again: others may have mail by now."""
SOON = timedelta(seconds=2)
"""A lane that may go on within this time is waited for."""
_TAKEN = timedelta(milliseconds=50)
"""Until a lane that another worker is leasing from is tried again."""

_Place = tuple[int, str]
"""A run and a lane."""


@dataclass(slots=True)
class Rotation:
    """The lanes a worker takes from in turn. It begins anywhere, as many workers do."""

    heeded: bool = True
    """Whether lanes have a pace."""
    pause: timedelta | None = None
    """After a lease that took nothing: until it is worth trying again, if that is soon."""
    only: frozenset[str] | None = None
    """The lanes that can be served now where not all of them can."""
    places: deque[_Place] = field(default_factory=deque)
    _seen: dict[int, str] = field(default_factory=dict)  # by run, the last lane looked at
    _look_again_at: float = 0.0

    def keep_to(self, only: frozenset[str] | None) -> None:
        """Take from these lanes only, until told otherwise; None: from all."""
        if only != self.only:
            self.only, self._look_again_at = only, 0.0

    def keep(self, places: Sequence[_Place]) -> None:
        """Come back to these after all others; each once, though it may have been found again."""
        known = set(self.places)
        self.places.extend(place for place in dict.fromkeys(places) if place not in known)

    def wait(self, *pauses: timedelta) -> None:
        """Remember the shortest of these, if it is short."""
        if self.pause is not None:
            pauses += (self.pause,)
        self.pause = min((pause for pause in pauses if pause <= SOON), default=None)

    def blocks(self, session: Session, size: int) -> Iterator[list[_Place]]:
        """The next places, so many at a time, until all were there once."""
        fresh = time.monotonic() >= self._look_again_at
        if fresh:
            self._look(session)
        while self.places or not fresh:
            if not self.places:
                fresh = True
                self._look(session)
                continue
            yield [self.places.popleft() for _ in range(min(size, len(self.places)))]

    def _look(self, session: Session) -> None:
        """Find lanes behind those seen last, and from the beginning where those are the last."""
        self._look_again_at = time.monotonic() + FRESH
        self.places.clear()
        if not readiness.anything_due(session):
            return
        for run_id, some_go_first in readiness.running(session).items():
            if self.only is not None:
                lanes = sorted(self.only)
            elif some_go_first:
                lanes = readiness.first_lanes_ready(session, run_id, SOON)
            else:
                lanes = self._next_lanes(session, run_id)
            self.places.extend((run_id, lane) for lane in lanes)

    def _next_lanes(self, session: Session, run_id: int) -> list[str]:
        anywhere = secrets.choice(string.digits + string.ascii_lowercase)
        after = self._seen.get(run_id, anywhere)
        lanes = readiness.lanes_ready(session, run_id, after, LOOK, SOON)
        if len(lanes) < LOOK:
            lanes += readiness.lanes_ready(session, run_id, "", LOOK - len(lanes), SOON)
        self._seen[run_id] = lanes[-1] if lanes else ""
        return list(dict.fromkeys(lanes))


@dataclass(frozen=True, slots=True)
class Picked:
    """Rows one lease may hold, locked, and the paced lanes among theirs, locked too."""

    crashes: dict[int, int]
    """By delivery: how often a worker died under it."""
    turns: Mapping[str, Turn]


def pick(session: Session, limit: int, rotation: Rotation) -> Picked | None:
    """Lock up to `limit` rows that may go now; None where there is none.

    A row under which a worker died before is picked alone: a mail that kills its worker takes no
    others down with it. Such rows were due before, so they come first in their lanes.
    """
    rotation.pause = None
    runs, kept, picked = readiness.running(session), list[_Place](), None
    holding = False
    for block in rotation.blocks(session, min(limit, MOST_LANES)):
        standing = _standing(session, {lane for _, lane in block}, rotation, holding=holding)
        if standing is None:
            rotation.places.extendleft(reversed(block))  # the next lease begins with it
            break
        holding = holding or bool(standing.turns)
        places = [place for place in block if place[0] in runs and place[1] in standing.most]
        most = pacing.fair(limit, standing.each(places))
        shares = [
            Share(run_id, lane, count, runs[run_id])
            for (run_id, lane), count in zip(places, most, strict=True)
        ]
        found = store.first_due(session, [share for share in shares if share.most])
        crashes = together([(row.id, row.crashes) for row in found])
        counts = Counter((row.run_id, row.lane) for row in found if row.id in crashes)
        if len(crashes) < len(found):  # the next lease begins with the one that was left out
            left_out = found[len(crashes)]
            places, later = _parted(places, (left_out.run_id, left_out.lane))
            rotation.places.extendleft(reversed(later))
        kept += [
            place for place, share in zip(places, most, strict=False) if counts[place] == share
        ]
        if crashes:
            picked = Picked(crashes, standing.turns)
            break
    rotation.keep(kept)
    return picked


def charge(session: Session, picked: Picked, lanes: Sequence[str]) -> None:
    """Count the mails that were leased, by their lanes, for the pace of these."""
    moved = {
        lane: pacing.after(picked.turns[lane], count)
        for lane, count in Counter(lanes).items()
        if lane in picked.turns
    }
    store.pace(session, {lane: free_at for lane, free_at in moved.items() if free_at is not None})


def limits_of(lane: str, own: Own | None) -> Limits:
    """How fast mail may go to a lane: what the admin said, else what providers.toml says."""
    usual = replies.limits_of(lane)
    if own is None:
        return usual
    both = zip(own, (usual.rate_per_hour, usual.burst, usual.connections), strict=True)
    return Limits(*(usual if mine is None else mine for mine, usual in both))


def together(due: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Of (delivery, crashes) in their order, those one lease may hold.

    >>> together([(1, 0), (2, 0), (3, 1)])
    {1: 0, 2: 0}
    >>> together([(3, 1), (4, 0)])
    {3: 1}
    """
    innocent = dict(takewhile(lambda row: row[1] == 0, due))
    return innocent or dict(due[:1])


@dataclass(frozen=True, slots=True)
class _Standing:
    """What lanes allow now. Those that are stopped or at rest are not among them."""

    most: dict[str, int | None]
    """None: as much as there is."""
    turns: dict[str, Turn]

    def each(self, places: Sequence[_Place]) -> list[int | None]:
        """For each place; of a paced lane the first one has it all."""
        left = dict(self.most)
        allowed = []
        for _, lane in places:
            allowed.append(left[lane])
            if left[lane] is not None:
                left[lane] = 0
        return allowed


def _standing(
    session: Session, names: Collection[str], rotation: Rotation, *, holding: bool
) -> _Standing | None:
    """None where lanes would have to be added while others are held: that may have to wait."""
    known = store.lanes_named(session, names)
    open_lanes = [name for name in names if name not in known or not known[name].halted]
    most: dict[str, int | None] = dict.fromkeys(open_lanes)
    if not rotation.heeded:
        return _Standing(most, {})
    limits = {name: limits_of(name, known[name].own if name in known else None) for name in most}
    limited = [name for name in most if limits[name]]
    waits = {name: wait for name in limited if name in known and (wait := known[name].waits)}
    free = {name: limits[name] for name in limited if name not in waits}
    if (new := free.keys() - known) and holding:
        rotation.wait(_TAKEN)
        return None
    store.add_lanes(session, new)
    turns = _turns(session, free)
    taken = [_TAKEN] if len(turns) + len(waits) < len(limited) else []
    rotation.wait(*taken, *waits.values())
    most |= dict.fromkeys(limited, 0)
    most |= {name: pacing.allowance(turn) for name, turn in turns.items()}
    return _Standing(most, turns)


def _turns(session: Session, limits: Mapping[str, Limits]) -> dict[str, Turn]:
    """Where those of the lanes stand that no other worker is leasing from; they are locked."""
    if not limits:
        return {}
    locked = store.lock_lanes(session, limits)
    of_hands = [name for name in locked if limits[name].connections]
    in_hands = store.in_hands(session, of_hands) if of_hands else {}
    return {
        name: Turn(limits[name], now, free_at, in_hands.get(name, 0))
        for name, (free_at, now) in locked.items()
    }


def _parted(places: Sequence[_Place], at: _Place) -> tuple[list[_Place], list[_Place]]:
    """Those before a place, and it with those behind it."""
    begin = places.index(at)
    return list(places[:begin]), list(places[begin:])
