"""What a request shows: its token, the article it asks for, its form, and who asks."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from distribution import events
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.links import Keyring, Use, from_url

LARGEST_FORM = 10 * 1024
"""In bytes; the largest of ours has some hundreds."""

ANSWER_SECONDS = 10.0
"""How long a page may take, from its request: a database that never answers is away too."""

_POSITION = re.compile("0|[1-9][0-9]{0,4}")


def missing() -> HTTPException:
    """What is raised wherever a link leads to nothing: one answer, whatever the reason."""
    return HTTPException(404)


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Raise DatabaseUnusable where the block takes too long."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
    except TimeoutError:
        what = f"{ANSWER_SECONDS:g} 秒内没有答完，数据库可能没有回应"
        raise DatabaseUnusable(what) from None


def token(request: Request, keyring: Keyring, *uses: Use) -> tuple[Use, int]:
    """The use and the row of the token in the path; raises `missing`."""
    return read_token(request.path_params["token"], keyring, *uses)


def read_token(written: str, keyring: Keyring, *uses: Use) -> tuple[Use, int]:
    """As `token`."""
    spelt = from_url(written)
    for use in uses:
        row = keyring.verify(use, spelt)
        if row is not None:
            return use, row
    raise missing()


def position(request: Request) -> int:
    """The article's position in the path, from 1; raises `missing`."""
    return read_position(request.path_params["position"])


def read_position(written: str, first: int = 1) -> int:
    """As `position`; raises `missing` also where it is below `first`."""
    if not _POSITION.fullmatch(written) or int(written) < first:
        raise missing()
    return int(written)


async def form(request: Request, largest: int = LARGEST_FORM) -> bytes:
    """The body, or 413 where it has more bytes than the form can have."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413)
    return bytes(body)


def require_own_page(request: Request, base_url: str) -> None:
    """Raise 403 where a form was not sent from a page of ours: browsers say from where.

    Only for pages whose address holds no token; those send no Origin, see `pages.HEADERS`.
    """
    if not _is_own(request, origin_of(base_url)):
        raise HTTPException(403)


def refuse_other_sites(request: Request, base_url: str) -> None:
    """Raise 403 where a browser says that a form was sent from a page of somebody else.

    For pages whose address holds a token. That is what admits: this is a second lock, so browsers
    that say nothing, or hide where they come from as these pages ask of them, get in.
    """
    if not _is_own(request, None, "null", origin_of(base_url)):
        raise HTTPException(403)


def _is_own(request: Request, *origins: str | None) -> bool:
    came_from = request.headers.get("sec-fetch-site")
    if came_from is None:
        return request.headers.get("origin") in origins
    return came_from in ("same-origin", "none")  # none: a person's own doing, as a reload


def origin_of(url: str) -> str:
    """Scheme, host and port as browsers write them.

    >>> origin_of("https://Journal.example:443/mail"), origin_of("http://localhost:8000")
    ('https://journal.example', 'http://localhost:8000')
    """
    parts = urlsplit(url.lower())
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"


def client(app: App, request: Request) -> events.Client:
    """Who asks, as far as it is kept: his address goes no further than this."""
    return client_of(app, request.scope)


def client_of(app: App, scope: Scope) -> events.Client:
    """As `client`."""
    peer = scope["client"][0] if scope.get("client") else ""
    raw: list[tuple[bytes, bytes]] = scope["headers"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    forwarded = [value.decode("latin-1") for name, value in raw if name == b"x-forwarded-for"]
    return events.client(headers, scope["method"], app.proxies.network(peer, forwarded))
