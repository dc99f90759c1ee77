"""Aliyun DirectMail (阿里云邮件推送), whose events EventBridge (事件总线) pushes to a web address.

EventBridge signs for all its customers, and a customer may shape what he pushes as he likes, the
account number too. What tells our events from those of others is the Token that the event target
was given: nobody else knows it, and it is part of what is signed.

Sources: help.aliyun.com/en/eventbridge/user-guide/signature-algorithm (x-eventbridge-signature-v2:
RSA with SHA-256 over address, five headers in this order, and body; certificates at
https://<region>-eventbridge.oss-accelerate.aliyuncs.com) and .../events-of-the-direct-mail-type
(the events, and the four regions that have them). The older signature, HMAC-SHA1 with a secret
encrypted by a private key, is not accepted. Not found in writing: whether a line feed follows the
body in what is signed (programmes of others try both, and so does this one).
"""

import hmac
import re
from datetime import UTC, datetime
from typing import Any

from distribution.config import Settings
from distribution.webhooks.calls import (
    AHEAD,
    Call,
    Fetch,
    Heard,
    NotGenuine,
    Notice,
    Unneeded,
    document,
    refuse_untimely,
)
from distribution.webhooks.signing import key_of, signed

SOURCE = "aliyun"

_PREFIX = "x-eventbridge-"
_TOKEN = f"{_PREFIX}signature-token"
_TIME = f"{_PREFIX}signature-timestamp"
_CERTIFICATE_URL = f"{_PREFIX}signature-url"
_SIGNATURE = f"{_PREFIX}signature-v2"
_FIXED = {f"{_PREFIX}hash-method": "SHA256", f"{_PREFIX}signature-version": "1.0"}
_SIGNED = (_TIME, *_FIXED, _CERTIFICATE_URL, _TOKEN)
# Not any region: whoever makes a bucket named x-eventbridge has a host of that shape.
_CERTIFICATE = re.compile(
    r"https://(?:cn-hangzhou|ap-southeast-1|eu-central-1|us-east-1)"
    r"-eventbridge\.oss-accelerate\.aliyuncs\.com/[A-Za-z0-9_-]{1,100}\.pem"
)
_MILLISECONDS = re.compile(r"[0-9]{13}")
_EVENT_ID = re.compile(r"[!-~]{4,100}")
_SOURCES = ("acs:dm", "acs.dm")  # the documents spell it in both ways
_NEEDED = {
    "dm:Deliver:Fail",
    "dm:Deliver:Succeed",
    "dm:Feedback:FblReport",
    "dm:Feedback:UnSubscribe",
}
"""Not what readers do: that is counted by our own links, and as they agree."""


def configured(settings: Settings) -> bool:
    """Whether the Token of an event target is known."""
    return bool(settings.aliyun_token.get_secret_value())


def hear(call: Call, settings: Settings, now: datetime, fetch: Fetch) -> Heard:
    """Check who speaks; the whole body is signed, and kept as it is."""
    given = {name: call.headers.get(name, "") for name in (*_SIGNED, _SIGNATURE)}
    token = settings.aliyun_token.get_secret_value()
    if not hmac.compare_digest(given[_TOKEN].encode(), token.encode()):
        raise NotGenuine("not the Token in aliyun_token")
    if any(given[name] != value for name, value in _FIXED.items()):
        raise NotGenuine("not signed by version 1.0 with SHA256")
    at = _time(given[_TIME])
    refuse_untimely(at, now, AHEAD)
    _refuse_unsigned(call, given, now, fetch)
    event = document(call.body)
    if event.get("source") not in _SOURCES:
        raise NotGenuine("not an event of DirectMail")
    kind, event_id = str(event.get("type")), _event_id(event)
    return Notice(event_id, at, call.body) if kind in _NEEDED else Unneeded(kind[:60])


def _event_id(event: dict[str, Any]) -> str:
    found = event.get("id")
    if not isinstance(found, str) or not _EVENT_ID.fullmatch(found):
        raise NotGenuine("the event has no id")
    return found


def _time(written: str) -> datetime:
    """Of milliseconds since 1970."""
    if not _MILLISECONDS.fullmatch(written):
        raise NotGenuine("the time is malformed")
    return datetime.fromtimestamp(int(written) / 1000, UTC)


def _refuse_unsigned(call: Call, given: dict[str, str], now: datetime, fetch: Fetch) -> None:
    address = given[_CERTIFICATE_URL]
    if not _CERTIFICATE.fullmatch(address):
        raise NotGenuine("the certificate is not at EventBridge")
    lines = [call.url, *(f"{name}: {given[name]}" for name in _SIGNED), ""]
    text = "\n".join(lines).encode() + call.body
    key = key_of(fetch(address), now)
    if not any(signed(key, given[_SIGNATURE], form) for form in (text, text + b"\n")):
        raise NotGenuine("the signature is wrong")
