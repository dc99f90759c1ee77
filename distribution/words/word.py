"""A code for the database with a label for people."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A code with a label: `ACCEPTED = "accepted", "已交中继"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Keep the label beside the code, so that neither can be forgotten."""
        word = str.__new__(cls, code)
        word._value_ = code
        word.label = label
        return word
