"""What every page bears: one style sheet, its address names its bytes; and whose page it is."""

import hashlib
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

SHEET = Path(__file__).with_name("style.css").read_bytes()
PATH = f"/style-{hashlib.sha256(SHEET).hexdigest()[:12]}.css"

_prefix: ContextVar[str] = ContextVar("prefix", default="")
_house: ContextVar[str] = ContextVar("house", default="")


def style_url() -> str:
    """For a page of the request that is answered now; names no host, so that any will do."""
    return f"{_prefix.get()}{PATH}"


def front_url() -> str:
    """The front door, as `style_url`."""
    return f"{_prefix.get()}/"


def house() -> str:
    """Who sends the mails: stands above pages that know of no issue."""
    return _house.get()


class Framed:
    """Knows the path a reverse proxy puts before ours and whose pages they are, errors too."""

    def __init__(self, app: ASGIApp, base_url: str, name: str) -> None:
        self._app, self._path, self._name = app, urlsplit(base_url).path.rstrip("/"), name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _prefix.set(self._path)  # never reset: the answer to a defect is made outside of here
        _house.set(self._name)
        await self._app(scope, receive, send)
