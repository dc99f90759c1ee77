"""Where providers post what became of mails: kept first, judged later."""

import asyncio
import logging

from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from distribution import audit, clock, events, webhooks
from distribution.web import asking, pages
from distribution.web.site import Site
from distribution.webhooks import CannotFetch, Invitation, NotGenuine, Notice

log = logging.getLogger(__name__)

PATH = "/hooks"
LARGEST = 256 * 1024
"""Bytes of a call; SNS and EventBridge carry no more."""
SECONDS = 8.0
"""After which a provider is told to come again; SNS waits for 15."""
_TYPES = ("text/plain", "application/json")


async def receive(site: Site, request: Request) -> Response:
    """Answer 200 when what a provider told is safe, 503 when he may try again.

    Whatever is wrong with a call, the answer is the same; the log has the reason.
    """
    name = request.path_params["provider"]
    provider = webhooks.PROVIDERS.get(name)
    if provider is None or not provider.configured(site.app.settings):
        raise asking.missing()
    body = await _body(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _TYPES:
        return _refused(name, "neither text nor JSON")
    url = f"{site.app.settings.base_url}{PATH}/{name}"
    call = webhooks.Call(url, dict(request.headers), body)
    try:
        async with asyncio.timeout(SECONDS):
            inbox_id = await run_sync(
                _take, site, name, call, limiter=site.hooks.threads, abandon_on_cancel=True
            )
    except NotGenuine as error:
        return _refused(name, error.reason)
    except (CannotFetch, TimeoutError) as error:
        log.warning("%s: told to come again: %s", name, getattr(error, "reason", "too slow"))
        return pages.plain("come again\n", 503)
    if inbox_id is not None:
        site.hooks.announcer.announce_ids([inbox_id])
    return pages.plain("ok\n")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413)
    return bytes(body)


def _refused(name: str, reason: str) -> Response:
    log.warning("%s: refused: %s", name, reason)
    return pages.plain("refused\n", 403)


def _take(site: Site, name: str, call: webhooks.Call) -> int | None:
    """Keep what is new; gives its inbox id."""
    now = clock.now()
    provider, hooks = webhooks.PROVIDERS[name], site.hooks
    heard = provider.hear(call, site.app.settings, now, hooks.certificates)
    if isinstance(heard, Notice):
        with site.app.transaction() as session:
            at = min(heard.at, now)
            inbox_id, new = events.receive_notice(session, name, heard.event_id, heard.raw, at)
        return inbox_id if new else None
    if isinstance(heard, Invitation):
        _confirm(site, name, heard)
    else:
        log.info("%s: nothing to keep: %r", name, heard.kind)
    return None


def _confirm(site: Site, name: str, heard: Invitation) -> None:
    """Begin a subscription, once; where two come at once, the provider takes both for one."""
    if heard.event_id in site.hooks.confirmed:
        return
    site.hooks.fetch(heard.url)
    with site.app.transaction() as session:
        audit.record(
            session, "webhook.confirm", name, by=name, at=clock.now(), subscribed=heard.subject
        )
    site.hooks.confirmed.add(heard.event_id)
