"""What an issue would mean to its readers: who gets how much of it, and what nobody gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from distribution.digests.encoding import LINE
from distribution.digests.message import HTML_LINES
from distribution.digests.selecting import Interests
from distribution.words import Cause, MailFormat

FEW = 3
"""Articles: who has less of his own is worth a look."""
HTML_LIMIT = HTML_LINES * LINE
"""Bytes of the HTML part, see `message`."""


class Shares(NamedTuple):
    """The readers of an article by why they get it; nobody is counted twice."""

    own: int
    """They, or others for them, chose it; also where all get it."""
    must_carry: int
    discovery: int
    section: int
    contents: int


@dataclass(frozen=True, slots=True)
class ArticleCoverage:
    """One article and its readers."""

    id: int
    number: int
    title: str
    section: str
    topics: tuple[str, ...]
    shares: Shares

    @property
    def readers(self) -> int:
        """All who get it."""
        return sum(self.shares)


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """One topic and those who follow it."""

    code: str
    name: str
    followers: int
    """Readers whose personal edition it chooses, whether or not anything of it is there."""
    articles: int
    """Of this issue."""
    cells: tuple[int, ...]
    """For each article of the issue how many of the followers get it."""


@dataclass(frozen=True, slots=True)
class Largest:
    """The mail with the longest HTML part."""

    recipient: str
    """One of those who get it."""
    wishes: Interests
    articles: int
    html_bytes: int
    """As a browser gets it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What approval of an issue would mean."""

    readers: int
    """All subscribers, may they be mailed or not."""
    left_out: Mapping[Cause, int]
    articles: tuple[ArticleCoverage, ...]
    topics: tuple[TopicCoverage, ...]
    own: Mapping[int, int]
    """Of readers who follow something: how many have so many articles of their own."""
    in_mail: Mapping[int, int]
    """Of all mails: how many have so many articles."""
    never: int
    """Readers whose interests can never match."""
    never_named: tuple[str, ...]
    selections: int
    """Different interests of those who are mailed: one selection each."""
    mails: Mapping[MailFormat, int]
    """Mails that differ in more than addresses."""
    largest: Largest | None
    """None where nobody gets HTML."""
    too_large: int
    """Readers whose mails would be refused."""

    @property
    def mailed(self) -> int:
        """Readers who would get a mail."""
        return self.readers - sum(self.left_out.values())


def fewer(counts: Mapping[int, int]) -> int:
    """How many have fewer than FEW.

    >>> fewer({0: 5, 2: 1, 3: 7})
    6
    """
    return sum(readers for articles, readers in counts.items() if articles < FEW)
