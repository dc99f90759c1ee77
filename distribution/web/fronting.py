"""The front door: what the magazine sends, and how to get it."""

from starlette.requests import Request
from starlette.responses import Response

from distribution import config
from distribution.web import pages
from distribution.web.site import Site


def show(site: Site, _request: Request) -> Response:
    """Show it; readers come in by their mails."""
    with site.app.reading() as session:
        issue = site.app.stationery.masthead(session)
    settings = site.app.settings
    return pages.page(
        "front.html",
        issue=issue,
        open=config.takes_sign_ups(settings),
        public=settings.reading == "public",
    )
