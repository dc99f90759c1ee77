"""A reader's own settings: what he gets, how often, until when not; and what else he may ask."""

from collections import defaultdict

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, clock, delivery, topics
from distribution.audience import InvalidAddress, InvalidText
from distribution.links import Use
from distribution.models import Topic
from distribution.web import asking, feeds, forms, pages, pausing, wishes
from distribution.web.addressees import Addressee, addressee, origin_of
from distribution.web.forms import Fields
from distribution.web.site import Site
from distribution.web.wishes import TRACKING, Wanted
from distribution.words import Cause, Edition, Frequency, MailFormat, Purpose, TopicsFrom

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
LARGEST_FORM = 48 * 1024
"""In bytes: fifty watch words of forty Chinese characters are 18,000, nine for each character, and
they come twice, see `wishes.SHOWN`."""
_SAVED = "已保存。选文的改动从下一期起生效。"
_ASKED_TO_MOVE = (
    "如果这个新邮箱可以使用，又不是现在的这个，确认信很快会寄到那里：请在 7 天内点开信中的链接，"
    "确认之后才会改寄。没有收到时，请看看垃圾邮件，或与我们联系。"
)
_NOT_ASCII = "@ 前面只能是英文字母、数字和符号，请换一个邮箱"
_ASKED_FOR_COPY = (
    "链接正在寄往您的邮箱，几分钟内会到，3 天内有效。没有收到时，请看看垃圾邮件，一刻钟后再要一次。"
)
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


_Done = tuple[str, str, Wanted | None]
"""What is said about it; what is wrong with it; what he wants, where he should mend it."""


def _save(site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    sent = wishes.read(fields)
    if sent is None:
        raise HTTPException(400)
    wanted = wishes.wanted(session, reader, sent, wishes.read(fields, wishes.SHOWN))
    try:
        with session.begin_nested():
            changed = wishes.save(session, reader, wanted, clock.now())
    except InvalidText as error:
        return "", f"没有保存：{error}。", wanted
    if changed.get("frequency") == Frequency.WHEN_MATCHING.value:
        pausing.tell_of_fewer(site, session, reader, clock.now())
    return _SAVED, "", None


def _pause(site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    if reader.left_by:  # his page is older than that: a pause would say that mails come back
        return "", "没有暂停：此前已经退订，现在不会再寄。", None
    today = clock.today()
    until = pausing.read_day(forms.last(fields, "until"), today)
    if until is None:
        last, example = pages.day(pausing.last_day(today)), pausing.after_months(today, 1)
        return "", f"没有暂停：请写一个日期，从明天起，至迟{last}，例如 {example}。", None
    pausing.pause(site, session, reader, until, clock.now())
    return f"已暂停到{pages.day(until)}，此后自动恢复。", "", None


def _resume(_site: Site, session: Session, reader: Addressee, _fields: Fields) -> _Done:
    if reader.left_by:
        return "", "没有恢复：此前已经退订，现在不会再寄。", None
    if not pausing.resume(session, reader, clock.now()):
        return "现在没有暂停，不必恢复。", "", None
    if any(fact.cause is not Cause.PAUSED for fact in reader.profile.facts):
        return "暂停已取消，但目前还有别的原因不能寄给您：请联系编辑部。", "", None
    return "已恢复，下一期起照常寄出。", "", None


def _move(site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    if reader.left_by:  # the form is not shown to him: his page is older than that
        return "", "没有寄出确认信：此前已经退订，现在不会再寄。", None
    try:
        address = audience.read_address(forms.last(fields, "email"))
    except InvalidAddress as error:
        return "", f"没有寄出确认信：{error}。", None
    if address.needs_smtputf8:
        return "", f"没有寄出确认信：{_NOT_ASCII}。", None
    row = reader.profile.subscriber
    delivery.ask_to_move(session, site.app.stationery, row, address, at=clock.now())
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
    typed: Wanted | None = None,
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
        topics=_topics(site, session),
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
        feed_url=_feed_url(site, reader),
    )


def _feed_url(site: Site, reader: Addressee) -> str:
    """His own feed; empty where he came by a letter, which has none."""
    digest = reader.origin.delivery_id
    return "" if digest is None else feeds.own_url(site, digest)


def _topics(site: Site, session: Session) -> list[tuple[Topic, list[str]]]:
    """Every topic, and the titles of it in the newest issue that has gone out."""
    shelved, now = site.library.shelf(session).issues, topics.successors(session)
    titles: dict[str, list[str]] = defaultdict(list)
    for stored in site.library.issue(session, shelved[0].id).articles if shelved else ():
        for code in {now.get(code, code) for code in stored.topics}:
            titles[code].append(stored.article.title)
    return [(topic, titles[topic.code]) for topic in topics.all_topics(session)]


def _set(reader: Addressee, typed: Wanted | None) -> dict[str, object]:
    """What the fields hold: what is set, or what he wants and should mend; and what is set."""
    profile, tracking = reader.profile, reader.last_word(Purpose.TRACKING)
    row, followed = profile.subscriber, [topic.code for topic in profile.topics]
    wants = typed.interests if typed else audience.Wishes()
    chosen = followed if wants.topics is None else wants.topics
    answer = tracking.decision if tracking and tracking.decision in TRACKING else None
    return {
        "places": {code: place for place, code in enumerate(chosen, start=1)},
        "watch_words": profile.watch_words if wants.watch_words is None else wants.watch_words,
        "edition": wants.edition or row.edition,
        "frequency": wants.frequency or row.frequency,
        "format": wants.format or row.format,
        "answer": (typed and typed.tracking) or answer,
        "shown": {
            "topic": followed,
            "words": ["\n".join(profile.watch_words)],
            "edition": [row.edition.value],
            "frequency": [row.frequency.value],
            "format": [row.format.value],
            "tracking": [answer.value] if answer else [],
        },
    }
