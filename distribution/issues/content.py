"""An issue as it is stored: the compiler's values with what the editor's office knows of them."""

from dataclasses import dataclass, field

from distribution.compiler import Article, Masthead
from distribution.words import TopicOrigin


@dataclass(frozen=True, slots=True)
class TopicReason:
    """Why an article belongs to a topic."""

    code: str
    origin: TopicOrigin
    evidence: tuple[str, ...]
    """The section, or the words that matched; nothing where an editor said so."""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with what the editor's office knows of it."""

    id: int
    must_carry: bool
    topics: tuple[str, ...]
    """Topic codes."""
    article: Article
    anchor: str = ""
    """What it is known by across readings of its file."""
    reasons: tuple[TopicReason, ...] = ()
    """One for each topic, in the same order."""
    lead: bool = False
    """It opens every mail; at most one of an issue does."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many articles of a section a personal mail holds, as far as the editor says."""

    section: str
    least: int = 0
    most: int | None = None
    label: str = ""
    """What readers see as the reason of articles that are there because of `least`."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What the editor adds to an issue besides its articles."""

    note: str = ""
    """卷首语, in Markdown."""
    notice: str = ""
    """Of the federation, in Markdown."""
    limits: tuple[Limit, ...] = ()
    commercial: bool = False
    """The mails are advertising: by law their subject says so."""


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """An issue as digests are made from it."""

    id: int
    masthead: Masthead
    articles: tuple[StoredArticle, ...]
    contract: Contract = field(default_factory=Contract)
