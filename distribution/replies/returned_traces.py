"""Finds what leads from a mail that came back to the mail we sent: addresses, ids, links."""

import re
from collections.abc import Iterator, Sequence

from distribution.replies.notice import RETURNED
from distribution.replies.reading import STATUS
from distribution.replies.returned_mime import Fields, Part
from distribution.replies.told import addresses

FEEDBACK = "message/feedback-report"
_MOST_ADDRESSES = 100
_MOST_MESSAGE_IDS = 50
_MOST_LINKS = 10
_LONGEST_LINK = 500
_MOST_TEXT = 256 * 1024
_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_READ = ("text/plain", "text/html")
_FIELDS = re.compile(
    r"^[> \t]*(?:"
    r"(?:x-)?(?:original-)?message-id:[ \t]*(?:\n[ \t]+)?(<?[^\s<>]{1,300}>?)"
    r"|list-unsubscribe[ \t]*:([^\n]{0,2000}(?:\n(?:[ \t]|>\t|>[ \t]{2})[^\n]{0,1000}){0,8}))",
    re.IGNORECASE | re.MULTILINE,
)
_REFERENCE = re.compile(r"<[^\s<>]{1,300}>")
_FOLD = re.compile(r"\n>?|[ \t\r]")  # RFC 2369, 2: blanks within a link are none of it
_LINK = re.compile(rf"<((?:https?://|mailto:)[^<>]{{1,{_LONGEST_LINK}}})>", re.IGNORECASE)


def addressed_to(own: Fields) -> tuple[str, ...]:
    """Every address a mail was delivered to, the most reliable first."""
    given = (
        address for name in _DELIVERED_TO for value in own.all(name) for address in addresses(value)
    )
    return tuple(dict.fromkeys(given))[:_MOST_ADDRESSES]


def ids_and_links(own: Fields, found: Sequence[Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Message-IDs and List-Unsubscribe links of the returned mail, be it a part or a copy.

    Among the ids, those this mail answers stand last.
    """
    ids, links = [], []
    for text in _texts(found):
        for match in _FIELDS.finditer(text):
            if match.group(2) is not None:
                links += links_in(match.group(2))
            elif match.group(1).isprintable():
                ids.append(match.group(1))
    ids += _answered(own)
    return _first(ids, _MOST_MESSAGE_IDS), _first(links, _MOST_LINKS)


def links_in(value: str) -> list[str]:
    r"""The links of a List-Unsubscribe field.

    >>> links_in(" <https://a.example/u/\n x>, <mailto:b@c.example?subject=leave>, d")
    ['https://a.example/u/x', 'mailto:b@c.example?subject=leave']
    """
    found = _LINK.findall(_FOLD.sub("", value))
    return [link for link in found if link.isprintable() and len(link) <= _LONGEST_LINK]


def _texts(found: Sequence[Part]) -> Iterator[str]:
    """The returned mail first, then the reports, then what people are told."""
    for types in (RETURNED, (*STATUS, FEEDBACK), _READ):
        for part in found:
            if part.type in types:
                yield part.text[:_MOST_TEXT]


def _answered(own: Fields) -> Iterator[str]:
    for name in ("in-reply-to", "references"):
        for value in own.all(name):
            yield from filter(str.isprintable, _REFERENCE.findall(value))


def _first(found: Sequence[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:most]
