"""Confirming: a page that says what a reader agrees to, and a POST that is his consent."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import clock, delivery
from distribution.compiler import Masthead
from distribution.delivery import Asked, Standing
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.site import Site

_TITLES = {
    Standing.OPEN: "确认订阅",
    Standing.DONE: "已订阅",
    Standing.EXPIRED: "确认链接已过期",
    Standing.VOID: "确认链接已失效",
    Standing.LEFT: "已退订",
    Standing.BARRED: "这个地址暂时不能接收",
}


def show(site: Site, request: Request) -> Response:
    """Show what there is to confirm; changes nothing, because programmes follow every link."""
    _, row = asking.token(request, site.app.keyring, Use.CONFIRM)
    with site.app.reading() as session:
        found = delivery.asked(session, row, at=clock.now())
        return _page(site, found, site.app.stationery.masthead(session), now=False)


async def act(site: Site, request: Request) -> Response:
    """Take the reader's word; a second time it is said that it is done."""
    await asking.form(request)
    _, row = asking.token(request, site.app.keyring, Use.CONFIRM)
    return await run_in_threadpool(_act, site, row)


def _act(site: Site, row: int) -> Response:
    stationery = site.app.stationery
    with site.app.transaction() as session:
        found, now = delivery.confirm(session, stationery, row, at=clock.now())
        return _page(site, found, stationery.masthead(session), now=now)


def _page(site: Site, found: Asked, issue: Masthead, *, now: bool) -> Response:
    if found.standing is Standing.ERASED:
        return pages.erased()
    return pages.page(
        "confirming.html",
        issue=issue,
        email=found.letter.recipient,
        title=_TITLES[found.standing],
        standing=found.standing.name,
        now=now,
        wording=delivery.CONSENT_WORDING,
        preferences_url=site.app.addresses.letter_preferences(found.letter.id),
    )
