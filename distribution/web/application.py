"""The routes, and one answer for everything that goes wrong."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from distribution import events
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.delivery import Press
from distribution.errors import NotFound
from distribution.health import Examiner
from distribution.web import (
    approving,
    asking,
    catalogue,
    confirming,
    copying,
    erasing,
    favouring,
    feeds,
    fronting,
    health,
    leaving,
    moving,
    pages,
    preferences,
    styling,
    subscribing,
    tracking,
    webhooks,
)
from distribution.web.collecting import Announcer, GroupCommit, Opens
from distribution.web.fetching import Kept, fetch
from distribution.web.library import Library
from distribution.web.site import Hooks, Site
from distribution.webhooks import Fetch

log = logging.getLogger(__name__)

THREADS = 8
"""That answer at once; the database lends 15 connections to all of this process."""
LONGEST_ADDRESS = 2048
"""Path and query; ours have 40 characters, gateways add to them."""
LAST_OPENS_SECONDS = 5.0
"""How long the end waits until the last opens are stored."""


Ring = Callable[[list[int]], None]
"""Is told of what was stored, from a thread."""


def find_later(_inbox_ids: list[int]) -> None:
    """No bell: the ticker finds them."""


def make_app(
    app: App, ring: Ring, ring_notices: Ring = find_later, *, fetch: Fetch = fetch
) -> Starlette:
    """The pages of an installation; `ring` is for opens and clicks, the other for notices."""
    _ = app.keyring  # made here where it is new, not by two threads at once
    announcer, notices = Announcer(ring), Announcer(ring_notices)
    store = partial(_store, app)
    site = Site(
        app=app,
        library=Library(Press(app.addresses)),
        clicks=GroupCommit(store, announcer),
        opens=Opens(store, announcer),
        hooks=Hooks(notices, fetch, Kept(fetch)),
        examiner=Examiner(app),
    )
    made = Starlette(
        routes=_routes(site),
        middleware=[
            Middleware(
                styling.Framed, base_url=app.settings.base_url, name=app.settings.sender_name
            ),
            Middleware(RefuseLongAddresses),
        ],
        exception_handlers=_handlers(),
        lifespan=partial(_lifespan, site, announcer, notices),
    )
    made.state.outage = _Outage()
    counted = tracking.Counted(site, made.state.outage.ends)
    made.router.routes.insert(0, counted)
    made.router.redirect_slashes = False  # it would believe the Host header
    return made


def _store(app: App, requests: Sequence[events.Request]) -> list[events.Received | None]:
    with app.transaction() as session:
        return events.receive(session, requests)


@asynccontextmanager
async def _lifespan(
    site: Site, announcer: Announcer, notices: Announcer, _app: Starlette
) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    storing = asyncio.create_task(site.opens.store_until_stopped())
    try:
        yield
    finally:
        site.opens.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(storing, LAST_OPENS_SECONDS)
        await announcer.silence()
        await notices.silence()


_Page = Callable[[Site, Request], Awaitable[Response]]


def _routes(site: Site) -> list[Route]:
    pages_of: list[tuple[str, str, _Page]] = [
        ("GET", "/o/{token}", _counted_before),
        ("GET", "/c/{token}/{position}", _counted_before),
        *(("GET", path, _blocking(page)) for path, page in catalogue.PAGES),
        ("GET", "/u/{token}", _blocking(leaving.show)),
        ("POST", "/u/{token}", leaving.act),
        ("GET", "/p/{token}", _blocking(preferences.show)),
        ("POST", "/p/{token}", preferences.act),
        ("GET", "/p/{token}/erase", _blocking(erasing.show)),
        ("POST", "/p/{token}/erase", erasing.act),
        ("GET", "/p/{token}/{way}/{topic}", _blocking(favouring.show)),
        ("POST", "/p/{token}/{way}/{topic}", favouring.act),
        ("GET", "/approve/{token}", _blocking(approving.show)),
        ("POST", "/approve/{token}", approving.act),
        ("GET", "/m/{token}", _blocking(moving.show)),
        ("POST", "/m/{token}", moving.act),
        ("GET", "/d/{token}", _blocking(copying.show)),
        ("GET", "/d/{token}/json", _blocking(copying.download)),
        ("GET", "/s/{token}", _blocking(confirming.show)),
        ("POST", "/s/{token}", confirming.act),
        ("POST", f"{webhooks.PATH}/{{provider}}", webhooks.receive),
        ("GET", styling.PATH, _style_sheet),
        ("GET", "/health", health.health),
        ("GET", "/robots.txt", feeds.robots),
        ("GET", "/favicon.ico", _no_icon),
        ("GET", "/subscribe", _blocking(subscribing.show)),
        ("POST", "/subscribe", subscribing.act),
        ("GET", subscribing.SCRIPT, subscribing.script),
        ("GET", "/", _blocking(fronting.show)),
    ]
    return [
        Route(path, partial(_in_time, page, site), methods=[method])
        for method, path, page in pages_of
    ]


def _blocking(page: Callable[[Site, Request], Response]) -> _Page:
    """A page that waits for the database: in a thread."""

    async def answer(site: Site, request: Request) -> Response:
        return await run_in_threadpool(page, site, request)

    return answer


async def _in_time(page: _Page, site: Site, request: Request) -> Response:
    async with asking.in_time():
        answer = await page(site, request)
    if request.method == "POST" and answer.status_code < 400:  # noqa: PLR2004 - it was taken
        tracking.note_form(site, request)
    if page not in _ASKING_NOTHING and answer.status_code == 200:  # noqa: PLR2004 - all is well
        request.app.state.outage.ends()
    return answer


async def _counted_before(_site: Site, _request: Request) -> Response:
    raise asking.missing()  # here for the methods that are not for it: `tracking.Counted` is first


async def _style_sheet(_site: Site, _request: Request) -> Response:
    return pages.style_sheet()


async def _no_icon(_site: Site, _request: Request) -> Response:
    return pages.plain("", 204)


_ASKING_NOTHING: tuple[_Page, ...] = (
    _style_sheet,
    _no_icon,
    feeds.robots,
    health.health,
    subscribing.script,
    webhooks.receive,
)
"""Of the database, or not always: that one of them answers does not say that it is there."""


class RefuseLongAddresses:
    """No address of ours is that long, and nobody should have to read it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            length = len(scope["path"]) + len(scope["query_string"])
            if length > LONGEST_ADDRESS:
                await pages.message(414)(scope, receive, send)
                return
        await self._app(scope, receive, send)


# -- what goes wrong ---------------------------------------------------------------------------


def _handlers() -> dict[type[Exception], ExceptionHandler]:
    return {
        HTTPException: _refused,
        NotFound: _missing,
        ClientDisconnect: _gone,
        DatabaseUnusable: _unwell,
        Exception: _defect,
    }


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    if status == 405:  # noqa: PLR2004 - the status itself
        return pages.message(status, Allow=_allowed(request))
    return pages.message(status)


def _allowed(request: Request) -> str:
    """The methods of all routes of this path: Starlette names those of the first only."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.path_regex.match(request.scope["path"]):
            methods |= route.methods or set()
    return ", ".join(sorted(methods))


async def _missing(_request: Request, _error: Exception) -> Response:
    return pages.message(404)


async def _gone(_request: Request, _error: Exception) -> Response:
    return pages.message(400)  # nobody reads it


class _Outage:
    """Says once that the database is away, and once that it is back."""

    def __init__(self) -> None:
        self._away = False

    def begins(self, error: Exception) -> None:
        if not self._away:
            log.warning("no pages: %s", error)
        self._away = True

    def ends(self) -> None:
        if self._away:
            log.warning("pages again")
        self._away = False


async def _unwell(request: Request, error: Exception) -> Response:
    request.app.state.outage.begins(error)
    return pages.message(503, **{"Retry-After": str(pages.RETRY_AFTER_SECONDS)})


async def _defect(_request: Request, _error: Exception) -> Response:
    return pages.message(500)  # the server logs its traceback
