"""The figures of a report: plain values; `notes.py` says in Chinese what each of them means."""

from dataclasses import dataclass
from datetime import datetime

from distribution.reports.bounce_figures import Counts
from distribution.reports.course import EarlierRun, Interests, Known, LaneFigures, Pace
from distribution.words import Cause, DeliveryState, Meaning, RunKind, RunState

NO_TOPIC = "无主题"
NO_ENTERPRISE = "无单位"


def range_of(least: Known, most: Known) -> int | str | None:
    """A range as people write it; None where it is not told.

    >>> range_of(3, 3), range_of(3, 1500), range_of(None, None)
    (3, '3–1,500', None)
    """
    if least is None or most is None:
        return None
    return least if least == most else f"{least:,}–{most:,}"


@dataclass(frozen=True, slots=True)
class Books:
    """Where the deliveries of a run stand."""

    planned: int | None
    """As counted when the run was sealed; None before."""
    states: dict[DeliveryState, int]
    """Every state, those nobody is in included."""

    @property
    def total(self) -> int:
        """Deliveries there are."""
        return sum(self.states.values())

    @property
    def agree(self) -> bool:
        """Whether there are as many deliveries as were sealed.

        >>> Books(3, {DeliveryState.ACCEPTED: 2, DeliveryState.FAILED: 1}).agree
        True
        >>> Books(3, {DeliveryState.ACCEPTED: 2}).agree
        False
        """
        return self.planned is None or self.planned == self.total


@dataclass(frozen=True, slots=True)
class Opened:
    """Who opened, as far as anybody can know; a reader is in one of the first three at most."""

    human: Known
    """Deliveries whose reader fetched the picture, clicked, or sent a form of its pages."""
    machine: Known
    """Deliveries whose picture was fetched by machines and by nobody else."""
    unknown: Known
    """Deliveries with an open or click nobody can judge, and none by a person."""
    anonymous: Known
    """Opens by people that name no delivery: events, not people."""

    @property
    def most(self) -> Known:
        """Deliveries that may have been opened: `human` at least, so many at most.

        >>> Opened(human=3, machine=2, unknown=1, anonymous=9).most
        6
        """
        if self.human is None or self.machine is None or self.unknown is None:
            return None
        return self.human + self.machine + self.unknown


@dataclass(frozen=True, slots=True)
class Clicked:
    """Who clicked on articles."""

    readers: Known
    """Deliveries whose reader clicked, however often."""
    anonymous: Known
    """Clicks by people that name no delivery: events, not people."""
    machine: int
    """Clicks by machines: events, with and without a delivery."""
    unknown: int
    """Clicks nobody can judge: events, with and without a delivery."""


@dataclass(frozen=True, slots=True)
class Bounced:
    """Deliveries whose mail came back, each counted once however often it did."""

    permanent: int
    """At least one of its bounces has the status 5.x.x."""
    temporary: int
    """All others, those without a status included."""
    suppressed: int
    """Of both: a bounce took the address out of use."""

    @property
    def total(self) -> int:
        """Deliveries that bounced."""
        return self.permanent + self.temporary


@dataclass(frozen=True, slots=True)
class Left:
    """Readers a mail of the run led to withdraw their consent, back since then or not."""

    channels: dict[str, int]
    """By the channel of their last such word."""

    @property
    def total(self) -> int:
        """Readers who left."""
        return sum(self.channels.values())


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    """How one article of the issue fared."""

    position: int
    section: str
    title: str
    topics: tuple[str, ...]
    """Codes."""
    mails: int
    """Accepted mails whose selection has it."""
    agreed: Known
    """Of these: to readers who agree, now, to be counted one by one."""
    unasked: Known
    """Of these: to readers who had said nothing about being counted."""
    readers: Known
    """Deliveries whose reader clicked on it."""
    anonymous: Known
    """Clicks by people that name no delivery."""


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """How the articles of one topic fared, by the topics the articles have now.

    An article of two topics counts in both; why a reader got it does not matter here.
    """

    code: str | None
    """None for the articles without a topic."""
    name: str
    articles: int
    mails: int
    """Accepted mails with at least one of them."""
    agreed: Known
    unasked: Known
    """Of these, as with an article."""
    readers: Known
    """Deliveries whose reader clicked on at least one of them."""
    anonymous: Known
    """Clicks by people that name no delivery."""


@dataclass(frozen=True, slots=True)
class EnterpriseFigures:
    """How the run went for the contacts of one enterprise; each column adds up to the total."""

    enterprise_id: int | None
    """None for contacts without an enterprise."""
    name: str
    planned: int
    accepted: int
    agreed: Known
    """Of those accepted: readers who agree to be counted."""
    bounced: int
    left: int
    opened: Known
    """As `Opened.human`."""
    opened_at_most: Known
    """As `Opened.most`."""
    clicked: Known
    """As `Clicked.readers`."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The reading of all enterprises together that are too small to be told of one by one."""

    groups: int
    agreed: int
    opened: int
    opened_at_most: int
    clicked: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """How one run went, as far as is known now."""

    run_id: int
    issue_key: str
    publication: str
    kind: RunKind
    state: RunState
    created_at: datetime
    sealed_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    excluded: dict[Cause, int]
    """Readers the plan left out."""
    books: Books
    agreed: int
    """Of the accepted: readers who agree, now, to be counted one by one."""
    unasked: int
    """Of the accepted: readers who had said nothing about being counted when it was planned."""
    opened: Opened
    clicked: Clicked
    rules: tuple[int, ...]
    """The versions of the rules that judged its opens and clicks."""
    bounced: Bounced
    meanings: dict[Meaning | None, Counts]
    """Why mails did not arrive, as in the bounce report."""
    complaints: int
    """Deliveries somebody complained about."""
    left: Left
    topics: tuple[TopicFigures, ...]
    articles: tuple[ArticleFigures, ...]
    enterprises: tuple[EnterpriseFigures, ...]
    rest: Rest | None
    """None where no enterprise is hidden, or where even all hidden ones are too few."""
    pace: Pace
    lanes: tuple[LaneFigures, ...]
    """Most deliveries first."""
    interests: Interests
    earlier: tuple[EarlierRun, ...]
    """This run first, then up to 12 regular ones that started before it, the newest first."""

    @property
    def accepted(self) -> int:
        """Deliveries a relay took."""
        return self.books.states[DeliveryState.ACCEPTED]

    @property
    def last_time(self) -> EarlierRun | None:
        """The regular run before this one."""
        return self.earlier[1] if len(self.earlier) > 1 else None
