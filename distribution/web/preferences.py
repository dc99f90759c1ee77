"""A reader's own settings: what he gets, how often, until when not; and what else he may ask."""

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, clock, delivery, issues, topics
from distribution.audience import InvalidAddress, InvalidText
from distribution.links import Use
from distribution.models import Topic
from distribution.web import asking, forms, pages, pausing, wishes
from distribution.web.addressees import Addressee, addressee, origin_of
from distribution.web.forms import Fields
from distribution.web.site import Site
from distribution.web.wishes import TRACKING, Wishes
from distribution.words import Edition, Frequency, MailFormat, Purpose, TopicsFrom

USES = (Use.PREFERENCES, Use.LETTER_PREFERENCES)
EDITIONS = {
    Edition.PERSONALISED: "按关注的主题和关注词为我选文",
    Edition.STANDARD: "每期全部文章，不按个人特征选文",
}
FREQUENCIES = {
    Frequency.EVERY_ISSUE: "不论有没有我关注的内容",
    Frequency.WHEN_MATCHING: "本期有我关注的内容才收（标准版不适用）",
}
FORMATS = {
    MailFormat.HTML: "有版式和图片，适合大多数邮箱",
    MailFormat.TEXT: "只有文字，适合打不开图文的邮箱",
}
LARGEST_FORM = 24 * 1024
"""In bytes: fifty watch words of forty Chinese characters are 18,000, nine for each character."""
_SAVED = "已保存。选文的改动从下一期起生效。"
_ASKED_TO_MOVE = (
    "如果这个新邮箱可以使用，确认信已经寄往那里：请在 7 天内点开信中的链接，确认之后才会改寄。"
    "没有收到时，请看看垃圾邮件，或与我们联系。"
)
_ASKED_FOR_COPY = "链接正在寄往您的邮箱，3 天内有效。"
_NO_COPY = "今天已经寄过，刚换过邮箱，或者邮箱暂时不能收信：请过些日子再试，或与我们联系。"


def show(site: Site, request: Request) -> Response:
    """Show what is set; changes nothing."""
    token = asking.token(request, site.app.keyring, *USES)
    with site.app.reading() as session:
        reader = addressee(site, session, token)
        return pages.erased() if reader.erased else _page(site, session, reader)


async def act(site: Site, request: Request) -> Response:
    """Do what he asks by the button he pressed, and show him what is set now."""
    asking.refuse_other_sites(request, site.app.settings.base_url)
    body = await asking.form(request, LARGEST_FORM)
    token = asking.token(request, site.app.keyring, *USES)
    fields = forms.read(body)
    if fields is None:
        raise HTTPException(400)
    return await run_in_threadpool(_act, site, token, fields)


def _act(site: Site, token: tuple[Use, int], fields: Fields) -> Response:
    done = _DEEDS.get(forms.last(fields, "do"))
    if done is None:
        raise HTTPException(400)
    with site.app.transaction() as session:
        audience.lock_subscriber(session, origin_of(site, session, token).subscriber_id)
        reader = addressee(site, session, token)
        if reader.erased:
            return pages.erased()
        said, trouble, typed = done(site, session, reader, fields)
        session.flush()
        now = addressee(site, session, token)
        return _page(site, session, now, said=said, trouble=trouble, typed=typed)


_Done = tuple[str, str, Wishes | None]
"""What is said about it; what is wrong with it; what he sent, where he should mend it."""


def _save(_site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    sent = wishes.read(fields)
    if sent is None:
        raise HTTPException(400)
    try:
        with session.begin_nested():
            wishes.save(session, reader, sent, clock.now())
    except InvalidText as error:
        return "", f"没有保存：{error}。", sent
    return _SAVED, "", None


def _pause(site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    if reader.left_by:  # his page is older than that: a pause would say that mails come back
        return "", "没有暂停：此前已经退订，现在不会再寄。", None
    today = clock.today()
    until = pausing.read_day(forms.last(fields, "until"), today)
    if until is None:
        last = pages.day(pausing.last_day(today))
        return "", f"没有暂停：日期应写作 2026-12-31 的样子，在明天与{last}之间。", None
    pausing.pause(site, session, reader, until, clock.now())
    return f"已暂停到{pages.day(until)}，此后自动恢复。", "", None


def _resume(_site: Site, session: Session, reader: Addressee, _fields: Fields) -> _Done:
    pausing.resume(session, reader, clock.now())
    return "已恢复，下一期起照常寄出。", "", None


def _move(site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    try:
        address = audience.read_address(forms.last(fields, "email"))
    except InvalidAddress as error:
        return "", f"没有寄出确认信：{error}。", None
    row, hasher, at = reader.profile.subscriber, site.app.keyring.address_hash, clock.now()
    delivery.ask_to_move(session, site.app.stationery, row, address, hasher, at=at)
    return _ASKED_TO_MOVE, "", None


def _copy(site: Site, session: Session, reader: Addressee, _fields: Fields) -> _Done:
    row, at = reader.profile.subscriber, clock.now()
    written = delivery.ask_for_copy(session, site.app.stationery, row, at=at)
    return (_ASKED_FOR_COPY, "", None) if written else ("", _NO_COPY, None)


_DEEDS = {"": _save, "pause": _pause, "resume": _resume, "move": _move, "copy": _copy}
"""By the button that was pressed; that of the settings has no name."""


def _page(
    site: Site,
    session: Session,
    reader: Addressee,
    *,
    said: str = "",
    trouble: str = "",
    typed: Wishes | None = None,
) -> Response:
    profile, today = reader.profile, clock.today()
    row = profile.subscriber
    return pages.page(
        "preferences.html",
        422 if trouble else 200,
        issue=reader.masthead(site, session),
        email=row.email,
        said=said,
        trouble=trouble,
        left=reader.left_by is not None,
        topics=_topics(session),
        default_topics=[topic.name for topic in profile.default_topics],
        whose="贵单位的关注" if profile.topics_from is TopicsFrom.ENTERPRISE else "您的职务与行业",
        editions=EDITIONS,
        frequencies=FREQUENCIES,
        formats=FORMATS,
        answers=TRACKING,
        **_set(reader, typed),
        paused_until=pausing.paused_until(row, clock.now()),
        first_day=today + pausing.A_DAY,
        last_day=pausing.last_day(today),
        preferences_url=reader.origin.preferences_url,
        unsubscribe_url=reader.origin.unsubscribe_url,
    )


def _topics(session: Session) -> list[tuple[Topic, int]]:
    """Every topic, and how many articles the newest issue had of it."""
    counts = issues.latest_topics(session)
    return [(topic, counts.get(topic.code, 0)) for topic in topics.all_topics(session)]


def _set(reader: Addressee, typed: Wishes | None) -> dict[str, object]:
    """What the fields hold: what is set, or what he sent and should mend."""
    profile, tracking = reader.profile, reader.last_word(Purpose.TRACKING)
    row, words = profile.subscriber, profile.watch_words
    places = {topic.code: place for place, topic in enumerate(profile.topics, start=1)}
    chosen = frozenset(places)
    answer = tracking.decision if tracking else None
    if typed is not None:
        places, chosen, words = dict(typed.places), typed.topics, typed.watch_words or ()
        answer = typed.tracking or answer
    return {
        "chosen": chosen,
        "places": places,
        "watch_words": words,
        "edition": typed.edition if typed else row.edition,
        "frequency": (typed and typed.frequency) or row.frequency,
        "format": (typed and typed.format) or row.format,
        "answer": answer,
        "shown": tracking.decision if tracking and tracking.by == "reader" else None,
    }
