"""What an examination says: one line for each thing looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How a thing is."""

    GOOD = "good"
    NOTE = "note"
    """Worth knowing, or not looked at; no mail fails by it."""
    BAD = "bad"

    @property
    def sign(self) -> str:
        """For the head of a line."""
        return _SIGNS[self]


_SIGNS = {Grade.GOOD: "✓", Grade.NOTE: "!", Grade.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    check: str
    """What was looked at, by a code that stays."""
    grade: Grade
    words: str
    """What is so, where; and what to do where something is wrong."""


def good(check: str, words: str) -> Finding:
    """All is well."""
    return Finding(check, Grade.GOOD, words)


def note(check: str, words: str) -> Finding:
    """Something to know."""
    return Finding(check, Grade.NOTE, words)


def bad(check: str, words: str) -> Finding:
    """Something is wrong."""
    return Finding(check, Grade.BAD, words)
