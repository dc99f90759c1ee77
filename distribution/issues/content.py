"""An issue as it is stored: the compiler's values with what the editor's office knows of them."""

from dataclasses import dataclass

from distribution.compiler import Article, Masthead


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with what the editor's office knows of it."""

    id: int
    must_carry: bool
    topics: tuple[str, ...]
    """Topic codes."""
    article: Article


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """An issue as digests are made from it."""

    id: int
    masthead: Masthead
    articles: tuple[StoredArticle, ...]
