"""Deleting all that names a reader: asked for twice, done by a POST, told by a last letter."""

import logging
from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, clock, delivery, events, limits, privacy
from distribution.audience import InvalidAddress
from distribution.delivery import Told
from distribution.limits import Limit
from distribution.links import Use
from distribution.privacy import Erasure
from distribution.transports import Outbox
from distribution.web import asking, forms, pages
from distribution.web.addressees import Addressee, addressee, origin_of
from distribution.web.preferences import USES
from distribution.web.site import Site
from distribution.words import Cause

log = logging.getLogger(__name__)

_REASON = "本人在网页上要求"
_NOT_HIS = "没有删除：填写的不是收到摘要邮件的那个邮箱，请核对后再填一次。"
_GUESSED_ENOUGH = "没有删除：今天填错的次数太多，请 {}再填，或联系编辑部删除。"
_NOT_NOW = "没有删除：有一封给您或来自您的邮件正在处理，请几分钟后再试一次。"
_GUESSES = Limit("erase.address", 10, timedelta(days=1))
"""Of one reader's address: who holds only a link of his does not find it out by trying."""
STAYS = (
    "过去各期发了多少封、点击多少次之类的总数，里面没有您",
    "您的邮箱的一个带密钥的摘要：反推不出邮箱，只用来保证今后不再寄给您",
    "这次请求何时提出、何时办结",
)
"""What is kept of somebody who is erased."""


def show(site: Site, request: Request) -> Response:
    """Say what would go and what would stay; changes nothing."""
    token = asking.token(request, site.app.keyring, *USES)
    with site.app.reading() as session:
        reader = addressee(site, session, token)
        return pages.erased() if reader.erased else _page(site, session, reader)


async def act(site: Site, request: Request) -> Response:
    """Ask again, and then do it for who writes down his address: the link may be in other hands."""
    asking.refuse_other_sites(request, site.app.settings.base_url)
    body = await asking.form(request)
    token = asking.token(request, site.app.keyring, *USES)
    fields = forms.read(body) or {}
    if forms.last(fields, "do") != "erase":
        return await run_in_threadpool(_ask_again, site, token)
    return await run_in_threadpool(_act, site, token, forms.last(fields, "email"))


def _ask_again(site: Site, token: tuple[Use, int]) -> Response:
    with site.app.reading() as session:
        reader = addressee(site, session, token)
        return pages.erased() if reader.erased else _page(site, session, reader, again=True)


def _act(site: Site, token: tuple[Use, int], given: str) -> Response:
    with site.app.transaction() as session:
        audience.join_audience(session)
        audience.lock_subscriber(session, origin_of(site, session, token).subscriber_id)
        reader = addressee(site, session, token)
        if reader.erased:
            return pages.erased()
        if refused := _unless_his(site, session, reader, given):
            return refused
        reachable = all(fact.cause is not Cause.SUPPRESSED for fact in reader.profile.facts)
        try:
            with session.begin_nested():
                done = _erase(site, session, reader, reachable=reachable)
        except (delivery.UnderWay, events.Unjudged):
            return _page(site, session, reader, again=True, trouble=_NOT_NOW)
    _clear(site, done)
    return pages.page("erased.html", stays=STAYS, told=reachable)


def _unless_his(site: Site, session: Session, reader: Addressee, given: str) -> Response | None:
    """The answer to who does not know the address, or has tried too often; None where it is his."""
    at, who, signer = clock.now(), str(reader.profile.subscriber.id), site.app.keyring.attest
    if limits.spent(session, _GUESSES, who, signer, at=at):
        wait = limits.wait(_GUESSES, at=at)
        trouble = _GUESSED_ENOUGH.format(pages.later(wait))
        return pages.retry_after(_page(site, session, reader, again=True, trouble=trouble), wait)
    if _is_his(reader, given):
        return None
    limits.within(session, _GUESSES, who, signer, at=at)
    return _page(site, session, reader, again=True, trouble=_NOT_HIS)


def _is_his(reader: Addressee, given: str) -> bool:
    try:
        return audience.read_address(given).key == reader.profile.subscriber.email_key
    except InvalidAddress:
        return False


def _erase(site: Site, session: Session, reader: Addressee, *, reachable: bool) -> Erasure:
    row, at = reader.profile.subscriber, clock.now()
    to = (row.id, row.email_key, row.format)
    done = privacy.erase(
        session,
        row,
        site.app.keyring.address_hash,
        why=privacy.ASKED,
        reason=_REASON,
        by="reader",
        at=at,
    )
    if reachable:
        name = site.app.stationery.masthead(session).publication
        paragraphs = (
            f"您好：应您的要求，《{name}》保存的您的资料已经删除，今后不再寄给您。这是最后一封信。",
            f"留下的只有：{'；'.join(STAYS)}。",
            "如果不是您本人要求的，请联系编辑部；删除的资料不能恢复，但可以重新登记。",
        )
        told = Told("erased", "您的资料已删除", paragraphs)
        delivery.bid_farewell(session, site.app.stationery, to, told, at=at)
    return done


def _clear(site: Site, done: Erasure) -> None:
    """What lies outside of the database: mails in an outbox, old pages of its file."""
    outbox, addresses = Outbox(site.app.settings.home / "outbox"), site.app.addresses
    names = [*map(addresses.message_id, done.delivery_ids)]
    names += map(addresses.letter_id, done.letter_ids)
    for name in names:
        try:
            outbox.forget(name)
        except OSError:
            log.exception("a mail to subscriber %d stays in the outbox", done.subscriber_id)
    if not privacy.wipe(site.app.engine, anew=False):
        log.info("old pages of the database hold who was erased until the next purge")


def _page(
    site: Site, session: Session, reader: Addressee, *, again: bool = False, trouble: str = ""
) -> Response:
    return pages.page(
        "erasing.html",
        422 if trouble else 200,
        issue=reader.masthead(site, session),
        email=reader.profile.subscriber.email,
        again=again,
        trouble=trouble,
        stays=STAYS,
        preferences_url=reader.origin.preferences_url,
    )
