"""How long an answer may be kept, and by whom; who asks again for the same is told so."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

MINUTES = 5
"""A corrected article is old for no longer."""


def for_all(request: Request, answer: Response, *, indexed: bool = True) -> Response:
    """A page anybody may read and keep for some minutes; `indexed`: search engines, too."""
    if indexed:
        del answer.headers["X-Robots-Tag"]
    answer.headers["Cache-Control"] = f"public, max-age={MINUTES * 60}"
    return _tagged(request, answer)


def as_made(_request: Request, answer: Response) -> Response:
    """As the page itself says: mostly not at all."""
    return answer


def for_one(request: Request, answer: Response) -> Response:
    """What one programme asks for again and again: it may keep it, and asks whether it changed."""
    answer.headers["Cache-Control"] = "private, no-cache"
    return _tagged(request, answer)


def _tagged(request: Request, answer: Response) -> Response:
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    answer.headers["ETag"] = tag
    known = {one.strip().removeprefix("W/") for one in _known(request).split(",")}
    if tag not in known:
        return answer
    kept = {name: value for name, value in answer.headers.items() if name not in _OF_A_BODY}
    return Response(None, 304, kept)


_OF_A_BODY = ("content-length", "content-type")


def _known(request: Request) -> str:
    return request.headers.get("if-none-match", "")
