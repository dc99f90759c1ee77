"""Tripwires: what pauses a run and tells the admins. A tripped wire pauses, it never retries.

Each has a least number, so that one case in a small run pauses nothing. What a person has seen
before he resumed a run is known: only what has come since may trip a wire again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from distribution import replies
from distribution.words import Meaning, Wire

DOUBTS = 20
DOUBTS_SHARE = 0.005
"""In doubt, of what was planned. A worker that dies leaves one per connection, no alarm."""

WINDOW = 200
"""Replies from one provider that are looked at, the newest."""
LEAST_REPLIES = 50
REFUSALS = 10
REFUSALS_SHARE = 0.05
"""Refused for good for what we are or sent, of those; half of the least replies' share or more."""

COMPLAINTS = 3
COMPLAINTS_SHARE = 0.001
"""Of what was accepted; what the large providers want a sender to stay below."""

EVENTS = 200
EVENTS_TIMES = 3
"""Events of a run's deliveries, for each planned: more means mails that go in a circle."""

OF_US = frozenset(
    {
        Meaning.REPUTATION,
        Meaning.AUTH,
        Meaning.CONTENT,
        Meaning.POLICY,
        Meaning.RATE_LIMIT,
        Meaning.TOO_LARGE,
        Meaning.PROTOCOL,
        Meaning.UNKNOWN,
    }
)
"""Refusals that speak of us. A mailbox that does not exist or is full speaks of itself: a first
list has many of those, and no pause would make it better."""


@dataclass(frozen=True, slots=True)
class Replies:
    """What one lane said last: how many replies, and how many of them refused us for good."""

    answered: int
    refused: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the ledger shows of a run, without what was known when it was last resumed."""

    planned: int
    twice: int = 0
    """Slots accepted a second time."""
    in_doubt: int = 0
    new_complaints: int = 0
    complaints: int = 0
    """All of them, the known ones too."""
    accepted: int = 0
    """Counted no further than the complaints need."""
    events: int = 0
    lanes: Mapping[str, Replies] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Tripped:
    """A wire, and in a sentence why it tripped."""

    wire: Wire
    why: str
    lane: str = ""
    """In which it tripped, where it watches each by itself."""


def tripped(found: Evidence) -> list[Tripped]:
    """All wires that these figures trip, the gravest first.

    >>> tripped(Evidence(planned=200, in_doubt=20))
    []
    >>> [trip.why for trip in tripped(Evidence(planned=200, in_doubt=21))]
    ['200 封中新增存疑 21 封']
    """
    trips = []
    if found.twice:  # one is a mail too many already, and shows that the books are wrong
        trips.append(Tripped(Wire.TWICE, f"{found.twice} 个信箱的同一期被接收了两次"))
    if found.in_doubt > max(DOUBTS, DOUBTS_SHARE * found.planned):
        trips.append(Tripped(Wire.IN_DOUBT, f"{found.planned} 封中新增存疑 {found.in_doubt} 封"))
    trips += [
        Tripped(
            Wire.REFUSED,
            f"{replies.lane_label(lane)}最近 {said.answered} 个答复中，"
            f"有 {said.refused} 个因我方原因或不明原因拒收",
            lane,
        )
        for lane, said in sorted(found.lanes.items())
        if refuses(said)
    ]
    if complained_of(found):
        trips.append(
            Tripped(
                Wire.COMPLAINTS, f"已接收的 {found.accepted} 封中，有 {found.complaints} 封被投诉"
            )
        )
    if found.events >= EVENTS and found.events > EVENTS_TIMES * found.planned:
        trips.append(
            Tripped(Wire.EVENTS, f"计划 {found.planned} 封，投递事件却有 {found.events} 条")
        )
    return trips


def refuses(said: Replies) -> bool:
    """Whether a lane turns us away, and not our readers' addresses."""
    enough = said.answered >= LEAST_REPLIES and said.refused >= REFUSALS
    return enough and said.refused > REFUSALS_SHARE * said.answered


def complained_of(found: Evidence) -> bool:
    """Whether too many of the readers complain."""
    enough = found.new_complaints >= COMPLAINTS
    return enough and found.complaints > COMPLAINTS_SHARE * found.accepted
