"""What a request shows: its token, the article it asks for, its form, and who asks."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request

from distribution import events
from distribution.links import Keyring, Use, from_url

LARGEST_FORM = 10 * 1024
"""In bytes; the largest of ours has some hundreds."""

_POSITION = re.compile("[1-9][0-9]{0,4}")


def missing() -> HTTPException:
    """What is raised wherever a link leads to nothing: one answer, whatever the reason."""
    return HTTPException(404)


def token(request: Request, keyring: Keyring, *uses: Use) -> tuple[Use, int]:
    """The use and the row of the token in the path; raises `missing`."""
    spelt = from_url(request.path_params["token"])
    for use in uses:
        row = keyring.verify(use, spelt)
        if row is not None:
            return use, row
    raise missing()


def position(request: Request) -> int:
    """The article's position in the path, from 1; raises `missing`."""
    written = request.path_params["position"]
    if not _POSITION.fullmatch(written):
        raise missing()
    return int(written)


async def form(request: Request) -> bytes:
    """The body, or 413 where it is larger than any form of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(413)
    return bytes(body)


def client(request: Request) -> events.Client:
    """Who asks, as far as it is kept."""
    return events.client(request.headers, request.method)
