"""Reads Amazon SES notifications: a JSON document, by mail over SNS or by webhook.

SES gives every mail a Message-ID of its own. Ours comes back among `mail.headers`, where they are
sent along (with a configuration set always, for an identity when "Include original headers" is
on); our return path comes back as `mail.source` in any case.
"""

import json
import re
from typing import Any

from distribution.replies.codes import enhanced_code
from distribution.replies.json_fields import as_text, object_in, objects_in, text_in, texts_in
from distribution.replies.returned_traces import links_in
from distribution.replies.told import Notification, Told, addresses, host_in, one_line
from distribution.words import Returned

_MOST_TEXT = 256 * 1024
_LONGEST_ID = 300
_LONGEST_HEADER = 2000
_FOLD = re.compile(r"!\n ")  # how Sendmail breaks a line that is too long
_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
_NO_COMPLAINTS = ("not-spam", "auth-failure")  # RFC 5965, 7.3; RFC 6591
_STATUS_OF = {
    "NoEmail": "5.1.1",
    "Suppressed": "5.1.1",  # by SES, for "a recent history of bouncing as an invalid address"
    "MailboxFull": "4.2.2",
    "MessageTooLarge": "5.3.4",
    "ContentRejected": "5.6.0",
    "AttachmentRejected": "5.6.1",
}
"""Where a bounce came without a delivery status: Amazon's own class, asked after the words."""
_REJECTED = "5.6.0"
"""SES itself found a virus."""


def notification(text: str) -> Notification | None:
    """What a mailed notification tells; None where the text does not begin with one.

    >>> notification('{"notificationType": "Delivery", "delivery": {"recipients": []}}').kind
    <Returned.DELIVERED: 'delivered'>
    """
    return notification_of(_document(_FOLD.sub("", text[:_MOST_TEXT].lstrip())))


def notification_of(document: dict[str, Any]) -> Notification | None:
    """What a notification tells; None where it is of no kind that matters here."""
    kind = document.get("notificationType") or document.get("eventType")
    tell = _TELLERS.get(kind) if isinstance(kind, str) else None
    if tell is None:
        return None
    mail = object_in(document, "mail")
    returned, told = tell(document, mail)
    headers = list(_headers(mail))
    return Notification(
        returned,
        told,
        addressed_to=tuple(addresses(text_in(mail, "source", _LONGEST_HEADER)))[:1],
        message_ids=tuple(value for name, value in headers if name == "message-id"),
        unsubscribe_links=tuple(
            link
            for name, value in headers
            if name == "list-unsubscribe"
            for link in links_in(value)
        ),
    )


def _document(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    line = text.partition("\n")[0]
    try:
        found, _ = json.JSONDecoder().raw_decode(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


_Told = tuple[Returned, tuple[Told, ...]]


def _bounced(document: dict[str, Any], _mail: dict[str, Any]) -> _Told:
    bounce = object_in(document, "bounce")
    subtype = text_in(bounce, "bounceSubType", 60)
    kind = f"{text_in(bounce, 'bounceType', 60)} {subtype}".strip()
    host = host_in(text_in(bounce, "reportingMTA", _LONGEST_HEADER))
    told = (
        _told(one, "failed", host, status=_STATUS_OF.get(subtype, ""), words=kind)
        for one in objects_in(bounce, "bouncedRecipients")
    )
    return Returned.BOUNCE, tuple(told)


def _delayed(document: dict[str, Any], _mail: dict[str, Any]) -> _Told:
    delay = object_in(document, "deliveryDelay")
    kind = text_in(delay, "delayType", 60)
    told = (
        _told(one, "delayed", status=_STATUS_OF.get(kind, ""), words=kind)
        for one in objects_in(delay, "delayedRecipients")
    )
    return Returned.DELAYED, tuple(told)


def _told(
    one: dict[str, Any], action: str, host: str = "", *, status: str = "", words: str = ""
) -> Told:
    """Of one recipient; `status` and `words` stand for what is missing."""
    given = text_in(one, "action", 60).lower()
    said = one_line(text_in(one, "diagnosticCode", 4000).removeprefix("smtp; "), 2000)
    return Told(
        _address(one),
        given if given in _ACTIONS and action == "failed" else action,
        enhanced_code(text_in(one, "status", 60)) or status,
        said or words,
        host,
    )


def _complained(document: dict[str, Any], _mail: dict[str, Any]) -> _Told:
    complaint = object_in(document, "complaint")
    told = tuple(Told(_address(one)) for one in objects_in(complaint, "complainedRecipients"))
    none = text_in(complaint, "complaintFeedbackType", 60).lower() in _NO_COMPLAINTS
    return (Returned.DELIVERED if none else Returned.COMPLAINT), told  # he has it, that is all


def _rejected(document: dict[str, Any], mail: dict[str, Any]) -> _Told:
    reason = one_line(text_in(object_in(document, "reject"), "reason", 500))
    whom = [Told((name,), "failed", _REJECTED, reason) for name in _named(mail, "destination")]
    return Returned.BOUNCE, tuple(whom)


def _delivered(document: dict[str, Any], _mail: dict[str, Any]) -> _Told:
    delivery = object_in(document, "delivery")
    whom = [Told((name,), "delivered") for name in _named(delivery, "recipients")]
    return Returned.DELIVERED, tuple(whom)


_TELLERS = {
    "Bounce": _bounced,
    "Complaint": _complained,
    "Delivery": _delivered,
    "DeliveryDelay": _delayed,
    "Reject": _rejected,
}


def _headers(mail: dict[str, Any]) -> list[tuple[str, str]]:
    """Of our mail, as we gave it to SES."""
    headers = [
        (text_in(one, "name", 60).lower(), text_in(one, "value", _LONGEST_HEADER).strip())
        for one in objects_in(mail, "headers")
    ]
    common = text_in(object_in(mail, "commonHeaders"), "messageId", _LONGEST_HEADER)
    headers.append(("message-id", common.strip()))
    return [
        (name, value)
        for name, value in dict.fromkeys(headers)
        if value.isprintable()
        and 0 < len(value) <= (_LONGEST_ID if name == "message-id" else _LONGEST_HEADER)
    ]


def _named(document: dict[str, Any], name: str) -> list[str]:
    return [found for text in texts_in(document, name) for found in list(addresses(text))[:1]]


def _address(one: dict[str, Any]) -> tuple[str, ...]:
    return tuple(addresses(as_text(one.get("emailAddress"), 1000)))[:1]
