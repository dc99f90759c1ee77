"""What is known before a row is decided: contacts, enterprises, topics, suppressed addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from distribution.audience.wording import name_key
from distribution.words import Decision, Edition, Frequency, MailFormat, Role, SuppressionReason


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A subscriber as he is before the import."""

    id: int
    name: str
    role: Role
    phone: str
    enterprise_id: int | None
    edition: Edition
    frequency: Frequency
    format: MailFormat
    interests_by: str | None
    paused_until: datetime | None
    departed: bool
    topics: tuple[str, ...]
    watch_words: tuple[str, ...]
    digest: Decision | None
    """His last word on being mailed; None: never asked, or voided."""
    tracking: Decision | None


@dataclass(slots=True)
class Home:
    """An enterprise a contact belongs to; one that is new has no id before it is written."""

    name: str
    key: str
    id: int | None = None
    credit_code: str | None = None
    liaison: str | None = None
    """The address key of its liaison, one of the file included."""
    is_told: bool = False
    """Whether a row has been told that it founds this one."""


class Homes:
    """The enterprises the file names, found by code, else by name; unknown ones become new."""

    def __init__(self) -> None:
        self._by_key: dict[str, Home] = {}
        self._by_code: dict[str, Home] = {}
        self._by_id: dict[int, Home] = {}
        self.coded: list[tuple[int, str]] = []
        """Ids of enterprises without a code, and the code the file gives them."""

    def know(self, homes: Iterable[Home]) -> None:
        """Take over what the database knows."""
        for home in homes:
            self._by_key[home.key] = home
            if home.id is not None:
                self._by_id[home.id] = home
            if home.credit_code:
                self._by_code[home.credit_code] = home

    def of_id(self, enterprise_id: int) -> Home | None:
        """The home of a contact that is known already."""
        return self._by_id.get(enterprise_id)

    def missing(self, keys: Iterable[str], codes: Iterable[str]) -> tuple[list[str], list[str]]:
        """Of these, what was never asked for."""
        return (
            [key for key in dict.fromkeys(keys) if key not in self._by_key],
            [code for code in dict.fromkeys(codes) if code not in self._by_code],
        )

    def find(self, name: str | None, code: str | None) -> tuple[Home | None, str | None]:
        """The home a row names, and what is odd about it."""
        key = name_key(name) if name else ""
        by_code = self._by_code.get(code) if code else None
        if by_code is not None:
            odd = (
                f"信用代码属于「{by_code.name}」，按它归属" if key and key != by_code.key else None
            )
            return by_code, odd
        if not key or name is None:
            return None, "只有信用代码没有单位名称，未归属单位" if code else None
        home = self._by_key.get(key)
        if home is None:
            home = Home(name, key, credit_code=code)
            self.know([home])
            return home, None
        if code and home.credit_code and home.credit_code != code:
            return home, f"信用代码与「{home.name}」登记的不同，未改"
        if code and not home.credit_code:
            home.credit_code = code
            self._by_code[code] = home
            if home.id is not None:
                self.coded.append((home.id, code))
        return home, None

    def new(self) -> list[Home]:
        """Those that are to be written."""
        return [home for home in self._by_key.values() if home.id is None]


class TopicWords:
    """The topics by all that people call them: names, codes, sections."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        """`codes` by the `name_key` of each word."""
        self._codes = codes
        self._read: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def codes_of(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The codes of named topics, each once, and the names that lead to none.

        >>> words = TopicWords({"质量管理": "quality", "quality": "quality"})
        >>> words.codes_of(("质量 管理", "农业", "quality"))
        (('quality',), ('农业',))
        """
        read = self._read.get(names)
        if read is None:  # a file has few lists for many rows
            found = {name: self._codes.get(name_key(name)) for name in names}
            codes = dict.fromkeys(code for code in found.values() if code is not None)
            unknown = tuple(name for name, code in found.items() if code is None)
            read = self._read[names] = tuple(codes), unknown
        return read


@dataclass(slots=True)
class Known:
    """What rows of a chunk are decided by."""

    contacts: Mapping[str, KnownContact]
    """By address key."""
    suppressed: Mapping[str, SuppressionReason]
    """By address hash."""
    topics: TopicWords
    homes: Homes = field(default_factory=Homes)
