"""Confirming: a page that says what a reader agrees to, and a POST that is his consent."""

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, clock, config, delivery, topics
from distribution.delivery import Asked, Standing
from distribution.links import Use
from distribution.web import asking, forms, pages
from distribution.web.forms import Fields
from distribution.web.site import Site

_TITLES = {
    Standing.OPEN: "确认订阅",
    Standing.DONE: "已订阅",
    Standing.EXPIRED: "确认链接已过期",
    Standing.VOID: "确认链接已失效",
    Standing.LEFT: "已退订",
    Standing.BARRED: "这个地址暂时不能接收",
}

_CHANGED = "还没有确认：网页上填写的内容刚刚变了，请核对下面的，再点一次。"


def show(site: Site, request: Request) -> Response:
    """Show what there is to confirm; changes nothing, because programmes follow every link."""
    _, row = asking.token(request, site.app.keyring, Use.CONFIRM)
    with site.app.reading() as session:
        found = delivery.asked(session, row, at=clock.now())
        return _page(site, session, found)


async def act(site: Site, request: Request) -> Response:
    """Take the reader's word; a second time it is said that it is done."""
    asking.refuse_other_sites(request, site.app.settings.base_url)
    fields = forms.read(await asking.form(request)) or {}
    _, row = asking.token(request, site.app.keyring, Use.CONFIRM)
    return await run_in_threadpool(_act, site, row, fields)


def _act(site: Site, row: int, fields: Fields) -> Response:
    stationery, at = site.app.stationery, clock.now()
    disowns, version = forms.last(fields, "do") == "disown", forms.last(fields, "version")
    with site.app.transaction() as session:
        if disowns:
            found, now = delivery.disown(session, row, at=at)
        else:
            found, now = delivery.confirm(session, stationery, row, at=at, version=version)
        trouble = _CHANGED if found.standing is Standing.OPEN and not now else ""
        return _page(site, session, found, now=now, disowned=disowns and now, trouble=trouble)


def _page(
    site: Site,
    session: Session,
    found: Asked,
    *,
    now: bool = False,
    disowned: bool = False,
    trouble: str = "",
) -> Response:
    if found.standing is Standing.ERASED:
        return pages.erased()
    return pages.page(
        "confirming.html",
        issue=site.app.stationery.masthead(session),
        email=found.letter.recipient,
        title="资料已删除" if disowned else _TITLES[found.standing],
        standing="DISOWNED" if disowned else found.standing.name,
        now=now,
        trouble=trouble,
        wording=delivery.CONSENT_WORDING,
        typed=audience.wanted(session, found.waits) if found.waits else None,
        names=topics.names(session),
        version=found.version,
        preferences_url=_preferences_url(site, found),
        open=config.takes_sign_ups(site.app.settings),
        subscribe_url=f"{site.app.settings.base_url}/subscribe",
    )


def _preferences_url(site: Site, found: Asked) -> str:
    """Of who is a reader by this letter; empty of others."""
    return site.app.addresses.letter_preferences(found.letter.id) if found.subscriber else ""
