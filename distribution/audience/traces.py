"""What names a person in text: his addresses as systems spell them, his names, his phones."""

import base64
import binascii
import json
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from distribution.audience.address import InvalidAddress, read_address

BLANK = "…"
"""What stands where a person was named."""
_FEWEST_DIGITS = 7
"""Of a phone number that is looked for however it is divided."""
_WITH_COUNTRY = 13
"""Digits of a mobile number with China's 86 before it."""
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{2,}={0,2}")
_ENCODED_WORD = re.compile(rb"=\?[^?\s]{1,40}\?[bB]\?([A-Za-z0-9+/=]{4,})\?=")
_CHARSETS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


@dataclass(frozen=True)
class Traces:
    """One person's traces; made by `Traces.of`."""

    addresses: tuple[str, ...]
    """Every spelling, the longest first."""
    names: tuple[str, ...]
    phones: tuple[str, ...]

    @classmethod
    def of(
        cls, addresses: Iterable[str], names: Iterable[str] = (), phones: Iterable[str] = ()
    ) -> "Traces":
        """From what is written about him in different places; empty ones are passed over."""
        spelt = {form for given in addresses if given for form in _spellings(given)}
        return cls(
            tuple(sorted(spelt, key=lambda form: (-len(form), form))),
            tuple(sorted({name for name in names if name}, key=lambda name: (-len(name), name))),
            tuple(sorted({phone for phone in phones if phone})),
        )

    def scrub(self, text: str) -> str:
        """The text without him.

        >>> Traces.of(["Li@a.example"], ["李明"], ["0351-1234567"]).scrub(
        ...     "李明（li@A.example，0351 1234567）来电"
        ... )
        '…（…，…）来电'
        """
        if text in self.names:  # a name of one character too, where nothing else is written
            return BLANK
        text = self._phones.sub(BLANK, self._addresses.sub(BLANK, text))
        return self._names.sub(BLANK, text)

    def scrub_all(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """The same for all text in a JSON document, its keys included."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {self.scrub(key): self.scrub_all(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.scrub_all(inner) for inner in value]
        return value

    def without_names(self) -> "Traces":
        """Only what can be nobody else's: many have the same name."""
        return Traces(self.addresses, (), self.phones)

    @property
    def needles(self) -> tuple[str, ...]:
        """What a database is searched for, as it is and as JSON may have escaped it.

        Whatever shows him holds one of them; not all that holds one shows him.
        """
        locals_ = [form.partition("@")[0] for form in self.addresses if "@" in form]
        tails = [_tail(phone) for phone in self.phones]
        words = dict.fromkeys([*locals_, *tails, *(n for n in self.names if len(n) > 1)])
        return tuple(dict.fromkeys(form for word in words for form in (word, _escaped(word))))

    def in_mail(self, raw: bytes) -> bool:
        """Whether a mail shows an address of his, whatever its parts are encoded in."""
        for reading in _readings(raw):
            lowered = reading.lower()  # a look for what all spellings share is fifty times as fast
            if any(local in lowered for local in self._locals) and self._in_bytes.search(reading):
                return True
        return False

    @cached_property
    def _locals(self) -> frozenset[bytes]:
        locals_ = {form.partition("@")[0].lower() for form in self.addresses if "@" in form}
        return frozenset(local.encode(charset) for local in locals_ for charset in _CHARSETS)

    @cached_property
    def _addresses(self) -> re.Pattern[str]:
        either = "|".join(map(re.escape, self.addresses)) or _NEVER
        return re.compile(_BEFORE + f"(?:{either})" + _AFTER, re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str]:
        either = "|".join(re.escape(name) for name in self.names if len(name) > 1)
        return re.compile(rf"(?<![A-Za-z0-9])(?:{either or _NEVER})(?![A-Za-z0-9])")

    @cached_property
    def _phones(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_divided, self.phones)) or _NEVER)

    @cached_property
    def _in_bytes(self) -> re.Pattern[bytes]:
        forms = [
            re.escape(form.encode(charset)) for form in self.addresses for charset in _CHARSETS
        ]
        either = b"|".join(dict.fromkeys(forms)) or _NEVER.encode()
        return re.compile(
            _BEFORE.encode() + b"(?:" + either + b")" + _AFTER.encode(), re.IGNORECASE
        )


_NEVER = r"(?!)"
_BEFORE, _AFTER = r"(?<![A-Za-z0-9.])", r"(?![A-Za-z0-9-]|\.[A-Za-z0-9])"
"""An address is no part of a longer one; Chinese may stand beside it without a blank."""


def _divided(phone: str) -> str:
    """A pattern of a number however it is divided, with and without the country before it."""
    digits = _digits(phone)
    if len(digits) < _FEWEST_DIGITS:
        return re.escape(phone)
    between = r"[\s()（）/.-]*"
    return rf"(?:\+?(?<!\d)86{between}|(?<!\d)){between.join(digits)}(?!\d)"


def _digits(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return digits.removeprefix("86") if len(digits) == _WITH_COUNTRY else digits


def _tail(phone: str) -> str:
    """The end of a number, which nobody divides."""
    digits = _digits(phone)
    return digits[-4:] if len(digits) >= _FEWEST_DIGITS else phone


def _spellings(given: str) -> Iterator[str]:
    """An address as it was written, and as mail systems and links may write it."""
    yield given.strip()
    try:
        address = read_address(given)
    except InvalidAddress:
        return
    local, _, domain = address.key.rpartition("@")
    for host in {domain, _unicode(domain)}:
        yield from (f"{local}@{host}", f"{local}＠{host}", f"{local}%40{host}")
        yield from (f"{local}={host}", f"{host}={local}")  # in return paths of others


def _unicode(domain: str) -> str:
    try:
        return domain.encode().decode("idna")
    except UnicodeError:
        return domain


def _escaped(word: str) -> str:
    return json.dumps(word)[1:-1]


def _readings(raw: bytes) -> Iterator[bytes]:
    """A mail as it is, and with everything decoded that looks encoded, wherever it stands."""
    yield raw
    plain = quopri.decodestring(raw)
    yield plain
    yield b"".join(raw.split())  # an address may be torn at the end of a line
    yield from (_base64(word) for word in _ENCODED_WORD.findall(raw))
    run: list[bytes] = []
    for line in [*raw.splitlines(), b""]:
        if _BASE64_LINE.fullmatch(line.strip()):
            run.append(line.strip())
        elif run:
            yield _base64(b"".join(run))
            run = []


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4))
    except binascii.Error:
        return b""
