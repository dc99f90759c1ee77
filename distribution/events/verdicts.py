"""Judges who opened or clicked: a person, or one of the machines that read mail before him.

Here each request by itself; `sessions` judges what belongs together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from distribution.events.classes import HIDDEN_LINK, NO_AGENT, PROXY, SCANNER, kind_of, machines
from distribution.words import Signal, Verdict

RULES = 3
"""The version of all rules and lists; whoever changes what they say counts it up."""

TOO_SOON = timedelta(seconds=2)
"""Nobody looks that fast: a scanner does, before or just after the relay has answered."""
TOO_SOON_TO_CLICK = timedelta(seconds=5)
"""Whoever clicks has got the mail, opened it and read a title."""
SOON = timedelta(seconds=10)
EARLIEST = timedelta(minutes=-1)
"""Before that no relay has the mail: the clock of the pages or of the database is wrong, or what
the relay had answered was written down late."""


@dataclass(frozen=True, slots=True)
class Act:
    """An open, a click or a form that was sent, as far as judging needs it."""

    run: int
    mail: int | None
    """The delivery; None where its reader did not agree to be known."""
    signal: Signal
    link: int | None
    """The article that was clicked."""
    at: datetime
    showed: str
    """See `classes`, as the next two."""
    agent: str
    network_class: str
    network: str
    """The day's name of the network; empty where it is not known."""
    since: timedelta | None
    """Since the mail could be read; None where it is not known since when."""

    @property
    def client(self) -> tuple[str, str]:
        """Who asks, as far as anybody is told from others."""
        return self.network, self.agent

    @property
    def hidden(self) -> bool:
        """Whether it followed the link that no reader sees."""
        return self.showed == HIDDEN_LINK

    @property
    def too_soon(self) -> bool:
        """Whether it came before any person could."""
        patience = TOO_SOON_TO_CLICK if self.signal is Signal.CLICK else TOO_SOON
        return self.since is not None and EARLIEST <= self.since < patience


Judged = tuple[Verdict, str]
"""The rule has at most 40 ASCII characters."""


def machine_by_itself(act: Act) -> str | None:
    """The rule by which this is a machine whatever else happens; None where none speaks."""
    if act.showed:
        return act.showed
    if act.agent in machines():
        return f"agent:{act.agent}"
    kind = kind_of(act.network_class)
    if kind == SCANNER or (kind == PROXY and act.signal is Signal.OPEN):
        return f"network:{act.network_class}"
    return None


def by_itself(act: Act) -> Judged:
    """Judge one act without looking at others.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 9, 1, 4, tzinfo=UTC)
    >>> by_itself(Act(1, 7, Signal.CLICK, 3, noon, "", "windows", "public", "a", SOON))
    (<Verdict.HUMAN: 'human'>, 'nothing-against')
    >>> by_itself(Act(1, 7, Signal.CLICK, 3, noon, "head", "windows", "public", "a", None))
    (<Verdict.MACHINE: 'machine'>, 'head')
    """
    machine = machine_by_itself(act)
    if machine is not None:
        return Verdict.MACHINE, machine
    if act.signal is Signal.ACT:
        return Verdict.HUMAN, "sent-a-form"
    if act.too_soon:
        return Verdict.MACHINE, "too-soon"
    doubt = _doubt(act)
    return (Verdict.UNKNOWN, doubt) if doubt else (Verdict.HUMAN, "nothing-against")


def _doubt(act: Act) -> str | None:
    if act.since is not None and act.since < SOON:
        return "soon" if act.since >= EARLIEST else "clock"
    if kind_of(act.network_class) == PROXY:
        return f"network:{act.network_class}"
    return "no-agent" if act.agent == NO_AGENT else None  # browsers and mail programs name theirs
