"""Reads fields of JSON documents that others wrote: whatever stands there, nothing is raised."""

import json
from typing import Any

_MOST = 100


def document_of(raw: bytes) -> dict[str, Any] | None:
    """The object a document holds; None where it holds none.

    >>> document_of(b'{"a": 1}'), document_of(b"[" * 100_000)
    ({'a': 1}, None)
    """
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def object_in(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The object of this name; empty where there is none."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def objects_in(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of the list of this name, the first hundred."""
    found = document.get(name)
    given = found if isinstance(found, list) else []
    return [one for one in given[:_MOST] if isinstance(one, dict)]


def texts_in(document: dict[str, Any], name: str) -> list[str]:
    """The texts of the list of this name, the first hundred."""
    found = document.get(name)
    given = found if isinstance(found, list) else []
    return [one[:1000] for one in given[:_MOST] if isinstance(one, str)]


def text_in(document: dict[str, Any], name: str, most: int) -> str:
    """The text of this name; a number as text, anything else as none.

    >>> text_in({"err_code": 554, "rcpt": None}, "err_code", 9), text_in({}, "rcpt", 9)
    ('554', '')
    """
    return as_text(document.get(name), most)


def as_text(value: object, most: int) -> str:
    """A text or a number."""
    if isinstance(value, str):
        return value[:most]
    return str(value)[:most] if isinstance(value, int) and abs(value) < 10**15 else ""
