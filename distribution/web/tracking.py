"""The pixel and the counted links: recorded as they come, judged later."""

from collections.abc import Callable
from typing import NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from distribution import clock, events
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.site import Site
from distribution.words import Signal

_METHODS = ("GET", "HEAD")
_BROWSERS = frozenset(("origin", "sec-fetch-mode"))
"""Headers that come with every form a browser sends."""
_PIXEL = pages.pixel()


class Counted(BaseRoute):
    """All of both: nearly every request is one of them, so no other route is looked at first."""

    def __init__(self, site: Site, worked: Callable[[], None]) -> None:
        self._site, self._worked = site, worked

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whatever is asked for there; other methods are the usual routes' to refuse."""
        counted = scope["type"] == "http" and scope["path"][:3] in {"/o/", "/c/"}
        return (Match.FULL if counted and scope["method"] in _METHODS else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: object) -> NoReturn:
        """None: `links` makes all addresses."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one of them; raises as pages do."""
        match scope["path"].split("/"):
            case ["", "o", token]:
                answer = self._pixel(scope, token)
            case ["", "c", token, position]:
                answer = await self._click(scope, token, position)
            case _:
                raise asking.missing()
        await answer(scope, receive, send)

    def _pixel(self, scope: Scope, token: str) -> Response:
        """Answer at once, without the database; the open is stored with others."""
        use, row = asking.read_token(token, self._site.app.keyring, Use.OPEN)
        self._site.opens.add(self._seen(scope, Signal.OPEN, use, row, 0))
        return _PIXEL

    async def _click(self, scope: Scope, token: str, place: str) -> Response:
        """Store the click, then lead on to the article: always to an address of ours.

        Whoever follows the link that no reader sees is answered as all others, with the contents.
        """
        app = self._site.app
        use, row = asking.read_token(token, app.keyring, Use.CLICK, Use.RUN_CLICK)
        position = asking.read_position(place, first=events.HIDDEN)
        seen = self._seen(scope, Signal.CLICK, use, row, position)
        async with asking.in_time():
            stored = await self._site.clicks.add(seen)
        self._worked()
        if stored is None:
            raise asking.missing()
        contents = app.addresses.run_read(stored.run_id)
        return pages.redirect(contents if position == events.HIDDEN else f"{contents}/{position}")

    def _seen(
        self, scope: Scope, signal: Signal, use: Use, row: int, position: int
    ) -> events.Request:
        who = asking.client_of(self._site.app, scope)
        return events.Request(signal, use, row, position, clock.now(), who)


def note_form(site: Site, request: Request) -> None:
    """A form of a mail's page was taken: whoever sent it is a person, and so are his clicks.

    Mail programmes that leave for their user are none, nor is anything that is no browser.
    """
    token = request.path_params.get("token")
    browser = not _BROWSERS.isdisjoint(request.headers.keys())
    if token is None or not browser:
        return
    try:
        use, row = asking.read_token(token, site.app.keyring, Use.PREFERENCES, Use.UNSUBSCRIBE)
    except HTTPException:
        return  # of a letter, which nobody counts
    who = asking.client(site.app, request)
    site.opens.add(events.Request(Signal.ACT, use, row, 0, clock.now(), who))
