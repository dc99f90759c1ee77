"""A new address: a page that shows where the mails will go, and a POST that sends them there."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import clock, delivery
from distribution.compiler import Masthead
from distribution.delivery import Moving, Standing
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.site import Site

_TITLES = {
    Standing.OPEN: "确认新的邮箱",
    Standing.DONE: "邮箱已更换",
    Standing.EXPIRED: "确认链接已过期",
    Standing.VOID: "确认链接已失效",
    Standing.BARRED: "这个邮箱不能使用",
}


def show(site: Site, request: Request) -> Response:
    """Show what would change; changes nothing, because programmes follow every link."""
    _, row = asking.token(request, site.app.keyring, Use.MOVE)
    hasher = site.app.keyring.address_hash
    with site.app.reading() as session:
        found = delivery.move_asked(session, row, hasher, at=clock.now())
        return _page(site, found, site.app.stationery.masthead(session), now=False)


async def act(site: Site, request: Request) -> Response:
    """Take the address over; a second time it is said that it is done."""
    asking.refuse_other_sites(request, site.app.settings.base_url)
    await asking.form(request)
    _, row = asking.token(request, site.app.keyring, Use.MOVE)
    return await run_in_threadpool(_act, site, row)


def _act(site: Site, row: int) -> Response:
    stationery, hasher = site.app.stationery, site.app.keyring.address_hash
    with site.app.transaction() as session:
        found, now = delivery.move(session, stationery, row, hasher, at=clock.now())
        return _page(site, found, stationery.masthead(session), now=now)


def _page(site: Site, found: Moving, issue: Masthead, *, now: bool) -> Response:
    if found.standing is Standing.ERASED:
        return pages.erased()
    return pages.page(
        "moving.html",
        issue=issue,
        email=found.letter.recipient,
        before=found.subscriber.email,
        title=_TITLES[found.standing],
        standing=found.standing.name,
        now=now,
        left=found.left,
        preferences_url=site.app.addresses.letter_preferences(found.letter.id),
    )
