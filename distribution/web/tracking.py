"""The pixel and the counted links: recorded as they come, judged later."""

from starlette.requests import Request
from starlette.responses import Response

from distribution import clock, events
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.site import Site
from distribution.words import Signal


async def pixel(site: Site, request: Request) -> Response:
    """Answer at once, without the database; the open is stored with others."""
    use, row = asking.token(request, site.app.keyring, Use.OPEN)
    site.opens.add(_seen(request, Signal.OPEN, use, row, 0))
    return pages.pixel()


async def click(site: Site, request: Request) -> Response:
    """Store the click, then lead on to the article: always to an address of ours."""
    use, row = asking.token(request, site.app.keyring, Use.CLICK, Use.RUN_CLICK)
    position = asking.position(request)
    stored = await site.clicks.add(_seen(request, Signal.CLICK, use, row, position))
    if stored is None:
        raise asking.missing()
    return pages.redirect(f"{site.app.addresses.run_read(stored.run_id)}/{position}")


def _seen(request: Request, signal: Signal, use: Use, row: int, position: int) -> events.Request:
    return events.Request(signal, use, row, position, clock.now(), asking.client(request))
