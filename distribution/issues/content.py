"""What an issue holds, as plain values: the common language of reader, store and digests."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Contact:
    """Who publishes and how to reach them, from the colophon; empty where it does not say."""

    email: str = ""
    phone: str = ""
    postcode: str = ""
    address: str = ""
    website: str = ""
    editors: tuple[tuple[str, str], ...] = ()
    """(office, names as printed), for example ("责任编辑", "张三 李四")."""


@dataclass(frozen=True, slots=True)
class Masthead:
    """The facts of the title page and the colophon."""

    publication: str
    year: int
    label: str
    """Unique within the year: "09", "07-08" for a double issue, "s1" for a supplement."""
    number: int | None
    total_number: int | None
    month: date
    """The first day of its month."""
    publishers: tuple[str, ...] = ()
    contact: Contact = field(default_factory=Contact)

    @property
    def key(self) -> str:
        """The issue's name among people and commands: 2023-09."""
        return f"{self.year}-{self.label}"


@dataclass(frozen=True, slots=True)
class Article:
    """One article as read."""

    position: int
    """From 1, in the order of the contents."""
    section: str
    page: int | None
    title: str
    """As the contents print it."""
    source: str | None
    date: date | None
    summary: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something in the file that was not understood; nothing is dropped without one."""

    line: int
    """In the file, from 1; 0 where no line can be named."""
    problem: str
    """A sentence in Chinese for the editor."""
    excerpt: str = ""
    """The text in question, at most 60 characters of it."""


@dataclass(frozen=True, slots=True)
class ReadIssue:
    """What came out of a file."""

    masthead: Masthead
    articles: tuple[Article, ...]
    complaints: tuple[Complaint, ...]


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
