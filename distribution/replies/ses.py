"""Reads Amazon SES notifications: a JSON document, by mail over SNS or by webhook."""

import json
import re
from collections.abc import Iterable
from typing import Any

from distribution.replies.codes import enhanced_code
from distribution.replies.told import Told, addresses, host_in, one_line
from distribution.words import Returned

_MOST_RECIPIENTS = 100
_MOST_TEXT = 256 * 1024
_FOLD = re.compile(r"!\n ")  # how Sendmail breaks a line that is too long
_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}


def notification(text: str) -> tuple[Returned, list[Told]] | None:
    """What a notification tells; None where the text does not begin with one.

    >>> notification('{"notificationType": "Delivery", "delivery": {"recipients": []}}')
    (<Returned.DELIVERED: 'delivered'>, [])
    """
    document = _document(_FOLD.sub("", text[:_MOST_TEXT].lstrip()))
    kind = document.get("notificationType") or document.get("eventType")
    if kind == "Bounce":
        return Returned.BOUNCE, _bounced(_object(document, "bounce"))
    if kind == "Complaint":
        complained = _objects(_object(document, "complaint"), "complainedRecipients")
        return Returned.COMPLAINT, [Told(_address(one)) for one in complained]
    return (Returned.DELIVERED, []) if kind == "Delivery" else None


def _document(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    line = text.partition("\n")[0]
    try:
        found, _ = json.JSONDecoder().raw_decode(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _bounced(bounce: dict[str, Any]) -> list[Told]:
    return [
        Told(
            _address(one),
            action if (action := str(one.get("action", ""))) in _ACTIONS else "failed",
            enhanced_code(str(one.get("status", ""))),
            one_line(str(one.get("diagnosticCode", "")).removeprefix("smtp; "), 2000),
            host_in(str(bounce.get("reportingMTA", ""))),
        )
        for one in _objects(bounce, "bouncedRecipients")
    ]


def _object(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _objects(document: dict[str, Any], name: str) -> Iterable[dict[str, Any]]:
    found = document.get(name)
    given = found if isinstance(found, list) else []
    return [one for one in given[:_MOST_RECIPIENTS] if isinstance(one, dict)]


def _address(one: dict[str, Any]) -> tuple[str, ...]:
    return tuple(addresses(str(one.get("emailAddress", ""))[:1000]))[:1]
