"""What a drill has shown."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from distribution.delivery import Point
from distribution.drill.judging import Verdict
from distribution.drill.sink import Mishap
from distribution.words import DeliveryState


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done to the workers, and what became of the mails."""

    mails: int
    """Planned."""
    connections: int
    verdict: Verdict
    states: Mapping[DeliveryState, int]
    """At the end."""
    in_doubt: int
    """Mails of which nobody could tell whether the relay had taken them, when all was sent."""
    settled: int
    """Of these, those settled by the relay's log: taken, or sent once more."""
    kills: Counter[Point | None] = field(default_factory=Counter)
    """None: at a random moment."""
    mishaps: Counter[Mishap] = field(default_factory=Counter)
    mismatches: tuple[str, ...] = ()
    """Of the run's books."""

    @property
    def killed(self) -> int:
        """Kills in all."""
        return self.kills.total()

    @property
    def may_doubt(self) -> int:
        """At most one for each connection of each kill, and one for each reply that was lost."""
        lost = sum(count for mishap, count in self.mishaps.items() if mishap.doubtful)
        return self.connections * self.killed + lost

    @property
    def good(self) -> bool:
        """Whether all promises were kept."""
        return self.verdict.good and self.in_doubt <= self.may_doubt and not self.mismatches

    @property
    def line(self) -> str:
        """All of it in one line, for people and programmes."""
        verdict = self.verdict
        numbers = {
            "kills": self.killed,
            "mails": self.mails,
            "duplicate": len(verdict.duplicate),
            "missed": len(verdict.missed),
            "in_doubt": self.in_doubt,
            "settled": self.settled,
        }
        return " ".join(f"{name}={number}" for name, number in numbers.items())


def tally(states: Iterable[DeliveryState]) -> dict[DeliveryState, int]:
    """How many there are of each."""
    return dict(Counter(states))
