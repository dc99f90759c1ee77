"""A digest as the bytes of an RFC 5322 message: two parts in base64, every line short, pure ASCII.

Written by hand because the standard library takes ten times as long and twice the space
for Chinese.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from distribution.digests.encoding import LINE, Encoder, lined, lines_in, wired
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
from distribution.digests.joining import join_text
from distribution.digests.layout import Personal, lay_out
from distribution.digests.selecting import Choice
from distribution.digests.sheet import Sheet
from distribution.errors import DistributionError

__all__ = ["Composer", "Headers", "MalformedHeader", "TooLarge"]

HTML_LINES = 69 * 1024 // LINE
"""Of base64 in the HTML part: 69 KiB as a browser gets it, 94.4 as they travel. Gmail cuts a
message at 102 KB."""


class TooLarge(DistributionError):
    """Raised for a digest that mailbox providers would cut or refuse."""

    def __init__(self, articles: int, lines: int) -> None:
        self.articles, self.html_bytes = articles, lines * LINE
        super().__init__(
            f"含 {articles} 篇文章的邮件，图文部分有 {self.html_bytes / 1024:.1f} KiB，"
            f"超过 69 KiB：请缩短摘要或减少必选文章"
        )


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


class Composer:
    """Makes the messages of one sheet; what they have in common is encoded once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._encoder = Encoder(sheet.html, sheet.sha256)

    def compose(
        self,
        choices: Sequence[Choice],
        personal: Personal,
        headers: Headers,
        *,
        text_only: bool = False,
    ) -> bytes:
        """The message; the same bytes for the same input.

        `text_only` leaves the HTML part out. Raises TooLarge, and MalformedHeader where a value
        could forge a header field.
        """
        layout = lay_out(self.sheet, choices, pixel=personal.open_url is not None)
        head = _head(layout.subject, headers).encode()
        text = _text_lines(join_text(self.sheet, layout, personal))
        if text_only:
            return b"".join((head, _part_head("plain"), text))
        html = self._encoder.html(layout, personal.urls())
        if (lines := lines_in(html)) > HTML_LINES:
            raise TooLarge(len(choices), lines)
        boundary = _boundary(headers.boundary)
        opening = f"--{boundary}\r\n".encode()
        kind = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
        parts = (opening, _part_head("plain"), text, opening, _part_head("html"), html)
        return b"".join((head, kind.encode(), *parts, f"--{boundary}--\r\n".encode()))

    def pieces(self, choices: Sequence[Choice]) -> frozenset[str]:
        """What of the sheet a mail with these articles holds, the pixel apart."""
        return frozenset(step[0] for step in lay_out(self.sheet, choices, pixel=False).steps)

    def html_bytes(self, choices: Sequence[Choice], personal: Personal) -> int:
        """How long the HTML part is, as a browser gets it."""
        layout = lay_out(self.sheet, choices, pixel=personal.open_url is not None)
        return lines_in(self._encoder.html(layout, personal.urls())) * LINE


def _text_lines(text: str) -> bytes:
    return lined(wired(text))


@lru_cache(maxsize=4)
def _part_head(kind: str) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode()


def _head(subject: str, headers: Headers) -> str:
    if headers.date.tzinfo is None:
        problem = f"naive datetime {headers.date!r}: say which time zone you mean"
        raise ValueError(problem)
    return "".join(
        (
            _sender(headers.date, headers.sender_name, headers.sender_address),
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
    )


@lru_cache(maxsize=64)  # the same in all mails of a run
def _sender(date: datetime, name: str, address: str) -> str:
    return f"Date: {format_datetime(date)}\r\n" + mailbox("From", name, address)


def _message_id(value: str) -> str:
    if not (value.startswith("<") and value.endswith(">")):
        raise MalformedHeader("Message-ID", value, "应写在尖括号内")
    addressed("Message-ID", value[1:-1])
    return raw("Message-ID", value)


@lru_cache(maxsize=64)
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
