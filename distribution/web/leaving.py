"""Leaving: a page that shows and asks, a POST that acts (RFC 8058), again and again alike."""

from urllib.parse import unquote_to_bytes

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, clock, events
from distribution.links import Use
from distribution.web import asking, pages
from distribution.web.addressees import Addressee, addressee, origin_of
from distribution.web.site import Site
from distribution.words import Decision, Purpose

USES = (Use.UNSUBSCRIBE, Use.LETTER_UNSUBSCRIBE)
WORDING = audience.text_of(Purpose.DIGEST, Decision.WITHDRAWN).words
"""What the page says above its button."""
ONE_CLICK_WORDING = "邮件程序的一键退订（List-Unsubscribe=One-Click）"


def show(site: Site, request: Request) -> Response:
    """Show who receives what; changes nothing, because programmes follow every link."""
    token = asking.token(request, site.app.keyring, *USES)
    with site.app.reading() as session:
        return _page(site, session, addressee(site, session, token))


async def act(site: Site, request: Request) -> Response:
    """Take the reader off, whoever pressed the button: himself or his mail programme for him."""
    body = await asking.form(request)
    token = asking.token(request, site.app.keyring, *USES)
    return await run_in_threadpool(_act, site, token, one_click=is_one_click(body))


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


def _act(site: Site, token: tuple[Use, int], *, one_click: bool) -> Response:
    channel, wording = ("one-click", ONE_CLICK_WORDING) if one_click else ("web", WORDING)
    with site.app.transaction() as session:
        mail = origin_of(site, session, token)
        events.leave(
            session,
            mail.subscriber_id,
            mail.delivery_id,
            channel=channel,
            wording=wording,
            at=clock.now(),
        )
        session.flush()
        if one_click:
            return pages.plain("已退订\n")
        return _page(site, session, addressee(site, session, token))


def _page(site: Site, session: Session, reader: Addressee) -> Response:
    if reader.erased:
        return pages.erased()
    said = reader.last_word(Purpose.DIGEST)
    left = said is not None and said.decision is Decision.WITHDRAWN
    return pages.page(
        "leaving.html",
        issue=reader.masthead(site, session),
        email=reader.profile.subscriber.email,
        wording=WORDING,
        left_at=clock.for_people(said.at) if left and said is not None else "",
        preferences_url=reader.origin.preferences_url,
    )
