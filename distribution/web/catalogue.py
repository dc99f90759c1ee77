"""Which pages there are of issues, and under which paths: below a token, and without one."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from distribution.web import archive, feeds, reading
from distribution.web.site import Site

_OWN: list[tuple[str, Callable[[Site, Request], Response]]] = [
    ("", reading.front),
    ("/whole", reading.whole),
    ("/{position}", reading.article),
    ("/images/{sha256}", reading.picture),
]
"""Of the issue whose run the token names."""
_ALL: list[tuple[str, Callable[[Site, Request], Response]]] = [
    ("/archive", archive.archive),
    ("/search", archive.search),
    ("/feed.xml", feeds.feed),
    ("/feeds/{topic}.xml", feeds.of_topic),
    ("/issues/{key}", reading.contents),
    ("/issues/{key}/whole", reading.whole),
    ("/issues/{key}/{position}", reading.article),
    ("/issues/{key}/images/{sha256}", reading.picture),
]
PAGES = [
    *((f"/r/{{token}}{path}", page) for path, page in (*_ALL, *_OWN)),
    *_ALL,
    ("/sitemap.xml", feeds.sitemap),
]
