"""Ten thousand looks at the links of all mails change nothing but what counts them."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product

import pytest
from databases import inbox, only_sqlite
from mailbag import mails, write_letters
from runs import SEPTEMBER, plan_sample
from starlette.types import ASGIApp, Message
from web_office import contents_of, links_of, path_of

from distribution import web
from distribution.app import App

only_postgresql = pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
AT_ONCE = 32
LOOKERS: tuple[dict[str, str], ...] = (
    {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0"},
    {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0", "purpose": "prefetch"},
    {"user-agent": "SafeLinks-Scanner/1.0", "x-http-method-override": "POST"},
    {"user-agent": "", "referer": "https://webmail.test/", "cookie": "a=b"},
    {"user-agent": "python-requests/2.31", "x-original-method": "DELETE"},
)
"""A reader, a browser that reads ahead, gateways that open all links, and some that try more."""


@only_sqlite
def test_ten_thousand_looks_at_the_links_of_all_mails_change_nothing(app: App) -> None:
    assert looks_without_effect(app, LOOKERS) >= 10_000


@only_postgresql
def test_scanners_may_follow_every_link_of_every_mail(app: App) -> None:
    assert looks_without_effect(app, LOOKERS[2:3]) >= 2_000


def looks_without_effect(app: App, lookers: Sequence[dict[str, str]]) -> int:
    """So many were answered while no row of any table changed but those that count them."""
    plan_sample(app, at=SEPTEMBER)
    write_letters(app)
    links = {path_of(link) for mail in mails(app) for link in links_of(mail)}
    assert {link[:3] for link in links} == {f"/{kind}/" for kind in "cdmoprsu"}
    before = contents_of(app)

    answered = asyncio.run(looked_at(app, links, lookers))

    assert set(answered) == {200, 302}
    assert contents_of(app) == before
    counted = sum(link[:3] in ("/c/", "/o/") for link in links)
    assert len(inbox(app)) == counted * 2 * len(lookers)
    return answered.total()


async def looked_at(
    app: App, links: Iterable[str], lookers: Sequence[dict[str, str]]
) -> Counter[int]:
    """Every link, by GET and HEAD, by every looker; so many answers by their status."""
    site, seen = web.make_app(app, lambda _ids: None), Counter[int]()
    waiting = list(product(sorted(links), ("GET", "HEAD"), lookers))

    async def look() -> None:
        while waiting:
            seen[await status(site, *waiting.pop())] += 1

    async with site.router.lifespan_context(site):
        await asyncio.gather(*(look() for _ in range(AT_ONCE)))
    return seen


async def status(site: ASGIApp, path: str, method: str, headers: dict[str, str]) -> int:
    """Of the answer: asked as a server asks, since a client would take longer than the pages."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.7", 50_000),
    }
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        said.append(message)

    await site(scope, receive, send)
    return int(said[0]["status"])
