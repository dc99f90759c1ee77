"""A reader's own settings: topics, edition, and what we may learn from his reading."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, audit, clock, topics
from distribution.audience import Statement
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.addressees import Addressee, addressee, origin_of
from distribution.web.site import Site
from distribution.words import Decision, Edition, Purpose, TopicsFrom

USES = (Use.PREFERENCES, Use.LETTER_PREFERENCES)
TRACKING = {
    said: audience.text_of(Purpose.TRACKING, said).words
    for said in (Decision.GRANTED, Decision.WITHDRAWN)
}
"""The exact words each answer is given to; they are kept with it."""
EDITIONS = {
    Edition.PERSONALISED: "按关注的主题和关注词为我选文",
    Edition.STANDARD: "每期全部文章，不按个人特征选文",
}
_MOST_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader sent."""

    topics: frozenset[str]
    edition: Edition
    tracking: Decision | None
    """None where he left the question open."""


def show(site: Site, request: Request) -> Response:
    """Show what is set; changes nothing."""
    token = asking.token(request, site.app.keyring, *USES)
    with site.app.reading() as session:
        reader = addressee(site, session, token)
        return pages.erased() if reader.erased else _page(site, session, reader, saved=False)


async def act(site: Site, request: Request) -> Response:
    """Take over what he set, and show it to him."""
    body = await asking.form(request)
    token = asking.token(request, site.app.keyring, *USES)
    wishes = read(body)
    if wishes is None:
        raise HTTPException(400)
    return await run_in_threadpool(_act, site, token, wishes)


def read(body: bytes) -> Wishes | None:
    """Read the form; None for what is none of ours, which must not pass for "no topics".

    >>> read(b"topic=policy&topic=quality&edition=standard").edition
    <Edition.STANDARD: 'standard'>
    >>> read(b"") is read(b"edition=golden") is None
    True
    """
    try:
        fields = parse_qs(body.decode(), max_num_fields=_MOST_FIELDS)
        return Wishes(
            topics=frozenset(fields.get("topic", ())),
            edition=Edition(fields["edition"][-1]),
            tracking=_answer(fields["tracking"][-1]) if "tracking" in fields else None,
        )
    except (ValueError, KeyError):
        return None


def _answer(given: str) -> Decision:
    """One of the answers the page offers; KeyError for any other word."""
    return {said.value: said for said in TRACKING}[given]


def _act(site: Site, token: tuple[Use, int], wishes: Wishes) -> Response:
    with site.app.transaction() as session:
        audience.lock_subscriber(session, origin_of(site, session, token).subscriber_id)
        reader = addressee(site, session, token)
        if reader.erased:
            return pages.erased()
        _save(session, reader, wishes, clock.now())
        session.flush()
        return _page(site, session, addressee(site, session, token), saved=True)


def _save(session: Session, reader: Addressee, wishes: Wishes, at: datetime) -> None:
    """Change what differs, and write down who did it; the same again leaves no trace."""
    profile = reader.profile
    before = [topic.code for topic in profile.topics]
    now = topics.successors(session)  # his page may be older than a merge
    wanted = frozenset(now.get(code, code) for code in wishes.topics)
    codes = in_his_order(before, [topic.code for topic in topics.all_topics(session)], wanted)
    changed: dict[str, object] = {}
    if codes != before:
        changed["topics"] = codes
    if wishes.edition is not profile.subscriber.edition:
        changed["edition"] = wishes.edition.value
    if changed:
        now_wanted = audience.Wishes(topics=codes, edition=wishes.edition)
        audience.set_interests(session, profile.subscriber, now_wanted, by="reader")
    if wishes.tracking is not None:
        said = Statement(
            wishes.tracking,
            wording=TRACKING[wishes.tracking],
            channel="web",
            purpose=Purpose.TRACKING,
            delivery_id=reader.origin.delivery_id,
        )
        if audience.record_consent(session, profile.subscriber.id, said, by="reader", at=at):
            changed["tracking"] = wishes.tracking.value
    if changed:
        subject = str(profile.subscriber.id)
        audit.record(session, "reader.preferences", subject, by="reader", at=at, **changed)


def in_his_order(before: list[str], known: list[str], wanted: frozenset[str]) -> list[str]:
    """Topics that stay keep their order, new ones follow in the editors'; others are ignored.

    >>> in_his_order(["c", "a"], ["a", "b", "c", "d"], frozenset("dcbx"))
    ['c', 'b', 'd']
    """
    kept = [code for code in before if code in wanted]
    return kept + [code for code in known if code in wanted and code not in kept]


def _page(site: Site, session: Session, reader: Addressee, *, saved: bool) -> Response:
    profile = reader.profile
    tracking, digest = reader.last_word(Purpose.TRACKING), reader.last_word(Purpose.DIGEST)
    return pages.page(
        "preferences.html",
        issue=reader.masthead(site, session),
        email=profile.subscriber.email,
        saved=saved,
        left=digest is not None and digest.decision is Decision.WITHDRAWN,
        topics={topic.code: topic.name for topic in topics.all_topics(session)},
        chosen={topic.code for topic in profile.topics},
        default_topics=[topic.name for topic in profile.default_topics],
        whose="贵单位的关注" if profile.topics_from is TopicsFrom.ENTERPRISE else "您的职务与行业",
        watch_words=profile.watch_words,
        editions=EDITIONS,
        edition=profile.subscriber.edition,
        answers=TRACKING,
        answer=tracking.decision if tracking else None,
        unsubscribe_url=reader.origin.unsubscribe_url,
    )
