"""A form: one selection's mail with gaps where readers differ, so that a mail is only joined.

What differs are tokens, all 30 bytes long. In base64 three bytes are four characters, so a token
and at most two bytes to either side own a few characters that nothing else shares. A form keeps
the characters between them as they are, line ends included, and knows for each gap which bytes
stand beside the token and where the line breaks in it.
"""

from base64 import b64encode
from binascii import b2a_base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from distribution.digests.encoding import ENCODED_LINE, TOKEN
from distribution.digests.layout import ADDRESSES

_LINE_END = b"\r\n"


class Gap(NamedTuple):
    """Where a token of one address goes."""

    slot: str
    before: bytes
    """What its first characters share with it, at most two bytes."""
    after: bytes
    breaks_at: int | None
    """Characters of it that still stand in its first line; None: all of them do."""


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of a mail below its header fields, and the gaps between them."""

    parts: tuple[bytes, ...]
    """One more than places."""
    gaps: tuple[Gap, ...]
    """Each once."""
    places: tuple[int, ...]
    """Which gap follows each part."""

    @classmethod
    def of(cls, parts: Sequence[bytes], gaps: Sequence[Gap]) -> "Form":
        """A form of parts and what stands between them."""
        different = {gap: number for number, gap in enumerate(dict.fromkeys(gaps))}
        return cls(tuple(parts), tuple(different), tuple(different[gap] for gap in gaps))

    @classmethod
    def joined(cls, forms: Iterable["Form"]) -> "Form":
        """One form of several, one behind the other."""
        parts, gaps = [b""], list[Gap]()
        for form in forms:
            parts = [*parts[:-1], parts[-1] + form.parts[0], *form.parts[1:]]
            gaps += (form.gaps[place] for place in form.places)
        return cls.of(parts, gaps)

    def fill(self, urls: Mapping[str, str]) -> list[bytes]:
        """What the part is joined of; `urls` end in tokens wherever there is a gap for one."""
        spelled = [_spelled(gap, urls[gap.slot]) for gap in self.gaps]
        out = [b""] * (len(self.parts) + len(self.places))
        out[::2] = self.parts
        out[1::2] = [spelled[place] for place in self.places]
        return out


def _spelled(gap: Gap, url: str) -> bytes:
    data = b2a_base64(gap.before + url[-TOKEN:].encode() + gap.after, newline=False)
    if gap.breaks_at is None:
        return data
    return data[: gap.breaks_at] + _LINE_END + data[gap.breaks_at :]


class Marks:
    """Tokens that stand for those of a reader while a form is made.

    `seed` names the sheet: no content can hold a mark derived from its own hash.
    """

    def __init__(self, seed: str) -> None:
        self._marks = {
            slot: sha256(f"{seed}:form:{slot}".encode()).hexdigest()[:TOKEN].encode()
            for slot in ADDRESSES
        }
        self._encoded = {slot: b64encode(mark) for slot, mark in self._marks.items()}

    def urls(self, urls: Mapping[str, str], kept: Collection[str]) -> dict[str, str]:
        """The addresses with marks for tokens, but for those that are the same for everybody."""
        return {
            slot: url if slot in kept or not url else url[:-TOKEN] + self._marks[slot].decode()
            for slot, url in urls.items()
        }

    def of_lines(self, lines: bytes) -> Form:
        """A part whose marks stand at multiples of three bytes, within a line."""
        parts, gaps, done = [], [], 0
        for start, slot in _found(lines, self._encoded):
            parts.append(lines[done:start])
            gaps.append(Gap(slot, b"", b"", None))
            done = start + len(self._encoded[slot])
        return Form.of([*parts, lines[done:]], gaps)

    def of_text(self, text: bytes) -> Form:
        """A part still to be encoded, with marks anywhere."""
        data = b2a_base64(text, newline=False)
        parts, gaps, done = [], [], 0
        for start, slot in _found(text, self._marks):
            end = start + TOKEN
            first, last = start - start % 3, min(end + -end % 3, len(text))
            begin = first // 3 * 4
            parts.append(_broken(data, done, begin))
            done = -(-last // 3) * 4
            gaps.append(Gap(slot, text[first:start], text[end:last], _break(begin, done)))
        ending = _LINE_END if len(data) % ENCODED_LINE else b""
        return Form.of([*parts, _broken(data, done, len(data)) + ending], gaps)


def _found(data: bytes, marks: Mapping[str, bytes]) -> list[tuple[int, str]]:
    """Where the marks stand, in order; an expression of them all would take far longer."""
    places = []
    for slot, mark in marks.items():
        at = data.find(mark)
        while at >= 0:
            places.append((at, slot))
            at = data.find(mark, at + len(mark))
    return sorted(places)


def _broken(data: bytes, begin: int, end: int) -> bytes:
    """Some of the characters of a part, with the line ends that follow any of them."""
    out = []
    while begin < end:
        stop = min(begin - begin % ENCODED_LINE + ENCODED_LINE, end)
        out.append(data[begin:stop])
        if stop % ENCODED_LINE == 0:
            out.append(_LINE_END)
        begin = stop
    return b"".join(out)


def _break(begin: int, end: int) -> int | None:
    """How many of these characters end a line, if there is a line's end after any of them."""
    line_end = begin - begin % ENCODED_LINE + ENCODED_LINE
    return line_end - begin if line_end <= end else None
