"""Answers: every one of them with the same careful headers, pages out of templates."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from math import ceil
from operator import attrgetter
from pathlib import Path
from unicodedata import normalize

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from distribution import digests
from distribution.compiler import Article, Picture, Table
from distribution.web import styling

_POLICY = (
    "default-src 'none'; style-src {}; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY.format("'self'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an address holds a token
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
RETRY_AFTER_SECONDS = 30
AS_MAILED = {"Content-Security-Policy": _POLICY.format("'unsafe-inline'")}
"""For the HTML of a mail: it bears its style in itself, and no script all the same."""
_AN_HOUR = 60
"""In minutes."""
_A_YEAR_SECONDS = 365 * 24 * 60 * 60

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that may not stand in XML, however they are spelt."""
_PIXEL = bytes.fromhex(  # a transparent GIF of one pixel
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
_MESSAGES = {
    400: ("没有读懂这次提交", "请回到上一页重试；页面若打开已久，请从邮件中重新点开。"),
    403: (
        "这次提交不是从本站的页面发出的",
        "没有收下任何内容：请从邮件中的链接或本站的订阅页面重新打开，再提交一次。",
    ),
    404: (
        "没有这个页面",
        "链接可能不完整，或已经失效。请从邮件中重新点开，或把完整的链接复制到地址栏。",
    ),
    405: ("这里不能这样访问", "请从邮件中的链接打开页面。"),
    413: ("提交的内容太多", "请从邮件中的链接打开页面，再提交一次。"),
    414: ("链接太长", "请从邮件中重新点开链接；搜索时请少写几个字。"),
    500: ("出了点问题", "这是我们的差错，已经记录下来。请稍后再试。"),
    503: ("暂时无法打开", "服务正在恢复，请过几分钟再点一次链接。"),
}
"""Title and sentence of what cannot be shown, by status."""


def day(moment: date) -> str:
    """Write a day as people read it.

    >>> day(date(2026, 9, 8))
    '2026年9月8日'
    """
    return f"{moment.year}年{moment.month}月{moment.day}日"


def instant(moment: datetime | None) -> str:
    """Write an instant as programmes read it; none is before all others.

    >>> instant(datetime(2026, 9, 8, 1, tzinfo=UTC))
    '2026-09-08T01:00:00Z'
    """
    return (moment or datetime.fromtimestamp(0, UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def later(wait: timedelta) -> str:
    """Write how long somebody has to wait, never too short.

    >>> later(timedelta(seconds=61)), later(timedelta(hours=2, minutes=1))
    ('2 分钟后', '3 小时后')
    """
    minutes = ceil(wait / timedelta(minutes=1))
    return f"{minutes} 分钟后" if minutes <= _AN_HOUR else f"{ceil(minutes / _AN_HOUR)} 小时后"


def masked(email: str) -> str:
    """An address its owner recognises, and nobody learns from.

    >>> masked("zhang.san@example.cn")
    'z***@example.cn'
    """
    local, _, domain = normalize("NFKC", email).rpartition("@")  # it may be typed as ＠
    return f"{local[:1]}***@{domain}"


def in_sections(articles: Iterable[Article]) -> list[tuple[str, list[Article]]]:
    """Neighbours of one section together, under its title."""
    return [(title, list(group)) for title, group in groupby(articles, attrgetter("section"))]


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(
    instant=instant, day=day, masked=masked, in_sections=in_sections, issue_name=digests.issue_name
)
_environment.globals.update(
    style_url=styling.style_url, front_url=styling.front_url, house=styling.house
)
_environment.tests.update(
    a_table=lambda block: isinstance(block, Table),
    a_picture=lambda block: isinstance(block, Picture),
)


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page out of its template."""
    return html(_environment.get_template(template).render(values), status)


def html(text: str, status: int = 200, **headers: str) -> Response:
    """A page as it is."""
    return _answer(text, "text/html", status, headers)


def form_page(
    template: str, status: int = 200, *, scripted: bool = False, **values: object
) -> Response:
    """A page whose form must say that it came from it; `scripted`: it may run a script of ours."""
    policy = HEADERS["Content-Security-Policy"] + ("; script-src 'self'" if scripted else "")
    own = {"Referrer-Policy": "same-origin", "Content-Security-Policy": policy}
    return html(_environment.get_template(template).render(values), status, **own)


def script(content: bytes) -> Response:
    """A script of ours: its address names its bytes."""
    forever = {"Cache-Control": f"public, max-age={_A_YEAR_SECONDS}, immutable"}
    return _answer(content, "text/javascript", 200, forever)


def mailed(text: str) -> Response:
    """The HTML of a mail, as a page."""
    return _answer(text, "text/html", 200, AS_MAILED)


def plain(text: str, status: int = 200) -> Response:
    """A few words for a programme."""
    return _answer(text, "text/plain", status, {})


def xml(template: str, media_type: str, **values: object) -> Response:
    """A document for a programme, out of its template."""
    text = _NO_XML.sub("", _environment.get_template(template).render(values))
    return _answer(text, media_type, 200, {})


def json(text: str, status: int = 200) -> Response:
    """A document for a programme."""
    return _answer(text, "application/json", status, {})


def pixel() -> Response:
    """The smallest picture there is."""
    return _answer(_PIXEL, "image/gif", 200, {"Cache-Control": "no-store, private"})


def picture(content: bytes, media_type: str, *, for_all: bool = False) -> Response:
    """An image of an article: its address names its bytes, so a browser need never ask again."""
    whose = "public" if for_all else "private"
    forever = {"Cache-Control": f"{whose}, max-age={_A_YEAR_SECONDS}, immutable"}
    return _answer(content, media_type, 200, forever)


def style_sheet() -> Response:
    """The look of all pages: as with a picture, its address names its bytes."""
    forever = {"Cache-Control": f"public, max-age={_A_YEAR_SECONDS}, immutable"}
    return _answer(styling.SHEET, "text/css", 200, forever)


def redirect(url: str) -> Response:
    """To another page of ours."""
    return _answer("", None, 302, {"Location": url})


def retry_after(answer: Response, wait: timedelta) -> Response:
    """The same as the answer to who has asked too often (RFC 6585): not before `wait` is over."""
    answer.status_code = 429
    answer.headers["Retry-After"] = str(ceil(wait.total_seconds()))
    return answer


def notice(title: str, sentence: str) -> Response:
    """A page of one sentence."""
    text = _environment.get_template("message.html").render(title=title, sentence=sentence)
    return html(text)


def erased() -> Response:
    """What a link of long ago leads to whose reader is no longer known."""
    return notice("资料已删除", "您的资料已应您本人的要求删除，不会再收到摘要邮件。")


def message(status: int, **headers: str) -> Response:
    """The page that says what is wrong; always the same bytes for the same status."""
    title, sentence = _MESSAGES.get(status, _MESSAGES[400])
    text = _environment.get_template("message.html").render(title=title, sentence=sentence)
    return html(text, status, **headers)


def _answer(
    body: str | bytes, media_type: str | None, status: int, headers: dict[str, str]
) -> Response:
    return Response(body, status, {**HEADERS, **headers}, media_type)
