"""A relay's log as a file that grows and is rotated: read on from where one stopped, and know it.

A file is known again by its inode and by the bytes before the place: an inode is used again, and
a file may be cut short and grow beyond the place before anybody looks.
"""

import gzip
import hashlib
import os
import stat
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

BLOCK = 4 * 1024 * 1024
"""Bytes read at a time; a longer line is nobody's, and passed over."""
_TAIL = 256


@dataclass(frozen=True, slots=True)
class Place:
    """Up to where a file was read: always the end of a line."""

    inode: int
    offset: int
    tail: str = ""
    """What the last bytes before it hash to; empty at the beginning."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self | None:
        """As it was kept; None where nothing was."""
        return cls(**document) if document else None

    @property
    def document(self) -> dict[str, Any]:
        """To be kept."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: whole lines, and where to go on."""

    lines: bytes
    place: dict[str, Any]
    gap: str = ""
    """Why lines may have been missed before these, or between them and the next; else empty."""
    at_end: bool = False
    """There was nothing behind them when it was looked."""


def read_file(path: Path, kept: dict[str, Any], most: int = BLOCK) -> Reading:
    """Read on from a place that was kept, empty at first.

    Raises OSError where that cannot be done now; nothing is lost by it.
    """
    current, place = _look(path), Place.of(kept)
    if place is None or (not place.offset and current and current.st_ino == place.inode):
        # An empty file bears no mark: it may have been filled and emptied since.
        return _begin(path, current, "first", most)
    if current is not None and current.st_ino == place.inode:
        if _fits(path, place):
            return _read(path, place, most, last=True)
        return _after_cut(path, place, current, most)
    return _after_rotation(path, place, current, most)


def _begin(path: Path, current: os.stat_result | None, gap: str, most: int) -> Reading:
    """From the first line of the file that is there now, if there is one."""
    if current is None:
        return Reading(b"", {}, "missing", at_end=True)
    reading = _read(path, Place(current.st_ino, 0), most, last=True)
    return Reading(reading.lines, reading.place, gap, reading.at_end)


def _after_rotation(path: Path, place: Place, current: os.stat_result | None, most: int) -> Reading:
    """Read the file that was renamed to its end, then go over to the new one.

    Whoever writes goes on with the old one until he is told. Only when the new one has its first
    line, the old one is complete.
    """
    old, newest = _rotated(path, place)
    if old is None:
        return _begin(path, current, "lost", most)
    reading = _read(old, place, most, last=False)
    if reading.lines or reading.place != place.document:
        return reading
    if current is None or current.st_size == 0:
        return Reading(b"", place.document, at_end=True)
    begun = _begin(path, current, "" if old == newest else "rotated", most)  # some lie between
    return begun if begun.place["offset"] else Reading(b"", place.document, at_end=True)


def _after_cut(path: Path, place: Place, current: os.stat_result, most: int) -> Reading:
    """The file was copied and emptied, or written anew: lines in between are lost for ever.

    What the copy still has is read all the same: it may prove that a mail was taken.
    """
    copy, _ = _rotated(path, place)
    if copy is not None:
        reading = _read(copy, place, most, last=False)
        if reading.lines or reading.place != place.document:
            return Reading(reading.lines, reading.place, "cut")
    return _begin(path, current, "cut", most)


def _rotated(path: Path, place: Place) -> tuple[Path | None, Path | None]:
    """Of the files it was rotated into: the one we were reading, and the newest of all."""
    ages: dict[Path, int] = {}
    for file in path.parent.glob(f"{path.name}?*"):
        found = _look(file)
        if found is not None and stat.S_ISREG(found.st_mode):
            ages[file] = found.st_mtime_ns
    newest_first = sorted(ages, key=ages.__getitem__, reverse=True)
    ours = next((file for file in newest_first if _is_ours(file, place)), None)
    newest = newest_first[0] if newest_first else None
    return ours, ours if _same(ours, newest) else newest


def _same(one: Path | None, other: Path | None) -> bool:
    """Whether they are one, perhaps just being compressed."""
    return str(one).removesuffix(".gz") == str(other).removesuffix(".gz")


def _is_ours(file: Path, place: Place) -> bool:
    """By its content; of a file nothing was read of yet, by its inode."""
    found = _look(file)
    if found is None:
        return False
    return _fits(file, place) if place.offset else found.st_ino == place.inode


def _fits(file: Path, place: Place) -> bool:
    """Whether the bytes before the place are those that were read."""
    start = max(0, place.offset - _TAIL)
    try:
        tail = _bytes(file, start, place.offset - start)
    except OSError:
        if file.suffix == ".gz":
            return False  # it is just being written
        raise
    return len(tail) == place.offset - start and _hash(tail) == place.tail


def _read(file: Path, place: Place, most: int, *, last: bool) -> Reading:
    """A block of whole lines; `last` tells that this file is the one being written."""
    block = _bytes(file, place.offset, most)
    end = block.rfind(b"\n") + 1
    if not end and len(block) == most:
        end = most  # passed over
    lines = block[:end]
    if end:
        tail = _bytes(file, max(0, place.offset + end - _TAIL), min(_TAIL, place.offset + end))
        place = Place(place.inode, place.offset + end, _hash(tail))
    return Reading(lines, place.document, at_end=last and len(block) < most)


def _bytes(file: Path, start: int, count: int) -> bytes:
    """Raises OSError."""
    if file.suffix == ".gz":
        try:
            with gzip.open(file) as opened:
                opened.seek(start)
                return opened.read(count)
        except (EOFError, zlib.error) as error:
            raise OSError(str(error)) from error
    with file.open("rb") as opened:
        opened.seek(start)
        return opened.read(count)


def _look(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except FileNotFoundError:
        return None


def _hash(tail: bytes) -> str:
    return hashlib.sha256(tail).hexdigest()[:32] if tail else ""
