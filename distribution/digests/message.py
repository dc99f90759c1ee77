"""A digest as the bytes of an RFC 5322 message: two parts in base64, every line short, pure ASCII.

Written by hand because the standard library takes ten times as long and twice the space
for Chinese.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple

from distribution.digests.encoding import LINE, TOKEN, Encoder, lines_in, wired
from distribution.digests.forms import Form, Marks
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
FORMS = 256
"""Kept at a time; each is about as large as its mail."""


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


class _Kind(NamedTuple):
    """What readers have in common whose mails differ in tokens and header fields only."""

    choices: int
    """The identity of the choices, which their form keeps alive."""
    prefixes: tuple[str, ...]
    clicks: str
    """The address of all clicks, where it is the same for everybody."""
    boundary: str | None
    """None in a message of text only."""
    counted: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """A form of a mail, and what its kind was made from."""

    choices: Sequence[Choice]
    subject: str
    form: Form


class Composer:
    """Makes the messages of one sheet; what they have in common is encoded once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._encoder = Encoder(sheet.html, sheet.sha256)
        self._marks = Marks(sheet.sha256)
        self._forms: OrderedDict[_Kind, _Made] = OrderedDict()

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
        urls = personal.urls()
        boundary = None if text_only else headers.boundary
        made = self._made(choices, urls, boundary, counted=personal.counted)
        head = _head(made.subject, headers).encode()
        return b"".join((head, *made.form.fill(urls)))

    def _made(
        self,
        choices: Sequence[Choice],
        urls: Mapping[str, str],
        boundary: str | None,
        *,
        counted: bool,
    ) -> _Made:
        """The form for this mail, made where no mail before was of its kind."""
        personal_clicks = bool(urls["open_url"])  # who is not counted has the clicks of his run
        clicks = "" if personal_clicks else urls["click_url"]
        prefixes = tuple([url[:-TOKEN] for url in urls.values()])
        kind = _Kind(id(choices), prefixes, clicks, boundary, counted)
        made = self._forms.get(kind)
        if made is None:
            marked = self._marks.urls(urls, () if personal_clicks else ("click_url",))
            made = self._make(choices, marked, boundary, counted=counted)
            if len(self._forms) >= FORMS:
                self._forms.popitem(last=False)
            self._forms[kind] = made
        return made

    def _make(
        self,
        choices: Sequence[Choice],
        urls: Mapping[str, str],
        boundary: str | None,
        *,
        counted: bool,
    ) -> _Made:
        layout = lay_out(self.sheet, choices, pixel=bool(urls["open_url"]), counted=counted)
        text = self._marks.of_text(wired(join_text(self.sheet, layout, urls)))
        if boundary is None:
            form = Form.joined((_fixed(_part_head("plain")), text))
            return _Made(choices, layout.subject, form)
        lines = self._encoder.html(layout, urls)
        if (count := lines_in(lines)) > HTML_LINES:
            raise TooLarge(len(choices), count)
        mark = _boundary(boundary)
        kind = f'Content-Type: multipart/alternative;\r\n boundary="{mark}"\r\n\r\n'
        opening = f"--{mark}\r\n".encode()
        parts = (
            _fixed(kind.encode() + opening + _part_head("plain")),
            text,
            _fixed(opening + _part_head("html")),
            self._marks.of_lines(lines),
            _fixed(f"--{mark}--\r\n".encode()),
        )
        return _Made(choices, layout.subject, Form.joined(parts))

    def pieces(self, choices: Sequence[Choice]) -> frozenset[str]:
        """What of the sheet a mail with these articles holds, the pixel apart."""
        return frozenset(step[0] for step in lay_out(self.sheet, choices, pixel=False).steps)

    def html_bytes(self, choices: Sequence[Choice], personal: Personal) -> int:
        """How long the HTML part is, as a browser gets it."""
        pixel = personal.open_url is not None
        layout = lay_out(self.sheet, choices, pixel=pixel, counted=personal.counted)
        return lines_in(self._encoder.html(layout, personal.urls())) * LINE


def _fixed(part: bytes) -> Form:
    return Form.of((part,), ())


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
