"""Takes a mail that came back apart: header fields, parts, text.

Not the parser of the `email` package: a nested mail makes it recurse without end, a long
parameter makes it quadratic, and both come from strangers. Here every step is bounded.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

MOST_BYTES = 2 * 1024 * 1024
"""Read of a mail: what it says of itself stands at its beginning."""
_MOST_PARTS = 200
_DEEPEST = 10
_LONGEST_HEADERS = 256 * 1024
_LONGEST_VALUE = 16 * 1024
_FIELD = re.compile(rb"^([!-9;-~]{1,80})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)  # RFC 2047
_MAIN_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
_BOUNDARY = re.compile(r"""boundary\s*=\s*(?:"([^"\n]{1,200})"|([^\s";]{1,200}))""", re.IGNORECASE)
_LIKE_A_BOUNDARY = re.compile(rb"^--(\S{5,100})[ \t]*\ncontent-", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w-]{1,40})""", re.IGNORECASE)
# Only what mails are written in: some of Python's codecs are slow, or no texts.
_KNOWN_CHARSET = re.compile(
    r"utf-?8|big5(-hkscs)?|iso-8859-\d{1,2}|iso-2022-jp|windows-\d{3,4}|euc-(jp|kr)|shift_jis|koi8-[ru]"
)


@dataclass(frozen=True)
class Fields:
    """Header fields of a mail or part, or a block of fields in a report, in their order."""

    entries: tuple[tuple[str, bytes], ...]

    def all(self, name: str) -> Iterator[str]:
        """Every value of a field, decoded; `name` is lower-case."""
        return map(decoded, self._by_name.get(name, ()))

    def first(self, name: str) -> str:
        """The first value of a field; empty where there is none."""
        values = self._by_name.get(name)
        return decoded(values[0]) if values else ""

    def has(self, name: str) -> bool:
        """Whether there is such a field, be it empty."""
        return name in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for name, value in self.entries:
            found.setdefault(name, []).append(value)
        return found


@dataclass(frozen=True)
class Part:
    """A part of a mail that holds no others (or a mail within the mail)."""

    fields: Fields
    body: bytes
    type: str
    """The content type, lower-case: `message/delivery-status`."""

    @property
    def content(self) -> bytes:
        """The body without its transfer encoding."""
        encoding = self.fields.first("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            return _from_base64(self.body)
        if encoding == "quoted-printable":
            return quopri.decodestring(self.body)
        return self.body

    @cached_property
    def text(self) -> str:
        """The content as text, lines ended by a line feed."""
        found = _CHARSET.search(self.fields.first("content-type"))
        text = decoded_bytes(self.content, found.group(1) if found else "")
        return text.replace("\r\n", "\n")


def parts(raw: bytes) -> Iterator[Part]:
    r"""The mail's parts, from its first to its last; the first of all has the mail's own fields.

    Mails within the mail are not gone into.

    >>> mail = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n--b--"
    >>> [part.type for part in parts(mail)]
    ['multipart/mixed', 'text/plain']
    """
    whole = _part(raw[:MOST_BYTES].replace(b"\r\n", b"\n"))
    for number, part in enumerate(_walk(whole, 0)):
        if number == _MOST_PARTS:
            return
        yield part


def fields(block: bytes) -> Fields:
    """Read a block of fields; lines that are none are passed over."""
    found = _FIELD.findall(block[:_LONGEST_HEADERS])
    return Fields(tuple((name.decode("ascii").lower(), value) for name, value in found))


@lru_cache(maxsize=256)  # the same few fields are asked again and again
def decoded(value: bytes) -> str:
    r"""A field's value as text: unfolded, its encoded words read (RFC 2047).

    >>> decoded("退订 =?gb2312?B?16K2qTo=?= =?utf-8?q?a_b?=\n c".encode())
    '退订 注订:a b c'
    """
    text = decoded_bytes(value[:_LONGEST_VALUE]).replace("\n", "").strip()
    said, pending, language, end = "", b"", "", 0
    for word in _WORD.finditer(text):
        between = text[end : word.start()]
        if between.strip() or not end or language != word.group(1):  # a character may be torn
            said += decoded_bytes(pending, language)
            said += between if between.strip() or not end else ""
            pending, language = b"", word.group(1)
        pending += _word(word.group(2), word.group(3).encode())
        end = word.end()
    return said + decoded_bytes(pending, language) + text[end:]


def decoded_bytes(data: bytes, charset: str = "") -> str:
    """Bytes as text; what names itself gb2312 or nothing at all is often GB 18030."""
    charset = charset.lower()
    if _KNOWN_CHARSET.fullmatch(charset) and charset not in ("utf-8", "utf8"):
        try:
            return data.decode(charset, "replace")
        except LookupError:  # iso-8859-99
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8" if charset.startswith("utf") else "gb18030", "replace")


def _walk(part: Part, depth: int) -> Iterator[Part]:
    yield part
    if part.type.startswith("multipart/") and depth < _DEEPEST:
        for below in _split(part):
            yield from _walk(_part(below), depth + 1)


def _split(part: Part) -> list[bytes]:
    mark = _delimiter(part)
    if mark is None:
        return []
    pieces = (b"\n" + part.body).split(b"\n--" + mark, _MOST_PARTS)[1:]
    below = []
    for piece in pieces:
        rest, _, content = piece.partition(b"\n")
        if rest.startswith(b"--"):
            break
        if not rest.strip(b" \t"):  # else a boundary that begins like this one
            below.append(content + b"\n")
    return below


def _delimiter(part: Part) -> bytes | None:
    """The mark between two parts: as announced, or else as it looks."""
    found = _BOUNDARY.search(part.fields.first("content-type"))
    if found is not None:
        boundary = (found.group(1) or found.group(2)).rstrip().encode()
        if b"--" + boundary in part.body:
            return boundary
    guessed = _LIKE_A_BOUNDARY.search(part.body)
    return guessed.group(1) if guessed else None


def _part(raw: bytes) -> Part:
    if raw.startswith(b"\n"):
        return Part(Fields(()), raw[1:], "text/plain")
    head, _, body = raw.partition(b"\n\n")
    own = fields(head + b"\n")
    return Part(own, body, _type(own))


def _type(own: Fields) -> str:
    found = _MAIN_TYPE.match(own.first("content-type"))
    return found.group().lower() if found else "text/plain"


def _word(encoding: str, letters: bytes) -> bytes:
    if encoding in "bB":
        return _from_base64(letters)
    return binascii.a2b_qp(letters, header=True)


def _from_base64(body: bytes) -> bytes:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
