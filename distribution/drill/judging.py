"""The judge: what the relay's log says of each reader, against what the books say. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from distribution.words import DeliveryState as S

NAMED = frozenset({S.IN_DOUBT, S.FAILED, S.DEFERRED, S.HELD, S.SKIPPED, S.EXPIRED, S.CANCELLED})
"""Who got nothing and is in one of these is not missed: the admin is shown him, and why."""
TAKEN = frozenset({S.ACCEPTED, S.IN_DOUBT})
"""Where the books may have a mail that the relay has taken: from there it is not sent again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Readers by what went wrong with them."""

    duplicate: tuple[str, ...] = ()
    """Got more than one copy."""
    missed: tuple[str, ...] = ()
    """Got nothing, and no state says so."""
    unplanned: tuple[str, ...] = ()
    """Got a copy that nobody had planned."""
    unbooked: tuple[str, ...] = ()
    """Got a copy that the books do not know of: a second one would follow."""

    @property
    def good(self) -> bool:
        """Whether everybody got one copy, or is known not to have got it."""
        return not (self.duplicate or self.missed or self.unplanned or self.unbooked)


def judge(log: Iterable[str], states: Mapping[str, S]) -> Verdict:
    """Judge the recipients of the log, one for each mail taken, by the states of the readers.

    >>> judge(["a", "b", "b"], {"a": S.ACCEPTED, "b": S.ACCEPTED, "c": S.IN_DOUBT}).duplicate
    ('b',)
    >>> judge([], {"a": S.ACCEPTED, "b": S.PLANNED, "c": S.DEFERRED}).missed
    ('a', 'b')
    """
    copies = Counter(log)
    return Verdict(
        duplicate=tuple(who for who, count in copies.items() if count > 1),
        missed=tuple(
            who for who, state in states.items() if who not in copies and state not in NAMED
        ),
        unplanned=tuple(who for who in copies if who not in states),
        unbooked=tuple(
            who for who, state in states.items() if who in copies and state not in TAKEN
        ),
    )
