"""Reads the part of a bounce that is written for programs (RFC 3464, RFC 6533)."""

import re
from collections.abc import Iterable, Iterator

from distribution.replies.codes import enhanced_code
from distribution.replies.returned_mime import Fields, fields
from distribution.replies.told import Told, addresses, host_in, one_line

MOST_RECIPIENTS = 100
_LONGEST_DIAGNOSTIC = 2000
_TYPE = re.compile(r"^[\w-]{1,40}\s*;\s*")  # "rfc822;", "smtp;"
_HEX = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461, 4
_CODE_POINT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")  # RFC 6533, 3
_LAST_CODE_POINT = 0x10FFFF
_ACTIONS = {
    "fail": "failed", "delay": "delayed", "deliver": "delivered", "relay": "relayed",
    "expand": "expanded",
}  # fmt: skip
_WHOM = ("original-recipient", "final-recipient", "x-actual-recipient")
_Entry = tuple[str, bytes]


def told(content: bytes) -> list[Told]:
    """What is told of each recipient.

    Some leave out the empty line between two recipients, some set one within a recipient's block.
    """
    text = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    groups: list[list[_Entry]] = []
    for block in text.split(b"\n\n", MOST_RECIPIENTS)[:MOST_RECIPIENTS]:
        for group in _groups(fields(block).entries):
            if groups and not _names(group) and not _has_action(groups[-1]):
                groups[-1] += group
            else:
                groups.append(group)
    known = [group for group in groups if _names(group) or _has_action(group)]
    return [_told(Fields(tuple(group))) for group in known[:MOST_RECIPIENTS]]


def _groups(entries: Iterable[_Entry]) -> list[list[_Entry]]:
    """A block's fields; a recipient's begin where his field comes that the last one has already."""
    groups: list[list[_Entry]] = [[]]
    for name, value in entries:
        if name in _WHOM and any(name == own for own, _ in groups[-1]):
            groups.append(_carried(groups[-1]))
        groups[-1].append((name, value))
    return groups


def _carried(group: list[_Entry]) -> list[_Entry]:
    """Take back what stands at a group's end but belongs to the next: Original- before Final-."""
    told_at = max((n for n, (name, _) in enumerate(group) if name not in _WHOM), default=-1)
    taken = group[told_at + 1 :] if told_at >= 0 else []
    del group[len(group) - len(taken) :]
    return taken


def _names(group: list[_Entry]) -> bool:
    return any(name in _WHOM for name, _ in group)


def _has_action(group: list[_Entry]) -> bool:
    return any(name == "action" for name, _ in group)


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


def _told(own: Fields) -> Told:
    written = own.first("action").lower()
    action = next((known for start, known in _ACTIONS.items() if written.startswith(start)), "")
    diagnostic = _TYPE.sub("", own.first("diagnostic-code"), count=1)
    words = one_line(diagnostic, _LONGEST_DIAGNOSTIC)
    status = enhanced_code(own.first("status"))
    if not action:  # some leave it out, or say "error"
        action = "failed" if status.startswith(("5", "4")) or "5" in words[:1] else "expanded"
    hosts = (host_in(own.first(name)) for name in ("remote-mta", "reporting-mta"))
    category = own.first("x-powermta-bouncecategory").replace("-", "_")
    remark = own.first("status").partition(" ")[2].strip(" ()")
    return Told(
        recipients(own, _WHOM),
        action,
        status,
        words,
        next(filter(None, hosts), ""),
        one_line(f"{remark} category {category}" if category else remark),
    )


def _without_code(text: str) -> str:
    text = _HEX.sub(lambda found: chr(int(found.group(1), 16)), text)
    return _CODE_POINT.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    number = int(found.group(1), 16)
    return chr(number) if number <= _LAST_CODE_POINT else ""


def blocks_in(text: str) -> Iterator[Told]:
    """The same fields where they stand in a text for people."""
    text = _QUOTED.sub("", text)
    if _FIELD_IN_TEXT.search(text):
        yield from told(text.encode("utf-8", "replace"))


_FIELD_IN_TEXT = re.compile(r"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile(r"^> ?(?!>)", re.MULTILINE)  # a report that somebody sent on
