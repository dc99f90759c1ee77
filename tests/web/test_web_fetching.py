"""Fetching from providers, from a real server: over TLS, no further than asked, and not often."""

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
import trustme

from distribution.web import fetching
from distribution.web.fetching import Kept, fetch
from distribution.webhooks import CannotFetch


class Handler(BaseHTTPRequestHandler):
    """Answers what the path says."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status = 302 if self.path == "/moved" else 404 if self.path == "/none" else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/certificate.pem")
        self.end_headers()
        many = {"/large": 64 * 1024 + 1, "/full": 64 * 1024}.get(self.path, 3)
        self.wfile.write(b"x" * many)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Whose certificates are trusted here."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setenv("no_proxy", "*")
    return made


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[str]:
    """The address of a provider."""
    yield from served(authority)


def served(authority: trustme.CA | None) -> Iterator[str]:
    Handler.asked.clear()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{listening.server_address[1]}"
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_what_stands_there_is_given(server: str) -> None:
    assert fetch(f"{server}/certificate.pem") == b"xxx"
    assert len(fetch(f"{server}/full")) == 64 * 1024


@pytest.mark.parametrize(
    ("path", "why"),
    [("/moved", "status 302"), ("/none", "status 404"), ("/large", "more than 65536 bytes")],
)
def test_nothing_is_followed_and_nothing_large_is_taken(server: str, path: str, why: str) -> None:
    with pytest.raises(CannotFetch) as refusal:
        fetch(server + path)
    assert refusal.value.reason == why
    assert Handler.asked == [path]


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a.pem",
        "file:///etc/hostname",
        "ftp://localhost/a",
        "data:text/plain,x",
        "https://",
        "https://localhost:x/",
        "https://localhost:1/a b",
        "https://localhost:1/a.pem",
        "",
    ],
)
@pytest.mark.usefixtures("authority")
def test_whatever_cannot_be_fetched_is_said_in_one_way(url: str) -> None:
    with pytest.raises(CannotFetch):
        fetch(url)


@pytest.mark.usefixtures("authority")
def test_a_server_that_proves_nothing_is_not_believed() -> None:
    for stranger in (trustme.CA(), None):
        for url in served(stranger):
            with pytest.raises(CannotFetch):
                fetch(f"{url}/certificate.pem")
            assert Handler.asked == []


class Asked:
    """Answers at the second time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, url: str) -> bytes:
        self.times += 1
        if self.times == 1:
            raise CannotFetch("status 500")
        return url.encode()


def test_what_was_fetched_is_kept_and_what_failed_is_asked_for_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked()
    kept = Kept(asked)
    for _ in range(3):
        with pytest.raises(CannotFetch):
            kept("https://a.example/")
    assert asked.times == 1
    monkeypatch.setattr(fetching, "PAUSE_SECONDS", 0.0)
    asked.times = 0
    kept = Kept(asked)
    with pytest.raises(CannotFetch):
        kept("https://a.example/")
    assert [kept("https://a.example/") for _ in range(3)] == [b"https://a.example/"] * 3
    assert asked.times == 2


def test_no_more_than_a_few_are_kept() -> None:
    asked = Asked()
    asked.times = 1
    kept = Kept(asked)
    for number in range(fetching.MOST_KEPT + 1):
        kept(f"https://{number}.example/")
    kept("https://16.example/")
    assert asked.times == fetching.MOST_KEPT + 2
    kept("https://0.example/")
    assert asked.times == fetching.MOST_KEPT + 3
