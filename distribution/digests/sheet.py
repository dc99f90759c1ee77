"""A sheet: one issue rendered once, for all its readers; any mail can be rebuilt from it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from distribution.fingerprint import fingerprint
from distribution.templates import Piece, Pieces

_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Publication:
    """What the installation adds to an issue; frozen with the sheet so that a replay finds it."""

    sender_name: str = ""
    """Empty: the publication's own name."""
    sender_address: str = ""
    list_id: str = ""
    """RFC 2919, without angle brackets: digest.example.cn."""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What joining needs to know of an article besides its pieces."""

    id: int
    title: str
    section: str
    topics: tuple[str, ...] | None = None
    """Codes, as they were when the sheet was made; None: of before they were kept."""


@dataclass(frozen=True)
class Sheet:
    """Everything a mail of this issue is made of, except who gets what."""

    key: str
    """The issue's: 2026-11."""
    publication: Publication
    boundary: str
    """Of the MIME parts; cannot occur in base64."""
    topics: Mapping[str, str]
    articles: tuple[ArticleFacts, ...]
    subject: Pieces = field(repr=False)
    html: Pieces = field(repr=False)
    text: Pieces = field(repr=False)
    commercial: bool = False
    """By law the subject says so."""

    @cached_property
    def sha256(self) -> str:
        """Names the sheet: two sheets of the same hash make the same mails."""
        return fingerprint(self.to_json())

    @cached_property
    def by_id(self) -> dict[int, ArticleFacts]:
        """The articles by the id that choices use."""
        return {article.id: article for article in self.articles}

    @cached_property
    def labels(self) -> dict[tuple[str, str, str], tuple[tuple[str, str, str], str]]:
        """Headings and reasons that have been put into words, see `layout`."""
        return {}

    def has(self, piece: str) -> bool:
        """Whether both parts have a piece that not all templates and sheets of before have."""
        return piece in self.html and piece in self.text

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a column of a database."""
        return {
            "format": _FORMAT,
            "key": self.key,
            "publication": asdict(self.publication),
            "boundary": self.boundary,
            "topics": dict(self.topics),
            "articles": [
                [entry.id, entry.title, entry.section, list(entry.topics or ())]
                for entry in self.articles
            ],
            "commercial": self.commercial,
            "subject": _listed(self.subject),
            "html": _listed(self.html),
            "text": _listed(self.text),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Sheet":
        """The inverse of `to_json`, also after a database has reordered the keys.

        A sheet of format 1 knows neither topics nor advertising.
        """
        return cls(
            key=stored["key"],
            publication=Publication(**stored["publication"]),
            boundary=stored["boundary"],
            topics=stored["topics"],
            articles=tuple(
                ArticleFacts(*facts[:3], *map(tuple, facts[3:])) for facts in stored["articles"]
            ),
            subject=_tupled(stored["subject"]),
            html=_tupled(stored["html"]),
            text=_tupled(stored["text"]),
            commercial=stored.get("commercial", False),
        )


def _listed(pieces: Pieces) -> dict[str, list[str]]:
    return {name: list(piece) for name, piece in pieces.items()}


def _tupled(pieces: Mapping[str, Sequence[str]]) -> dict[str, Piece]:
    return {name: tuple(piece) for name, piece in pieces.items()}
