"""Marks set while rendering, and the cut along them: how one sheet becomes pieces for every reader.

A sheet is rendered with two kinds of marks. A *piece mark* opens a piece, which lasts until the
next one. A *slot* stands for what differs per reader. Both are built around a number that does not
occur in what is rendered, so no article can fake one, and both are plain ASCII, which survives
escaping and premailer.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

Piece = tuple[str, ...]
"""Text, slot's name, text, slot's name, ..., text."""
Pieces = Mapping[str, Piece]


class CutFailed(ValueError):
    """Raised when marks are missing, doubled or damaged; the message says which, in Chinese."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The spelling of marks for one sheet."""

    number: str

    @classmethod
    def absent_from(cls, content: str) -> "Marks":
        """Choose a number that the content does not contain; the same for the same content."""
        number = content
        while number in content:
            digest = hashlib.sha256(number.encode("utf-8", "surrogatepass")).digest()
            # Digits only: a filter that changes the case leaves them, and `cut` finds them.
            number = str(int.from_bytes(digest[:8])).zfill(20)
        return cls(number)

    def piece(self, name: str) -> str:
        """A comment in HTML, and as good as any other text elsewhere."""
        return f"<!--{self.number}:{name}-->"

    def slot(self, name: str) -> str:
        """A word that can stand in a sentence and in an address."""
        return f"{self.number}{name}{self.number}"

    def cut(self, rendered: str) -> dict[str, Piece]:
        """Take the pieces apart; what stands before the first mark is the piece `top`."""
        parts = ["top", *re.split(f"<!--{self.number}:([a-z0-9-]+)-->", rendered)]
        pieces: dict[str, Piece] = {}
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            if name in pieces:
                problem = f'piece("{name}") 出现了两次'
                raise CutFailed(problem)
            pieces[name] = tuple(re.split(f"{self.number}([a-z_]+){self.number}", text))
            if any(self.number in part for part in pieces[name]):
                problem = f'piece("{name}") 里有被改动的 reader 值或标记（不能对它们使用过滤器）'
                raise CutFailed(problem)
        return pieces
