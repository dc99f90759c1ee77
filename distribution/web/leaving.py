"""Leaving: a page that shows and asks, a POST that acts (RFC 8058), again and again alike.

What else is on the page: to pause or take only what matches instead; after leaving, to come back
and to say why.
"""

from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, audit, clock, delivery, events
from distribution.audience import InvalidText
from distribution.delivery import Told
from distribution.links import Use
from distribution.models import ConsentEvent
from distribution.web import asking, forms, pages, pausing
from distribution.web.addressees import Addressee, addressee, origin_of
from distribution.web.forms import Fields
from distribution.web.site import Site
from distribution.words import Cause, Decision, Edition, Frequency, LeavingReason, Purpose

USES = (Use.UNSUBSCRIBE, Use.LETTER_UNSUBSCRIBE)
WORDING = audience.text_of(Purpose.DIGEST, Decision.WITHDRAWN).words
"""What the page says above its button."""
ONE_CLICK_WORDING = "邮件程序的一键退订（List-Unsubscribe=One-Click）"
MAY_COME_BACK = timedelta(days=30)
"""How long after leaving the page takes it back; later a fresh subscription is the honest way."""
MONTHS = (3, 6)
"""How long one may pause instead."""
LEFT = "没有改动：此前已经退订，现在不会再寄，不必暂停或减少。"
"""To a page that is older than his leaving: a pause would say that mails come back."""

_NO_REASON = "还没有选原因，也没有写什么：选一个，或写一句再提交；不填也可以，直接关上这一页。"


def show(site: Site, request: Request) -> Response:
    """Show who receives what; changes nothing, because programmes follow every link."""
    token = asking.token(request, site.app.keyring, *USES)
    with site.app.reading() as session:
        return _page(site, session, addressee(site, session, token))


async def act(site: Site, request: Request) -> Response:
    """Take the reader off, whoever pressed the button: himself or his mail programme for him.

    The other buttons of the page have names; whatever else is sent here means to leave. A webmail
    may send the one click from a page of its own.
    """
    body = await asking.form(request)
    token = asking.token(request, site.app.keyring, *USES)
    if is_one_click(body):
        return await run_in_threadpool(_leave_by_programme, site, token)
    asking.refuse_other_sites(request, site.app.settings.base_url)
    return await run_in_threadpool(_act, site, token, forms.read(body) or {})


def is_one_click(body: bytes) -> bool:
    r"""Whether a mail programme sent this form, as a list of values or in MIME parts.

    >>> is_one_click(b"List-Unsubscribe=One-Click")
    True
    >>> is_one_click(b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    ...              b'One-Click\r\n--x--\r\n')
    True
    >>> is_one_click(b"")
    False
    """
    plain = unquote_to_bytes(body)
    return b"List-Unsubscribe" in plain and b"One-Click" in plain


def _leave_by_programme(site: Site, token: tuple[Use, int]) -> Response:
    """The programme says to its user that he has left: no letter does."""
    with site.app.transaction() as session:
        mail = origin_of(site, session, token)
        events.leave(
            session,
            mail.subscriber_id,
            mail.delivery_id,
            channel="one-click",
            wording=ONE_CLICK_WORDING,
            at=clock.now(),
        )
    return pages.plain("已退订\n")


def _act(site: Site, token: tuple[Use, int], fields: Fields) -> Response:
    done = _DEEDS.get(forms.last(fields, "do"), _leave)
    with site.app.transaction() as session:
        audience.lock_subscriber(session, origin_of(site, session, token).subscriber_id)
        reader = addressee(site, session, token)
        if reader.erased:
            return pages.erased()
        said, trouble = done(site, session, reader, fields)
        session.flush()
        now, typed = addressee(site, session, token), fields if trouble else {}
        return _page(site, session, now, said=said, trouble=trouble, typed=typed)


_Done = tuple[str, str]
"""What is said about it, and what is wrong with it."""


def _leave(site: Site, session: Session, reader: Addressee, _fields: Fields) -> _Done:
    row, at = reader.profile.subscriber, clock.now()
    mail = reader.origin.delivery_id
    if events.leave(session, row.id, mail, channel="web", wording=WORDING, at=at):
        name = reader.masthead(site, session).publication
        paragraphs = (
            f"您好：您已退订《{name}》的摘要邮件，今后不再寄给您。",
            f"改了主意，或者这不是您本人的意思，{MAY_COME_BACK.days} 天内点信中的链接就可以恢复。",
        )
        told = Told("left", "已退订", paragraphs, "unsubscribe", "查看与恢复")
        delivery.tell(session, site.app.stationery, row, told, at=at)
    return "", ""


def _come_back(_site: Site, session: Session, reader: Addressee, _fields: Fields) -> _Done:
    at = clock.now()
    if not may_come_back(reader, at):
        return "", ""
    mail, row = reader.origin.delivery_id, reader.profile.subscriber
    words = delivery.CONSENT_WORDING
    events.come_back(session, row.id, mail, channel="web", wording=words, at=at)
    until = pausing.paused_until(row, at)
    when = f"您设的暂停仍然有效，到{pages.day(until)}为止" if until else "下一期起照常寄出"
    return f"已恢复订阅，{when}。", ""


def _pause(site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    months = forms.last(fields, "months")
    if months not in map(str, MONTHS):
        raise HTTPException(400)
    if left_by(reader):
        return "", LEFT
    until = pausing.after_months(clock.today(), int(months))
    pausing.pause(site, session, reader, until, clock.now())
    return f"没有退订，只是暂停：到{pages.day(until)}为止不再寄给您，此后自动恢复。", ""


def _only_matching(site: Site, session: Session, reader: Addressee, _fields: Fields) -> _Done:
    if left_by(reader):
        return "", LEFT
    row, at = reader.profile.subscriber, clock.now()
    wanted = audience.Wishes(frequency=Frequency.WHEN_MATCHING)
    if audience.set_interests(session, row, wanted, by="reader"):
        changed = {"frequency": Frequency.WHEN_MATCHING.value}
        audit.record(session, "reader.preferences", str(row.id), by="reader", at=at, **changed)
        pausing.tell_of_fewer(site, session, reader, at)
    return "没有退订：今后只在有您关注的内容时才寄给您。", ""


def _say_why(_site: Site, session: Session, reader: Addressee, fields: Fields) -> _Done:
    left, ticked = left_by(reader), forms.last(fields, "reason")
    words = forms.last(fields, "words").strip()
    if left is None:
        return "", ""
    if not (ticked or words):
        return "", _NO_REASON
    try:
        reason = LeavingReason(ticked) if ticked else None
        audience.note_leaving(session, left.id, reason, words, at=clock.now())
    except InvalidText as error:
        return "", f"没有收下：{error}。"
    except ValueError:
        raise HTTPException(400) from None
    return "谢谢，您的意见已经收到。", ""


_DEEDS = {
    "return": _come_back,
    "pause": _pause,
    "matching": _only_matching,
    "why": _say_why,
}


def left_by(reader: Addressee) -> ConsentEvent | None:
    """The word by which he left, if it was his last."""
    return reader.left_by


def may_come_back(reader: Addressee, at: datetime) -> bool:
    """Whether he left not long ago, and his address can still be written to."""
    left = left_by(reader)
    causes = {fact.cause for fact in reader.profile.facts}
    return left is not None and at < left.at + MAY_COME_BACK and Cause.SUPPRESSED not in causes


def _page(
    site: Site,
    session: Session,
    reader: Addressee,
    *,
    said: str = "",
    trouble: str = "",
    typed: Fields = MappingProxyType({}),
) -> Response:
    """`typed` is what he should mend."""
    if reader.erased:
        return pages.erased()
    left, row, at = left_by(reader), reader.profile.subscriber, clock.now()
    told = left is not None and any(
        one.consent_event_id == left.id for one in audience.leavings(session, row.id)
    )
    return pages.page(
        "leaving.html",
        422 if trouble else 200,
        issue=reader.masthead(site, session),
        email=row.email,
        said=said,
        trouble=trouble,
        wording=WORDING,
        left_on=left.at.astimezone(clock.SHANGHAI) if left else None,
        may_come_back=may_come_back(reader, at),
        consent_wording=delivery.CONSENT_WORDING,
        reasons=() if told else tuple(LeavingReason),
        reason=forms.last(typed, "reason"),
        words_typed=forms.last(typed, "words"),
        months=MONTHS,
        paused_until=pausing.paused_until(row, at),
        can_match=_can_match(reader),
        preferences_url=reader.origin.preferences_url,
    )


def _can_match(reader: Addressee) -> bool:
    """Whether it would make a difference to get only what matches."""
    row, found = reader.profile.subscriber, reader.profile
    follows = found.topics or found.default_topics or found.watch_words
    return (
        bool(follows)
        and row.edition is Edition.PERSONALISED
        and row.frequency is not Frequency.WHEN_MATCHING
    )
