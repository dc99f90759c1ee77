"""Reads the part of a bounce that is written for programs (RFC 3464, RFC 6533)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from distribution.replies.judging import enhanced_code
from distribution.replies.returned_mime import Fields, fields

_MOST_RECIPIENTS = 100
_LONGEST_ADDRESS = 320
_LONGEST_DIAGNOSTIC = 500
_TYPE = re.compile(r"^[\w-]{1,40}\s*;\s*")  # "rfc822;", "smtp;"
_HEX = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461, 4
_CODE_POINT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")  # RFC 6533, 3
_LAST_CODE_POINT = 0x10FFFF
_ACTIONS = ("fail", "delay", "deliver", "relay", "expand")
_SEPARATORS = str.maketrans(dict.fromkeys("<>\"'(),;:[]", " "))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mail for one recipient."""

    failed: bool
    delayed: bool
    recipients: tuple[str, ...]
    status: str
    diagnostic: str


def results(content: bytes) -> list[Result]:
    """The result for each recipient."""
    blocks = content.replace(b"\r\n", b"\n").split(b"\n\n", _MOST_RECIPIENTS)
    return [_result(own) for own in map(fields, blocks[:_MOST_RECIPIENTS]) if _of_recipient(own)]


def addresses(text: str) -> Iterator[str]:
    """Every address in a text, as written.

    >>> list(addresses('"A, B" <a@b.example>, rfc822;c@d.example (c)'))
    ['a@b.example', 'c@d.example']
    """
    for piece in text.translate(_SEPARATORS).split():
        word = piece.rstrip(".")
        local, _, domain = word.partition("@")
        if local and domain and len(word) <= _LONGEST_ADDRESS and word.isprintable():
            yield word


def recipients(own: Fields, names: Iterable[str]) -> tuple[str, ...]:
    """The addresses of some fields: each as written, and as it was before it was encoded.

    A plus sign may be the reader's own (a+20@b.example) or xtext's, so both are given.
    """
    found = []
    for name in names:
        for value in own.all(name):
            for address in addresses(_TYPE.sub("", value, count=1)):
                meant = _without_code(address)
                found += [address, meant] if [*addresses(meant)] == [meant] else [address]
    return tuple(dict.fromkeys(found))


def one_line(text: str) -> str:
    r"""What can be stored and shown: one line, printable, at most 500 characters.

    >>> one_line(" a\n\tb\x00\x1b ")
    'a b'
    """
    line = " ".join(text[: 20 * _LONGEST_DIAGNOSTIC].split())
    return "".join(filter(str.isprintable, line))[:_LONGEST_DIAGNOSTIC].strip()


def _of_recipient(own: Fields) -> bool:
    return any(own.has(name) for name in ("final-recipient", "original-recipient", "action"))


def _result(own: Fields) -> Result:
    action = own.first("action").lower()
    diagnostic = one_line(_TYPE.sub("", own.first("diagnostic-code"), count=1))
    status = enhanced_code(own.first("status"))
    failed, delayed = action.startswith("fail"), action.startswith("delay")
    if not action.startswith(_ACTIONS):  # some leave it out, or say "error"
        failed = status.startswith(("5", "4"))
    return Result(
        failed,
        delayed,
        recipients(own, ("final-recipient", "original-recipient")),
        _more_telling(enhanced_code(diagnostic), status),
        diagnostic,
    )


def _more_telling(said: str, field: str) -> str:
    """The diagnostic's code, unless it tells nothing (5.0.0) and the Status field does."""
    if said.endswith(".0.0") and field:
        return field
    return said or field


def _without_code(text: str) -> str:
    text = _HEX.sub(lambda found: chr(int(found.group(1), 16)), text)
    return _CODE_POINT.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    number = int(found.group(1), 16)
    return chr(number) if number <= _LAST_CODE_POINT else ""
