"""The one style sheet of all pages: its address names its bytes, so it is fetched once."""

import hashlib
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

SHEET = Path(__file__).with_name("style.css").read_bytes()
PATH = f"/style-{hashlib.sha256(SHEET).hexdigest()[:12]}.css"

_prefix: ContextVar[str] = ContextVar("prefix", default="")


def style_url() -> str:
    """For a page of the request that is answered now; names no host, so that any will do."""
    return f"{_prefix.get()}{PATH}"


class BelowPrefix:
    """Knows the path a reverse proxy puts before ours, whatever page answers, errors too."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app, self._path = app, urlsplit(base_url).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _prefix.set(self._path)  # never reset: the answer to a defect is made outside of here
        await self._app(scope, receive, send)
