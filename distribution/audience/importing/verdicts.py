"""What is to become of one row: an outcome, its reasons, and what would be written."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from distribution.words import Decision, Purpose, RowOutcome

_QUOTED = re.compile(r"「[^」]*」|'[^']*'")
_ADDRESS = re.compile(r"[^\s<>，。；：:「」（）()'\"]+[@＠][^\s<>，。；：「」（）()'\"]+")


@dataclass(slots=True)
class Verdict:
    """One row, decided."""

    number: int
    cells: list[str]
    outcome: RowOutcome
    reasons: list[str] = field(default_factory=list)
    subscriber_id: int | None = None
    enterprise_id: int | None = None
    is_of_nobody: bool = False
    """The row is about a person who is not in the books: erasing could not find it."""
    founded: str = ""
    """The enterprise that nobody knew before this row."""
    before: dict[str, Any] = field(default_factory=dict)
    """Of what changes, by field; JSON-able."""
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """All of it in one cell."""
        return "；".join(self.reasons)

    @property
    def kept_reason(self) -> str:
        """What the books keep of it: without the addresses it quotes, nor any cell of nobody's."""
        reason = _QUOTED.sub("「…」", self.reason) if self.is_of_nobody else self.reason
        return without_addresses(reason)


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says somebody agreed to or refused."""

    purpose: Purpose
    decision: Decision
    wording: str


def plain(value: object) -> object:
    """A value as JSON holds it: days and instants by ISO 8601, words by their code."""
    if isinstance(value, date):  # an instant is one, too
        return value.isoformat()
    return getattr(value, "value", value)


def without_addresses(text: str) -> str:
    """A sentence that no longer says whose row it was.

    >>> without_addresses("邮箱 li@fenhe.example 与第 3 行重复")
    '邮箱 … 与第 3 行重复'
    """
    return _ADDRESS.sub("…", text) if "@" in text or "＠" in text else text
