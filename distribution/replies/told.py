"""What a report tells of one recipient, before anybody judges it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from distribution.words import Returned

LONGEST_ADDRESS = 320
LONGEST_WORDS = 500
_SEPARATORS = str.maketrans(dict.fromkeys("<>\"'(),;:[]", " "))


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a mail for one recipient, in the words of the system that reports it."""

    recipients: tuple[str, ...]
    """The same reader as he is written in several places; empty where he is not named."""
    action: str = "failed"
    """RFC 3464's: failed, delayed, delivered, relayed, expanded."""
    status: str = ""
    """Enhanced code of the Status field."""
    words: str = ""
    """The diagnostic, or what stands beside the address."""
    host: str = ""
    """That said so, as far as it is named."""
    remark: str = ""
    """What stands behind the Status."""

    @property
    def failed(self) -> bool:
        """Given up for good."""
        return self.action == "failed"

    @property
    def delayed(self) -> bool:
        """It may still arrive."""
        return self.action == "delayed"


@dataclass(frozen=True, slots=True)
class Notification:
    """What a provider tells of one mail in a form of its own."""

    kind: Returned
    told: tuple[Told, ...]
    addressed_to: tuple[str, ...] = ()
    """The mail's return path."""
    message_ids: tuple[str, ...] = ()
    unsubscribe_links: tuple[str, ...] = ()


def addresses(text: str) -> Iterator[str]:
    """Every address in a text, as written.

    >>> list(addresses('"A, B" <a@b.example>, rfc822;c@d.example (c)'))
    ['a@b.example', 'c@d.example']
    """
    for piece in text.translate(_SEPARATORS).split():
        word = piece.rstrip(".")
        local, _, domain = word.partition("@")
        if local and domain and len(word) <= LONGEST_ADDRESS and word.isprintable():
            yield word


def one_line(text: str, most: int = LONGEST_WORDS) -> str:
    r"""What can be stored and shown: one line, printable, at most 500 characters.

    >>> one_line(" a\n\tb\x00\x1b ")
    'a b'
    """
    line = " ".join(text[: 20 * most].split())
    if not line.isprintable():
        line = "".join(filter(str.isprintable, line))
    return line[:most].strip()


def host_in(text: str) -> str:
    """The first name of a host in a text such as "dns; mx.example".

    >>> host_in("dns; mx3.mail.example (192.0.2.1)"), host_in("unknown")
    ('mx3.mail.example', '')
    """
    found = _HOST.search(text[:300])
    return found.group().lower() if found else ""


_HOST = re.compile(r"\b(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b", re.IGNORECASE)
