"""Fetches from providers: over TLS only, nowhere else than asked, little, and not for long."""

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections import OrderedDict
from threading import Lock

from distribution.webhooks import CannotFetch, Fetch

SECONDS = 5.0
"""How long a provider may be silent."""
LARGEST = 64 * 1024
"""Bytes; a certificate has two thousand."""
MOST_KEPT = 16
KEPT_SECONDS = 24 * 60 * 60.0
PAUSE_SECONDS = 30.0
"""For which an address that failed is not asked again."""


def fetch(url: str) -> bytes:
    """What stands at an https address, following no redirect; raises CannotFetch."""
    if not url.startswith("https://"):
        raise CannotFetch("no https")
    try:
        with _opener().open(url, timeout=SECONDS) as answer:
            content: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise CannotFetch(f"status {error.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CannotFetch(type(error).__name__) from error
    if len(content) > LARGEST:
        raise CannotFetch(f"more than {LARGEST} bytes")
    return content


def _opener() -> urllib.request.OpenerDirector:
    """Without the handlers that know files, http and redirects."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


class Kept:
    """Fetches each address once a day; what could not be fetched is asked for again soon."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: OrderedDict[str, tuple[float, bytes | str]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, url: str) -> bytes:
        """As `fetch`."""
        with self._lock:
            until, found = self._known.get(url, (0.0, ""))
        if time.monotonic() >= until:
            found = self._ask(url)
        if isinstance(found, str):
            raise CannotFetch(found)
        return found

    def _ask(self, url: str) -> bytes | str:
        found: bytes | str
        try:
            found, seconds = self._fetch(url), KEPT_SECONDS
        except CannotFetch as error:
            found, seconds = error.reason, PAUSE_SECONDS
        with self._lock:
            self._known[url] = (time.monotonic() + seconds, found)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return found
