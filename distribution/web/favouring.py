"""Less or more of a topic: from a link below its heading in the mail, a page with one button."""

from collections.abc import Sequence

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, audit, clock, topics
from distribution.links import Use
from distribution.models import Topic
from distribution.web import asking, pages
from distribution.web.addressees import Addressee, addressee, origin_of
from distribution.web.preferences import USES
from distribution.web.site import Site
from distribution.words import Edition, TopicsFrom

LESS, MORE = "less", "more"


def show(site: Site, request: Request) -> Response:
    """Show what would change; changes nothing, because programmes follow every link."""
    token = asking.token(request, site.app.keyring, *USES)
    with site.app.reading() as session:
        reader = addressee(site, session, token)
        return pages.erased() if reader.erased else _page(site, session, reader, _asked(request))


async def act(site: Site, request: Request) -> Response:
    """Change it, and show how it is taken back."""
    asking.refuse_other_sites(request, site.app.settings.base_url)
    await asking.form(request)
    token = asking.token(request, site.app.keyring, *USES)
    return await run_in_threadpool(_act, site, token, _asked(request))


_Asked = tuple[str, str]
"""Less or more, and the code of the topic as his mail named it."""


def _asked(request: Request) -> _Asked:
    way, code = request.path_params["way"], request.path_params["topic"]
    if way not in (LESS, MORE):
        raise asking.missing()
    return way, code


def _act(site: Site, token: tuple[Use, int], asked: _Asked) -> Response:
    with site.app.transaction() as session:
        audience.lock_subscriber(session, origin_of(site, session, token).subscriber_id)
        reader = addressee(site, session, token)
        if reader.erased:
            return pages.erased()
        wanted = changed(session, reader, asked[0], _topic(session, asked[1]))
        if wanted is not None:
            row, at = reader.profile.subscriber, clock.now()
            audience.set_interests(session, row, audience.Wishes(topics=wanted), by="reader")
            facts = {"topics": wanted, asked[0]: asked[1]}  # the report tells links from the page
            audit.record(session, "reader.preferences", str(row.id), by="reader", at=at, **facts)
            session.flush()
        now = addressee(site, session, token)
        return _page(site, session, now, asked, done=True)


def _topic(session: Session, code: str) -> Topic:
    """The topic of this code, or the one it has become part of since the mail."""
    now = topics.successors(session).get(code, code)
    for topic in topics.all_topics(session):
        if topic.code == now:
            return topic
    raise asking.missing()


def changed(session: Session, reader: Addressee, way: str, topic: Topic) -> Sequence[str] | None:
    """The topics he would have then; None where nothing would be different, or worse.

    Who chose none himself begins with those that were chosen for him, or with all.
    """
    now = [one.code for one in following(session, reader)]
    if way == MORE:
        return [*now, topic.code] if topic.code not in now else None
    left = [code for code in now if code != topic.code]
    return left if left and left != now else None


def following(session: Session, reader: Addressee) -> Sequence[Topic]:
    """The topics he gets now, whoever chose them."""
    profile = reader.profile
    return profile.topics or profile.default_topics or topics.all_topics(session)


def _page(
    site: Site, session: Session, reader: Addressee, asked: _Asked, *, done: bool = False
) -> Response:
    way, topic = asked[0], _topic(session, asked[1])
    codes = [one.code for one in following(session, reader)]
    profile, url = reader.profile, reader.origin.preferences_url
    return pages.page(
        "favouring.html",
        issue=reader.masthead(site, session),
        email=profile.subscriber.email,
        topic=topic.name,
        less=way == LESS,
        follows=topic.code in codes,
        only=codes == [topic.code],
        possible=changed(session, reader, way, topic) is not None,
        done=done,
        chosen_by_others=profile.topics_from is not TopicsFrom.OWN,
        standard=profile.subscriber.edition is Edition.STANDARD,
        back_url=f"{url}/{MORE if way == LESS else LESS}/{topic.code}",
        preferences_url=url,
    )
