"""Reading on the web: a reader's digest, an issue's contents, and articles in full. Not counted."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from distribution import issues
from distribution.compiler import Article, Picture
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.addressees import mail
from distribution.web.site import Site


def front(site: Site, request: Request) -> Response:
    """The digest as its reader got it, or the contents of the whole issue."""
    use, row = asking.token(request, site.app.keyring, Use.READ, Use.RUN_READ)
    with site.app.reading() as session:
        if use is Use.READ:
            return pages.html(site.library.digest(session, mail(session, row)).html)
        issue = site.library.issue_of_run(session, row)
        return pages.page(
            "contents.html",
            issue=issue.masthead,
            articles=[stored.article for stored in issue.articles],
            url=site.app.addresses.run_read(row),
        )


def article(site: Site, request: Request) -> Response:
    """One article of the issue, between its neighbours.

    Its address names nobody, because people hand the addresses of articles on: who holds a link
    of his own mail is led to it.
    """
    use, row = asking.token(request, site.app.keyring, Use.READ, Use.RUN_READ)
    position = asking.position(request)
    with site.app.reading() as session:
        run_id = mail(session, row).run_id if use is Use.READ else row
        issue = site.library.issue_of_run(session, run_id)
        by_position = {stored.article.position: stored.article for stored in issue.articles}
        if position not in by_position:
            raise asking.missing()
        sizes = issues.sizes(session, _pictures((by_position[position],)))
    url = site.app.addresses.run_read(run_id)
    if use is Use.READ:
        return pages.redirect(f"{url}/{position}")
    return pages.page(
        "article.html",
        issue=issue.masthead,
        article=by_position[position],
        sizes=sizes,
        before=by_position.get(position - 1),
        after=by_position.get(position + 1),
        url=url,
    )


def picture(site: Site, request: Request) -> Response:
    """An image that stands in an article of the run's issue; of no other issue."""
    _, run_id = asking.token(request, site.app.keyring, Use.RUN_READ)
    sha256 = request.path_params["sha256"]
    with site.app.reading() as session:
        issue = site.library.issue_of_run(session, run_id)
        shown = _pictures(stored.article for stored in issue.articles)
        asset = issues.asset(session, sha256) if sha256 in shown else None
    if asset is None:
        raise asking.missing()
    return pages.picture(asset.content, asset.media_type)


def _pictures(articles: Iterable[Article]) -> set[str]:
    """The hashes of the images in these articles."""
    return {
        block.sha256
        for article in articles
        for block in article.blocks
        if isinstance(block, Picture)
    }
