"""Reading on the web: a reader's digest, an issue's contents, and articles in full. Not counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from distribution.delivery import Sent
from distribution.issues import StoredArticle, StoredIssue
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.site import Site
from distribution.web.store import mail


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Articles in the order somebody reads them, and where he came from."""

    issue: StoredIssue
    articles: tuple[StoredArticle, ...]
    url: str
    """Followed by /position: an article."""
    sent: Sent | None
    """The mail whose links lead here; None: the whole issue, of nobody."""


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
    """One article of the issue, between its neighbours."""
    use, row = asking.token(request, site.app.keyring, Use.READ, Use.RUN_READ)
    position = asking.position(request)
    with site.app.reading() as session:
        shelf = _shelf(site, session, use, row)
    found = [stored for stored in shelf.issue.articles if stored.article.position == position]
    if not found:
        raise asking.missing()
    before, after = neighbours(shelf.articles, found[0])
    addresses, sent = site.app.addresses, shelf.sent
    return pages.page(
        "article.html",
        issue=shelf.issue.masthead,
        article=found[0].article,
        before=before.article if before else None,
        after=after.article if after else None,
        url=shelf.url,
        own=sent is not None,
        preferences_url=addresses.preferences(sent.delivery_id) if sent else "",
        unsubscribe_url=addresses.unsubscribe(sent.delivery_id) if sent else "",
    )


def neighbours(
    articles: Sequence[StoredArticle], of: StoredArticle
) -> tuple[StoredArticle | None, StoredArticle | None]:
    """What stands before and after; nothing around an article that is not among them."""
    if of not in articles:
        return None, None
    place = articles.index(of)
    before = articles[place - 1] if place else None
    after = articles[place + 1] if place + 1 < len(articles) else None
    return before, after


def _shelf(site: Site, session: Session, use: Use, row: int) -> _Shelf:
    if use is Use.RUN_READ:
        issue = site.library.issue_of_run(session, row)
        return _Shelf(issue, issue.articles, site.app.addresses.run_read(row), None)
    sent = mail(session, row)
    issue = site.library.issue(session, sent.issue_id)
    by_id = {stored.id: stored for stored in issue.articles}
    chosen = tuple(by_id[number] for number in site.library.articles(session, sent))
    return _Shelf(issue, chosen, site.app.addresses.read(row), sent)
