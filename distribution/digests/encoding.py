"""The HTML part in base64 without encoding it: each piece is encoded once and then only joined.

A line of base64 holds 57 bytes, so pieces padded with blanks to a multiple of 57 bytes may follow
each other in any order. What differs per reader are tokens, all of them 30 bytes long: in an
encoded piece a sentinel holds their place, kept within one line and at a multiple of three bytes
by blanks before the attribute it stands in. Then 40 characters of base64 are the token's and
nobody else's, and replacing them is all there is to do per reader.
"""

import binascii
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from struct import Struct

from distribution.digests.layout import ADDRESSES, Layout, Step
from distribution.templates import Piece, Pieces

LINE = 57
"""Bytes in one line of base64 (RFC 2045 section 6.8: at most 76 characters)."""
ENCODED_LINE = 76
TOKEN = 30
"""Bytes of a token, see `links`; the last ones of every address."""
_LAST_PLACE = LINE - TOKEN
"""In a line, where a token can still begin."""
_EVERYWHERE = "click_url"
"""The address most pieces hold: filled in for all of them at once."""
_REMEMBERED = 4_096
"""Encoded pieces kept: reasons with watch words would make new ones for ever."""
_LINES = Struct(f"{ENCODED_LINE}s" * 64)


class Encoder:
    """Joins the HTML parts of one sheet's mails and remembers what it has encoded.

    `seed` names the sheet: no content can hold a sentinel derived from its own hash.
    """

    def __init__(self, pieces: Pieces, seed: str) -> None:
        self._pieces = pieces
        self._slots = {
            name: tuple(slot for slot in piece[1::2] if slot not in ADDRESSES)
            for name, piece in pieces.items()
        }
        self._rare = {
            name: tuple(set(piece[1::2]) & set(ADDRESSES) - {_EVERYWHERE})
            for name, piece in pieces.items()
        }
        self._sentinels = {
            slot: sha256(f"{seed}:{slot}".encode()).hexdigest()[:TOKEN].encode()
            for slot in ADDRESSES
        }
        self._encoded = {slot: b64encode(mark) for slot, mark in self._sentinels.items()}
        self._known: dict[tuple[str, ...], dict[object, bytes]] = {}

    def html(self, layout: Layout, urls: Mapping[str, str]) -> bytes:
        """The lines of the part, each with its line end; every address ends with its token."""
        prefixes = {slot: url[:-TOKEN] for slot, url in urls.items()}
        if any(url and not prefixes[slot] for slot, url in urls.items()):
            raise ValueError("an address without a token")
        tokens = {slot: b64encode(url[-TOKEN:].encode()) for slot, url in urls.items()}
        known = self._known.setdefault(tuple(prefixes.values()), {})
        lines: list[bytes] = []
        for step in layout.steps:
            name, group, reason = step
            slots = self._slots[name]
            key: object = name
            if slots:
                key = (name, *[_value(slot, group, reason, layout) for slot in slots])
            block = known.get(key)
            if block is None:
                if len(known) >= _REMEMBERED:
                    known.clear()
                block = known[key] = lined(self._padded(step, layout, prefixes))
            for slot in self._rare[name]:
                block = block.replace(self._encoded[slot], tokens[slot])
            lines.append(block)
        return b"".join(lines).replace(self._encoded[_EVERYWHERE], tokens[_EVERYWHERE])

    def _padded(self, step: Step, layout: Layout, prefixes: Mapping[str, str]) -> bytes:
        """A piece with sentinels for tokens, as long as full lines."""
        name, group, reason = step
        piece = self._pieces[name]
        out = bytearray(wired(piece[0]))
        fixed = 0  # up to here nothing may move any more
        for slot, text in zip(piece[1::2], piece[2::2], strict=True):
            if slot not in prefixes:
                out += escape(_value(slot, group, reason, layout)).encode()
            elif prefixes[slot]:
                prefix = escape(prefixes[slot]).encode()
                _make_room(out, fixed, len(prefix))
                out += prefix + self._sentinels[slot]
                fixed = len(out)
            out += wired(text)
        return bytes(out) + b" " * (-len(out) % LINE)


def lined(content: bytes) -> bytes:
    """Base64 in lines, each with its line end (RFC 2045 section 6.8)."""
    data = binascii.b2a_base64(content, newline=False)
    lines: list[bytes] = []
    whole = len(data) - len(data) % _LINES.size
    for at in range(0, whole, _LINES.size):  # three times as fast as a slice for each line
        lines += _LINES.unpack_from(data, at)
    lines += [data[at : at + ENCODED_LINE] for at in range(whole, len(data), ENCODED_LINE)]
    return b"\r\n".join([*lines, b""])


def lines_in(part: bytes) -> int:
    """How many full lines of base64 a part has."""
    return len(part) // (ENCODED_LINE + 2)


def addressable(piece: Piece) -> bool:
    """Whether blanks can go before each of the addresses in a piece of HTML.

    >>> addressable(('<a href="', 'click_url', '">')), addressable(('', 'read_url', ''))
    (True, False)
    """
    return all(
        _blank_before(before.encode()) is not None
        for before, slot in zip(piece[::2], piece[1::2], strict=False)
        if slot in ADDRESSES
    )


def _value(slot: str, group: str, reason: str, layout: Layout) -> str:
    if slot == "group":
        return group
    return reason if slot in ("reason", "topic") else layout.values[slot]


def wired(text: str) -> bytes:
    """RFC 2045 6.8: the line ends of text are CRLF before they are encoded."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", "\r\n").encode()


def _make_room(out: bytearray, fixed: int, ahead: int) -> None:
    """Put blanks before what the last address stands in, so that its token keeps to one line."""
    begins = len(out) + ahead
    blanks = next(
        count
        for count in range(LINE)
        if (begins + count) % 3 == 0 and (begins + count) % LINE <= _LAST_PLACE
    )
    place = _blank_before(bytes(out[fixed:]))
    if place is None:
        raise ValueError(f"no blank before an address: {bytes(out[fixed:])!r}")
    out[fixed + place : fixed + place] = b" " * blanks


def _blank_before(text: bytes) -> int | None:
    """The last place in a text of HTML where more blanks change nothing."""
    place = max(text.rfind(b" "), text.rfind(b"\n"), text.rfind(b">"))
    return None if place < 0 else place + 1
