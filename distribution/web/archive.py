"""The archive of all issues, and the search through all of their articles."""

from functools import partial

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from distribution import issues, topics
from distribution.compiler import Masthead
from distribution.web import caching, pages
from distribution.web.places import Place, placed
from distribution.web.site import Site

PER_PAGE = 20


def _archive(site: Site, session: Session, _request: Request, place: Place) -> Response:
    """All issues, the newest year first."""
    return pages.page(
        "archive.html",
        place=place,
        years=site.library.shelf(session).by_year(),
        topics=topics.names(session),
        issue=_masthead(site, session),
    )


def _search(site: Site, session: Session, request: Request, place: Place) -> Response:
    """What was found of what was typed; whatever it is, a page answers."""
    typed = request.query_params.get("q", "")
    wanted = issues.wanted(typed)
    shelf = site.library.shelf(session)
    found = issues.search(session, wanted, [one.id for one in shelf.issues])
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(_page_number(request.query_params.get("page", "")), last)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return pages.page(
        "search.html",
        place=place,
        issue=_masthead(site, session),
        typed=" ".join(typed.split())[: issues.LONGEST_SEARCH],
        wanted=wanted,
        count=len(found),
        hits=issues.hits(session, shown, wanted),
        shelf=shelf,
        first=(number - 1) * PER_PAGE + 1,
        number=number,
        last=last,
    )


archive = placed(_archive)
search = placed(_search, public=partial(caching.for_all, indexed=False))


def _page_number(written: str) -> int:
    """From 1; whatever is no number is the first.

    >>> _page_number("3"), _page_number("-1"), _page_number("x"), _page_number("9" * 30)
    (3, 1, 1, 99999)
    """
    return int(written[:5]) if written.isascii() and written.isdigit() and int(written[:5]) else 1


def _masthead(site: Site, session: Session) -> Masthead:
    """What stands above: the name of the magazine, of no issue in particular."""
    return site.app.stationery.masthead(session)
