"""What goes into the room and what comes out: one line of JSON, then bytes.

Plain values only: who has taken over the reader must not take over who called it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from distribution.compiler.content import Asset, ReadIssue
from distribution.compiler.lines import Source
from distribution.compiler.unreadable import UnreadableIssue
from distribution.compiler.wire import (
    account_from_json,
    account_to_json,
    article_from_json,
    article_to_json,
    complaint_from_json,
    complaint_to_json,
    masthead_from_json,
    masthead_to_json,
)

_MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be compiled, and under which ceilings."""

    sources: tuple[Source, ...]
    sections: tuple[str, ...]
    memory_bytes: int
    cpu_seconds: int


class Garbled(Exception):
    """Raised when the room's answer is none."""


def order_to_bytes(order: Order) -> bytes:
    """Encode an order."""
    head = {
        "sections": order.sections,
        "memory_bytes": order.memory_bytes,
        "cpu_seconds": order.cpu_seconds,
        "files": [{"name": one.name, "size": len(one.data)} for one in order.sources],
    }
    return _letter(head, (one.data for one in order.sources))


def order_from_bytes(data: bytes) -> Order:
    """The order again."""
    head, bodies = _opened(data, "files")
    sources = (Source(file["name"], body) for file, body in zip(head["files"], bodies, strict=True))
    return Order(tuple(sources), tuple(head["sections"]), head["memory_bytes"], head["cpu_seconds"])


def answer_to_bytes(answer: ReadIssue | UnreadableIssue) -> bytes:
    """Encode an issue, or why there is none."""
    if isinstance(answer, UnreadableIssue):
        head = {"name": answer.name, "reason": answer.reason, "remedy": answer.remedy}
        return _letter({"unreadable": head, "assets": []}, ())
    assets = [
        {
            "sha256": one.sha256,
            "media_type": one.media_type,
            "width": one.width,
            "height": one.height,
            "size": len(one.content),
        }
        for one in answer.assets
    ]
    issue = {
        "masthead": masthead_to_json(answer.masthead),
        "articles": list(map(article_to_json, answer.articles)),
        "complaints": list(map(complaint_to_json, answer.complaints)),
        "account": account_to_json(answer.account),
    }
    return _letter({"issue": issue, "assets": assets}, (one.content for one in answer.assets))


def answer_from_bytes(data: bytes) -> ReadIssue | UnreadableIssue:
    """The answer again; Garbled where it is none, or images are not what they are said to be."""
    try:
        head, bodies = _opened(data, "assets")
        if "unreadable" in head:
            return UnreadableIssue(**head["unreadable"])
        issue = head["issue"]
        return ReadIssue(
            masthead_from_json(issue["masthead"]),
            tuple(map(article_from_json, issue["articles"])),
            tuple(map(complaint_from_json, issue["complaints"])),
            account_from_json(issue["account"]),
            tuple(_asset(fact, body) for fact, body in zip(head["assets"], bodies, strict=True)),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Garbled from error


def _asset(fact: dict[str, Any], content: bytes) -> Asset:
    if sha256(content).hexdigest() != fact["sha256"] or fact["media_type"] not in _MEDIA_TYPES:
        raise ValueError(fact)
    return Asset(
        fact["sha256"], fact["media_type"], int(fact["width"]), int(fact["height"]), content
    )


def _letter(head: dict[str, Any], bodies: Iterable[bytes]) -> bytes:
    return b"".join((json.dumps(head).encode(), b"\n", *bodies))


def _opened(data: bytes, listed: str) -> tuple[dict[str, Any], Sequence[bytes]]:
    line, _, rest = data.partition(b"\n")
    head: dict[str, Any] = json.loads(line)
    bodies, at = [], 0
    for fact in head[listed]:
        bodies.append(rest[at : at + fact["size"]])
        at += fact["size"]
    if at != len(rest):
        raise ValueError("bytes are missing or left over")
    return head, bodies
