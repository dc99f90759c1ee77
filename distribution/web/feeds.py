"""Feeds of new articles: of all, of a topic, a reader's own; and what robots are told."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from distribution import topics
from distribution.compiler import Article
from distribution.issues import Shelved
from distribution.links import Use
from distribution.web import asking, caching, pages, styling
from distribution.web.addressees import addressee, mail
from distribution.web.places import Place, placed
from distribution.web.site import Site

MOST_ENTRIES = 60
_MOST_ISSUES = 12
"""So far back a topic is followed that few articles belong to."""
_OPEN_TO_ROBOTS = ("/issues/", "/archive", "/feed.xml", "/feeds/", "/sitemap.xml", styling.PATH)


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a feed."""

    shelved: Shelved
    article: Article
    topics: tuple[str, ...]
    """Names."""


def _all(site: Site, session: Session, _request: Request, place: Place) -> Response:
    return _feed(site, session, place, "新文章", place.feed)


def _of_topic(site: Site, session: Session, request: Request, place: Place) -> Response:
    code = request.path_params["topic"]
    name = topics.names(session).get(code)
    if name is None:
        raise asking.missing()
    return _feed(site, session, place, name, place.topic_feed(code), {code})


everything = placed(_all, private=caching.for_one)
of_topic = placed(_of_topic, private=caching.for_one)


def feed(site: Site, request: Request) -> Response:
    """All new articles, or where the link is a reader's own, those of the topics he follows now."""
    if "token" not in request.path_params:
        return everything(site, request)
    token = asking.token(request, site.app.keyring, Use.READ, Use.RUN_READ)
    if token[0] is Use.RUN_READ:
        return everything(site, request)
    with site.app.reading() as session:
        reader = addressee(site, session, token)
        if reader.erased:
            raise asking.missing()
        place = Place(site.app.addresses.run_read(mail(session, token[1]).run_id))
        chosen = reader.profile.topics or reader.profile.default_topics
        own = {topic.code for topic in chosen} or None
        url = own_url(site, token[1])
        return caching.for_one(request, _feed(site, session, place, "我的关注", url, own))


def own_url(site: Site, delivery_id: int) -> str:
    """Where the reader of a digest has a feed of his own."""
    return f"{site.app.addresses.read(delivery_id)}/feed.xml"


def _feed(
    site: Site,
    session: Session,
    place: Place,
    title: str,
    url: str,
    wanted: AbstractSet[str] | None = None,
) -> Response:
    """`url` is the feed's own address; `wanted` are codes of topics, None for all."""
    shelf = site.library.shelf(session)
    entries = list(islice(_entries(site, session, wanted), MOST_ENTRIES))
    return pages.xml(
        "feed.xml",
        "application/atom+xml",
        title=title,
        url=url,
        place=place,
        issue=site.app.stationery.masthead(session),
        entries=entries,
        updated=max((one.approved_at for one in shelf.issues), default=None),
        authority=urlsplit(site.app.addresses.base_url).hostname,
    )


def _entries(site: Site, session: Session, wanted: AbstractSet[str] | None) -> Iterator[Entry]:
    names, now = topics.names(session), topics.successors(session)
    for shelved in site.library.shelf(session).issues[:_MOST_ISSUES]:
        for stored in site.library.issue(session, shelved.id).articles:
            codes = [now.get(code, code) for code in stored.topics]
            if wanted is None or not wanted.isdisjoint(codes):
                known = tuple(names[code] for code in codes if code in names)
                yield Entry(shelved, stored.article, known)


def _sitemap(site: Site, session: Session, _request: Request, place: Place) -> Response:
    """Every address there is for everybody."""
    shelf = site.library.shelf(session)
    return pages.xml("sitemap.xml", "application/xml", place=place, issues=shelf.issues)


sitemap = placed(_sitemap)


async def robots(site: Site, _request: Request) -> Response:
    """Programmes are told to stay away, where reading is public from all but the issues."""
    if site.app.settings.reading != "public":
        return pages.plain("User-agent: *\nDisallow: /\n")
    base = site.app.addresses.base_url
    prefix = urlsplit(base).path
    allowed = "".join(f"Allow: {prefix}{path}\n" for path in _OPEN_TO_ROBOTS)
    return pages.plain(
        f"User-agent: *\n{allowed}Disallow: {prefix}/\n\nSitemap: {base}/sitemap.xml\n"
    )
