"""Reading on the web: a reader's digest, an issue's contents, and articles in full. Not counted."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from distribution import issues
from distribution.compiler import Article, Picture
from distribution.issues import StoredIssue
from distribution.links import Use
from distribution.models import Subscriber
from distribution.web import asking, caching, pages
from distribution.web.addressees import mail
from distribution.web.places import Place, placed
from distribution.web.site import Site


def front(site: Site, request: Request) -> Response:
    """The digest as its reader got it, or the contents of the whole issue.

    Why each article is in it says what somebody follows: it goes with his data.
    """
    use, row = asking.token(request, site.app.keyring, Use.READ, Use.RUN_READ)
    if use is Use.RUN_READ:
        return contents(site, request)
    with site.app.reading() as session:
        sent = mail(session, row)
        if session.get_one(Subscriber, sent.subscriber_id).erased_at is not None:
            return pages.erased()
        return pages.mailed(site.library.digest(session, sent).html)


def _contents(site: Site, session: Session, request: Request, place: Place) -> Response:
    """An issue's articles by their sections."""
    issue = _issue(site, session, request, place)
    return pages.page("contents.html", articles=_articles(issue), **_shared(place, issue))


def _whole(site: Site, session: Session, request: Request, place: Place) -> Response:
    """An issue in full on one page, its contents above: to be printed, or read without the web."""
    issue = _issue(site, session, request, place)
    articles = _articles(issue)
    sizes = issues.sizes(session, _pictures(articles))
    return pages.page("whole.html", articles=articles, sizes=sizes, **_shared(place, issue))


def _article(site: Site, session: Session, request: Request, place: Place) -> Response:
    """One article of an issue, between its neighbours."""
    position = asking.position(request)
    issue = _issue(site, session, request, place)
    by_position = {stored.article.position: stored for stored in issue.articles}
    if position not in by_position:
        raise asking.missing()
    stored, shelf = by_position[position], site.library.shelf(session)
    before, after = by_position.get(position - 1), by_position.get(position + 1)
    return pages.page(
        "article.html",
        article=stored.article,
        sizes=issues.sizes(session, _pictures((stored.article,))),
        before=before and before.article,
        after=after and after.article,
        related=[(one, shelf[one.key].masthead) for one in shelf.kinship.of(stored.id)],
        **_shared(place, issue),
    )


def _picture(site: Site, session: Session, request: Request, place: Place) -> Response:
    """An image that stands in an article of this issue; of no other issue."""
    sha256 = request.path_params["sha256"]
    issue = _issue(site, session, request, place)
    asset = issues.asset(session, sha256) if sha256 in _pictures(_articles(issue)) else None
    if asset is None:
        raise asking.missing()
    return pages.picture(asset.content, asset.media_type, for_all=place.public)


contents, whole, article = map(placed, (_contents, _whole, _article))
picture = placed(_picture, public=caching.as_made)


def _issue(site: Site, session: Session, request: Request, place: Place) -> StoredIssue:
    """The issue the address names; raises `missing`."""
    key = request.path_params.get("key", place.own_key)
    if place.own and key == place.own_key:
        return place.own
    return site.library.issue(session, site.library.shelf(session)[key].id)


def _shared(place: Place, issue: StoredIssue) -> dict[str, Any]:
    """What every page of an issue is told."""
    return {"issue": issue.masthead, "place": place, "url": place.issue(issue.masthead.key)}


def _articles(issue: StoredIssue) -> list[Article]:
    return [stored.article for stored in issue.articles]


def _pictures(articles: Iterable[Article]) -> set[str]:
    """The hashes of the images in these articles."""
    return {
        block.sha256
        for article in articles
        for block in article.blocks
        if isinstance(block, Picture)
    }
