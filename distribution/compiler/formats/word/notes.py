"""Footnotes and endnotes: read once each, behind the text that refers to them."""

from collections import deque
from collections.abc import Iterator

from distribution.compiler.formats.word.package import Element, Package, W

_KINDS = ("footnote", "endnote")


class Notes:
    """The notes of a file, and those that wait for their sentence to end."""

    def __init__(self, package: Package) -> None:
        self._notes: dict[tuple[str, str], tuple[str, Element]] = {}
        self._waiting: deque[tuple[str, Element]] = deque()
        for kind in _KINDS:
            part = package.part_of(f"{kind}s")
            root = package.xml(part) if part else None
            for note in root.iterfind(f"{W}{kind}") if root is not None else ():
                self._notes[kind, note.get(f"{W}id", "")] = part, note

    def refer(self, kind: str, identifier: str) -> None:
        """A note is wanted; one that two places refer to is wanted once."""
        note = self._notes.pop((kind, identifier), None)
        if note is not None:
            self._waiting.append(note)

    def waiting(self) -> Iterator[tuple[str, Element]]:
        """The part and the element of each, in their order; notes may refer to further ones."""
        while self._waiting:
            yield self._waiting.popleft()
