"""Where a visitor stands among the issues, and where the links of his pages lead.

Under the token of his mail's run or, where reading is public, anywhere: the same pages answer both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from distribution.issues import StoredIssue
from distribution.links import Use
from distribution.web import asking, caching, pages
from distribution.web.addressees import mail
from distribution.web.site import Site

_OF_ALL_ISSUES = ("archive", "search", "feed.xml", "feeds", "issues")
"""Beginnings of paths below a token that are not about the issue of its run."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where all links of a page begin."""

    root: str
    own: StoredIssue | None = None
    """The issue of the run whose token is in the address; its pages stand at the root itself."""
    public: bool = False

    @property
    def own_key(self) -> str:
        """Its name; empty where there is none."""
        return self.own.masthead.key if self.own else ""

    @property
    def archive(self) -> str:
        """All issues."""
        return f"{self.root}/archive"

    @property
    def search(self) -> str:
        """All articles."""
        return f"{self.root}/search"

    @property
    def feed(self) -> str:
        """New articles, for a feed reader."""
        return f"{self.root}/feed.xml"

    def topic_feed(self, code: str) -> str:
        """Those of one topic."""
        return f"{self.root}/feeds/{code}.xml"

    def issue(self, key: str) -> str:
        """The contents of an issue; followed by a position, one article."""
        return self.root if key == self.own_key else f"{self.root}/issues/{key}"


Page = Callable[[Site, Session, Request, Place], Response]


Finish = Callable[[Request, Response], Response]


def placed(
    page: Page, public: Finish = caching.for_all, private: Finish = caching.as_made
) -> Callable[[Site, Request], Response]:
    """A page that is told where its visitor stands, or leads him where he should stand.

    `public` and `private` say how long what it answers there may be kept.
    """

    @wraps(page)
    def answer(site: Site, request: Request) -> Response:
        with site.app.reading() as session:
            place, better = find(site, session, request)
            made = page(site, session, request, place)  # raises `missing` where nothing is
        if better:
            return pages.redirect(better)
        return (public if place.public else private)(request, made)

    return answer


def find(site: Site, session: Session, request: Request) -> tuple[Place, str]:
    """The visitor's place, and the same page's better address where there is one.

    Addresses people hand on name nobody: who holds a link of his own mail is led to that of its
    run, and where reading is public, everybody to the plain address. Raises `missing`.
    """
    addresses, public = site.app.addresses, site.app.settings.reading == "public"
    if "token" not in request.path_params:
        if not public:
            raise asking.missing()
        return Place(addresses.base_url, public=True), ""
    use, row = asking.token(request, site.app.keyring, Use.READ, Use.RUN_READ)
    run_id = mail(session, row).run_id if use is Use.READ else row
    place = Place(addresses.run_read(run_id), site.library.issue_of_run(session, run_id))
    rest = _below_token(request)
    if public and rest[1:].partition("/")[0].partition("?")[0] in _OF_ALL_ISSUES:
        return place, f"{addresses.base_url}{rest}"
    if public and place.own_key in site.library.shelf(session):
        return place, f"{addresses.base_url}/issues/{place.own_key}{rest}"
    return place, f"{place.root}{rest}" if use is Use.READ else ""


def _below_token(request: Request) -> str:
    """What follows the token in the address, spelt so that it can stand in a header."""
    parts = request.scope["path"].split("/", 3)[3:]
    query = request.scope["query_string"].decode("latin-1")
    return "".join(f"/{quote(part)}" for part in parts) + (f"?{query}" if query else "")
