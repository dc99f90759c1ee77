"""Amazon SES, which publishes what becomes of mails to a topic of Amazon SNS.

Anybody can have a topic, and SNS signs for everybody: so the topic must be one of the settings',
and its name is part of what is signed. Signature version 2 only (RSA with SHA-256): AWS
recommends it, and a topic speaks version 1 (SHA-1) until its attribute SignatureVersion is 2.

Source: docs.aws.amazon.com/sns/latest/dg, "Verifying the signatures of Amazon SNS messages" and
"HTTP/HTTPS subscription confirmation JSON format".
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from distribution.config import Settings
from distribution.webhooks.calls import (
    Call,
    Fetch,
    Heard,
    Invitation,
    NotGenuine,
    Notice,
    Unneeded,
    document,
    refuse_untimely,
)
from distribution.webhooks.signing import key_of, signed

SOURCE = "sns"

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_MAY_LACK = "Subject"
_HOST = r"https://sns\.[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}\.amazonaws\.com(?:\.cn)?/"
_CERTIFICATE = re.compile(_HOST + r"[A-Za-z0-9_-]{1,100}\.pem")
_SUBSCRIBE = re.compile(_HOST + r"\?[!-~]{1,2000}")
_EVENT_ID = re.compile(r"[A-Za-z0-9-]{8,100}")
_UNNEEDED = ("AmazonSnsSubscriptionSucceeded", "Click", "Open", "Send", "Subscription")
"""Of SES: a greeting, and what readers do, which is counted by our own links and as they agree."""


def configured(settings: Settings) -> bool:
    """Whether any topic is believed."""
    return bool(settings.sns_topics)


def hear(call: Call, settings: Settings, now: datetime, fetch: Fetch) -> Heard:
    """Check who speaks, and take the message out of its envelope: only that is signed."""
    envelope = document(call.body)
    kind = envelope.get("Type")
    if not isinstance(kind, str) or kind not in _SIGNED:
        raise NotGenuine("no SNS message; is raw message delivery on?")
    fields = _fields(envelope, _SIGNED[kind])
    if fields["TopicArn"] not in settings.sns_topics:
        raise NotGenuine("not one of the topics in sns_topics")
    if not _EVENT_ID.fullmatch(fields["MessageId"]):
        raise NotGenuine("MessageId is malformed")
    at = _time(fields["Timestamp"])
    refuse_untimely(at, now)
    _refuse_unsigned(envelope, fields, now, fetch)
    if kind == "SubscriptionConfirmation":
        return _invitation(fields)
    return _notice(fields, at) if kind == "Notification" else Unneeded(kind)


def _fields(envelope: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """What is signed, in the order in which it is signed."""
    fields = {name: envelope[name] for name in names if envelope.get(name) is not None}
    if fields.keys() | {_MAY_LACK} != {*names, _MAY_LACK}:
        raise NotGenuine("fields are missing")
    if not all(isinstance(value, str) for value in fields.values()):
        raise NotGenuine("a field is no text")
    return fields


def _time(written: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise NotGenuine("Timestamp is malformed") from None
    if at.tzinfo is None:
        raise NotGenuine("Timestamp has no time zone")
    return at


def _refuse_unsigned(
    envelope: dict[str, Any], fields: dict[str, str], now: datetime, fetch: Fetch
) -> None:
    if envelope.get("SignatureVersion") != "2":
        raise NotGenuine("not signed by version 2: set the topic's attribute SignatureVersion to 2")
    address = envelope.get("SigningCertURL")
    if not isinstance(address, str) or not _CERTIFICATE.fullmatch(address):
        raise NotGenuine("SigningCertURL is not at SNS")
    try:
        text = "".join(f"{name}\n{value}\n" for name, value in fields.items()).encode()
    except UnicodeEncodeError:
        raise NotGenuine("a field holds half a character") from None
    if not signed(key_of(fetch(address), now), str(envelope.get("Signature")), text):
        raise NotGenuine("the signature is wrong")


def _invitation(fields: dict[str, str]) -> Invitation:
    url, topic = fields["SubscribeURL"], fields["TopicArn"]
    asked = parse_qs(urlsplit(url).query) if _SUBSCRIBE.fullmatch(url) else {}
    if asked.get("Action") != ["ConfirmSubscription"] or asked.get("TopicArn") != [topic]:
        raise NotGenuine("SubscribeURL does not confirm this topic at SNS")
    return Invitation(fields["MessageId"], topic, url)


def _notice(fields: dict[str, str], at: datetime) -> Heard:
    try:
        message = document(fields["Message"])
    except NotGenuine:
        message = {}  # it is the provider's all the same: kept, as what nobody understands
    kind = message.get("eventType") or message.get("notificationType")
    if kind in _UNNEEDED:
        return Unneeded(str(kind))
    return Notice(fields["MessageId"], at, fields["Message"].encode())
