"""The figures of a year: plain values, summed up from what the reports of its runs may show.

Because nothing else goes into a sum of reading, no report tells what another one hides: neither
can be taken from the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from distribution.reports.course import Known
from distribution.reports.figures import ArticleFigures, RunReport, TopicFigures
from distribution.reports.reading import popularity
from distribution.words import Word

_Figures = TypeVar("_Figures", ArticleFigures, TopicFigures)


class Why(Word):
    """Why no mail reached an enterprise in a year."""

    NO_CONTACT = "no_contact", "没有联系人"
    BOUNCED = "bounced", "邮件都被退回或拒收"
    LEFT = "left", "联系人都已退订"
    NO_CONSENT = "no_consent", "联系人都未同意收信"
    PAUSED = "paused", "联系人都在暂停"
    NOT_YET = "not_yet", "还没有确认寄到的邮件"
    SEVERAL = "several", "各联系人缘由不一"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the readers of some runs read; None where no run tells."""

    runs: int
    """Those that tell."""
    agreed: Known
    opened: Known
    opened_at_most: Known
    clicked: Known


@dataclass(frozen=True, slots=True)
class Sums:
    """What became of the mails of some runs."""

    runs: int
    planned: int
    accepted: int
    bounced: int
    left: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Reached:
    """Those of whom at least one mail arrived and did not come back, each once."""

    enterprises: int
    readers: int


@dataclass(frozen=True, slots=True)
class Active:
    """Readers who agree to be counted, each once; None where they are too few."""

    agreed: Known
    opened: Known
    opened_at_most: Known
    clicked: Known


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which runs began, or none did."""

    month: date
    issues: tuple[str, ...]
    reached: Reached
    sums: Sums


@dataclass(frozen=True, slots=True)
class YearArticle:
    """An article in all runs of its issue."""

    issue_key: str
    figures: ArticleFigures


@dataclass(frozen=True, slots=True)
class Unreached:
    """A member of whom nobody got anything."""

    enterprise_id: int
    name: str
    region: str
    why: Why
    contacts: dict[Why, int]
    """The present ones, by what keeps mail from them."""


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What is compared of a year."""

    year: int
    reached: Reached
    active: Active
    sums: Sums


@dataclass(frozen=True, slots=True)
class BoardReport:
    """A year for the board."""

    publication: str
    """Empty where nothing was sent."""
    day: date
    """On which members are members: its last, or today."""
    members: int
    this: YearFigures
    before: YearFigures | None
    """None where no run began in the year before."""
    months: tuple[Month, ...]
    articles: tuple[YearArticle, ...]
    """The most clicked first."""
    topics: tuple[TopicFigures, ...]
    """The same."""
    unreached: tuple[Unreached, ...]
    """By cause, region and name; none where no run began in the year."""

    @property
    def year(self) -> int:
        """Which it is."""
        return self.this.year


def tells(found: RunReport) -> bool:
    """Whether a run's report shows how it was read."""
    return found.opened.human is not None


def sums_of(found: Sequence[RunReport]) -> Sums:
    """All runs together."""
    return Sums(
        runs=len(found),
        planned=sum(one.books.total for one in found),
        accepted=sum(one.accepted for one in found),
        bounced=sum(one.bounced.total for one in found),
        left=sum(one.left.total for one in found),
        reading=_reading(found),
    )


def _reading(found: Sequence[RunReport]) -> Reading:
    told = [one for one in found if tells(one)]
    return reading_of(
        [(one.agreed, one.opened.human, one.opened.most, one.clicked.readers) for one in told]
    )


def reading_of(told: Sequence[tuple[Known, Known, Known, Known]]) -> Reading:
    """The sums of what runs tell: who agreed, opened for certain, at most, and clicked.

    >>> reading_of([(9, 3, 5, 2), (8, 1, 1, 0)])
    Reading(runs=2, agreed=17, opened=4, opened_at_most=6, clicked=2)
    >>> reading_of([]).opened is None
    True
    """
    if not told:
        return Reading(0, None, None, None, None)
    columns = zip(*told, strict=True)
    return Reading(len(told), *(sum(one or 0 for one in column) for column in columns))


def together(one: Known, other: Known) -> Known:
    """The sum of what is told.

    >>> together(2, None), together(None, None)
    (2, None)
    """
    return other if one is None else one + (other or 0)


def articles_of(found: Iterable[RunReport]) -> tuple[YearArticle, ...]:
    """Every article once, the most clicked first."""
    return merged_articles((run.issue_key, one) for run in found for one in run.articles)


def merged_articles(rows: Iterable[tuple[str, ArticleFigures]]) -> tuple[YearArticle, ...]:
    """Every article once, the most clicked first; each row is one of some run of its issue."""
    merged: dict[tuple[str, int], ArticleFigures] = {}
    for issue_key, one in rows:
        key = (issue_key, one.position)
        merged[key] = _both(merged[key], one) if key in merged else one
    found = [YearArticle(issue_key, figures) for (issue_key, _), figures in merged.items()]
    return tuple(sorted(found, key=lambda row: popularity(row.figures)))


def topics_of(found: Iterable[RunReport]) -> tuple[TopicFigures, ...]:
    """Every topic once, the most clicked first; an issue's articles count once."""
    merged: dict[str | None, TopicFigures] = {}
    articles: dict[tuple[str | None, str], int] = {}
    for run in found:
        for one in run.topics:
            merged[one.code] = _both(merged[one.code], one) if one.code in merged else one
            articles[one.code, run.issue_key] = one.articles
    rows = [
        replace(row, articles=sum(n for (topic, _), n in articles.items() if topic == code))
        for code, row in merged.items()
    ]
    return tuple(sorted(rows, key=popularity))


def _both(one: _Figures, other: _Figures) -> _Figures:
    return replace(
        one,
        mails=one.mails + other.mails,
        agreed=together(one.agreed, other.agreed),
        unasked=together(one.unasked, other.unasked),
        readers=together(one.readers, other.readers),
        anonymous=together(one.anonymous, other.anonymous),
    )


def why_of(contacts: dict[Why, int]) -> Why:
    """What keeps mail from an enterprise, by what keeps it from its contacts.

    >>> why_of({}), why_of({Why.LEFT: 2}), why_of({Why.LEFT: 1, Why.BOUNCED: 1})
    (<Why.NO_CONTACT: 'no_contact'>, <Why.LEFT: 'left'>, <Why.SEVERAL: 'several'>)
    """
    if len(contacts) > 1:
        return Why.SEVERAL
    return next(iter(contacts), Why.NO_CONTACT)
