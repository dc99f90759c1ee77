"""The life of a delivery: which state may follow which."""

from distribution.words import DeliveryState as S

ALLOWED: dict[S, frozenset[S]] = {
    S.PLANNED: frozenset({S.LEASED, S.CANCELLED, S.EXPIRED}),
    S.LEASED: frozenset(
        {S.HANDED, S.PLANNED, S.DEFERRED, S.FAILED, S.HELD, S.SKIPPED, S.CANCELLED}
    ),
    # Between the intent and the final reply; a worker that vanishes here leaves a doubt.
    S.HANDED: frozenset({S.ACCEPTED, S.DEFERRED, S.FAILED, S.IN_DOUBT}),
    S.DEFERRED: frozenset({S.LEASED, S.CANCELLED, S.EXPIRED}),
    # Evidence settles a doubt, or the worker itself when its reply comes late after all.
    S.IN_DOUBT: frozenset({S.ACCEPTED, S.DEFERRED, S.FAILED, S.PLANNED, S.HELD}),
    S.HELD: frozenset({S.PLANNED, S.CANCELLED}),  # by a person: `run failed --retry`, `run cancel`
    S.FAILED: frozenset({S.PLANNED}),  # an operator's retry, in the same slot
    S.ACCEPTED: frozenset(),
    S.SKIPPED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}

FINAL = frozenset({S.ACCEPTED, S.FAILED, S.SKIPPED, S.CANCELLED, S.EXPIRED})
"""Settled: each has its event. A failed one is final until an operator says otherwise."""

OPEN = frozenset({S.PLANNED, S.LEASED, S.HANDED, S.DEFERRED})
"""While one of these is left a run is not finished; doubts and held mails wait for a person."""

IN_HANDS = frozenset({S.LEASED, S.HANDED, S.IN_DOUBT})
"""Where a worker's result or a proof may find a delivery; all else is moved by persons and time."""


def sources(target: S) -> tuple[S, ...]:
    """The states from which `target` may be reached.

    >>> [state.value for state in sources(S.ACCEPTED)]
    ['handed', 'in_doubt']
    """
    return tuple(state for state, followers in ALLOWED.items() if target in followers)
