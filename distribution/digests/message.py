"""A digest as the bytes of an RFC 5322 message: two parts in base64, every line short, pure ASCII.

Written by hand because the standard library takes ten times as long and twice the space
for Chinese.
"""

import binascii
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from distribution.digests.headers import (
    FOLD,
    MalformedHeader,
    addressed,
    checked,
    encoded,
    mailbox,
    raw,
    words,
)
from distribution.digests.joining import Digest

__all__ = ["Headers", "MalformedHeader", "build_message"]

_BASE64_LINE = 76


@dataclass(frozen=True, slots=True)
class Headers:
    """What stands above a digest; values are checked when the message is built."""

    sender_name: str
    sender_address: str
    recipient: str
    message_id: str
    """With its angle brackets."""
    date: datetime
    """Aware; written with the offset it carries."""
    list_id: str
    """`name <id>` or the id alone; the name may be Chinese, the id is ASCII."""
    unsubscribe_url: str
    """https; answers a POST (RFC 8058)."""
    unsubscribe_mailto: str
    """mailto:…; empty: none."""
    feedback_id: str
    """RFC draft by Gmail, a:b:c:SenderId; empty: none."""
    boundary: str


def build_message(digest: Digest, headers: Headers, *, text_only: bool = False) -> bytes:
    """Build the message; raises MalformedHeader where a value could forge a header field.

    `text_only` leaves the HTML part out, for readers who want it so.
    """
    if text_only:
        return _head(digest.subject, headers).encode() + _content("plain", digest.text)
    boundary = _boundary(headers.boundary)
    head = _head(digest.subject, headers) + (
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
    )
    return b"".join(
        (
            head.encode(),
            _part("plain", digest.text, boundary),
            _part("html", digest.html, boundary),
            f"--{boundary}--\r\n".encode(),
        )
    )


def _head(subject: str, headers: Headers) -> str:
    if headers.date.tzinfo is None:
        problem = f"naive datetime {headers.date!r}: say which time zone you mean"
        raise ValueError(problem)
    fields = (
        f"Date: {format_datetime(headers.date)}\r\n",
        mailbox("From", headers.sender_name, headers.sender_address),
        mailbox("To", "", headers.recipient),
        words("Subject", subject),
        _message_id(headers.message_id),
        _list_id(headers.list_id),
        _unsubscribe(headers.unsubscribe_url, headers.unsubscribe_mailto),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        "Precedence: bulk\r\n",
        "Auto-Submitted: auto-generated\r\n",
        raw("Feedback-ID", headers.feedback_id) if headers.feedback_id else "",
        "MIME-Version: 1.0\r\n",
    )
    return "".join(fields)


def _message_id(value: str) -> str:
    if not (value.startswith("<") and value.endswith(">")):
        raise MalformedHeader("Message-ID", value, "应写在尖括号内")
    addressed("Message-ID", value[1:-1])
    return raw("Message-ID", value)


def _list_id(value: str) -> str:
    name, bracket, rest = checked("List-Id", value).rpartition("<")
    identity = rest.removesuffix(">") if bracket else value
    if not identity or set(identity) & set(' \t<>@"'):
        raise MalformedHeader("List-Id", value, "应为 “名称 <标识>”")
    spelled = raw("List-Id", f"<{identity}>")
    if not name.strip():
        return spelled
    return f"List-Id: {encoded('List-Id', name.strip())}{FOLD}<{identity}>\r\n"


def _unsubscribe(url: str, mailto: str) -> str:
    """Each address on a line of its own: mailbox providers do not decode or join them."""
    spelled = []
    if not url.startswith(("https://", "http://")):  # http: a trial on one's own machine
        raise MalformedHeader("List-Unsubscribe", url, "应为网址")
    for value in filter(None, (url, mailto)):
        if set(value) & set(' <>,"'):
            raise MalformedHeader("List-Unsubscribe", value, "地址不能含有空格、逗号或尖括号")
        raw("List-Unsubscribe", f"<{value}>")
        spelled.append(f"<{value}>")
    return "List-Unsubscribe: " + f",{FOLD}".join(spelled) + "\r\n"


def _boundary(value: str) -> str:
    allowed = value.replace("=", "").replace("_", "").replace("-", "").replace(".", "")
    if not (allowed.isascii() and allowed.isalnum()) or len(value) > 70:  # noqa: PLR2004 - RFC 2046
        raise MalformedHeader("Content-Type", value, "分隔标记只能用字母、数字和 “=_-.”")
    return value


def _part(kind: str, content: str, boundary: str) -> bytes:
    return f"--{boundary}\r\n".encode() + _content(kind, content)


def _content(kind: str, content: str) -> bytes:
    # RFC 2045 6.8: the line ends of text are CRLF before they are encoded.
    lines = content.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    data = binascii.b2a_base64(lines.encode(), newline=False)
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    body = (data[at : at + _BASE64_LINE] for at in range(0, len(data), _BASE64_LINE))
    return head.encode() + b"\r\n".join(body) + b"\r\n"
