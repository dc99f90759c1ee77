"""What an issue holds, as plain values: the common language of compiler, stations and digests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from distribution.compiler.doubts import Doubt


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
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all rows equally long; `caption` is the line that names it."""

    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Where an image stood; its bytes are the `Asset` of the same hash."""

    sha256: str
    caption: str = ""


Block = Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Asset:
    """An image of the file, by the hash of its bytes."""

    sha256: str
    media_type: str
    """image/png, image/jpeg, image/gif or image/webp: what every browser shows."""
    width: int
    """In pixels, as `height`."""
    height: int
    content: bytes = field(repr=False)


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
    blocks: tuple[Block, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The running text alone: tables and images stand between paragraphs and are none."""
        return tuple(block.text for block in self.blocks if isinstance(block, Paragraph))


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something in the file that was not understood; nothing is dropped without one."""

    kind: Doubt
    line: int
    """The line's number, from 1 (see `Line.number`); 0 where no line can be named."""
    problem: str
    """A sentence in Chinese for the editor."""
    excerpt: str = ""
    """The text in question, at most 60 characters of it."""
    place: str = ""
    """Where in the file, in words: 第 84 行, 第 3 页第 12 行."""
    article: int = 0
    """The position of the article it is about; 0 for the issue."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where every character of the file went, white space left out.

    articles + furniture + orphans = characters, always.
    """

    characters: int = 0
    articles: int = 0
    furniture: Mapping[str, int] = field(default_factory=dict)
    """Characters by the code of their `Furniture`."""
    orphans: int = 0
    listed: int = 0
    """Articles in the contents; 0 where the file has none."""
    found: int = 0
    """Articles whose beginning was found in the body."""
    homeless: int = 0
    """Lines without a home: `orphans` counts their characters."""


@dataclass(frozen=True, slots=True)
class ReadIssue:
    """What came out of a file."""

    masthead: Masthead
    articles: tuple[Article, ...]
    complaints: tuple[Complaint, ...]
    account: Account = field(default_factory=Account)
    assets: tuple[Asset, ...] = ()
