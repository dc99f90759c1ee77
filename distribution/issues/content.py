"""An issue as it is stored: the compiler's values with what the editor's office knows of them."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """An issue as digests are made from it."""

    id: int
    masthead: Masthead
    articles: tuple[StoredArticle, ...]
