"""The real server on a real socket: what it hears is stored, also when it is told to stop."""

import contextlib
import http.client
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from web_office import (
    GRANTED,
    Visitor,
    delivery_to,
    inbox,
    only_sqlite,
    path_of,
    plan,
    profile_of,
    without_database,
)

from distribution import web
from distribution.app import App
from distribution.config import Settings
from distribution.web import serving
from distribution.web.pages import HEADERS
from distribution.words import Decision, Signal


class Served:
    """A server in a thread of this process."""

    def __init__(self, app: App, ring: Any = None) -> None:  # noqa: ANN401 - a bell
        pages = web.make_app(app, ring or (lambda _ids: None))
        self.settings = app.settings.model_copy(update={"web_port": 0})
        self.socket = serving.listen(self.settings)
        self.server = serving.make_server(pages, app.settings)
        self.thread = Thread(target=self.server.run, kwargs={"sockets": [self.socket]})

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:  # noqa: ANN401
        """One request of its own connection."""
        connection = http.client.HTTPConnection(*self.socket.getsockname(), timeout=30)
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined] # kept with it
        connection.close()
        return response

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(30)
        self.socket.close()


@contextmanager
def served(app: App) -> Iterator[Served]:
    server = Served(app)
    server.thread.start()
    try:
        yield server
    finally:
        server.stop()


def links(app: App) -> dict[str, str]:
    run = plan(app)
    visitor = Visitor(app, None, delivery_to(app, GRANTED), run)  # type: ignore[arg-type]
    return {kind: visitor.link(kind) for kind in ("open", "click", "read", "unsubscribe")}


def test_opens_clicks_and_leaving_reach_the_database(app: App) -> None:
    link = links(app)
    with served(app) as server:
        assert server.ask("GET", link["open"]).body.startswith(b"GIF89a")
        found = server.ask("GET", link["click"] + "/3")
        assert found.status == 302
        assert [row.signal for row in inbox(app) if row.signal is Signal.CLICK] == [Signal.CLICK]
        assert server.ask("GET", path_of(found.headers["location"])).status == 200
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body = b"List-Unsubscribe=One-Click"
        assert server.ask("POST", link["unsubscribe"], body, **form).status == 200
        assert profile_of(app, GRANTED).consents[-1].decision is Decision.WITHDRAWN
    assert sorted(row.signal.value for row in inbox(app)) == ["click", "open"]


def test_hundreds_of_clicks_at_once_are_all_stored(app: App) -> None:
    link = links(app)
    with served(app) as server, ThreadPoolExecutor(20) as many:
        answers = list(
            many.map(
                lambda number: server.ask("GET", f"{link['click']}/{number % 5 + 1}").status,
                range(200),
            )
        )
    assert answers == [302] * 200
    assert len(inbox(app)) == 200


@only_sqlite
def test_heads_have_no_body_and_answers_do_not_name_the_server(app: App) -> None:
    link = links(app)
    with served(app) as server:
        for path in (link["open"], link["click"] + "/1", link["read"], "/nothing"):
            full, head = server.ask("GET", path), server.ask("HEAD", path)
            assert head.body == b""
            assert (head.status, head.headers["content-length"]) == (
                full.status,
                full.headers["content-length"],
            )
            assert "server" not in head.headers
            for name in HEADERS:
                assert head.headers[name] == full.headers[name]


@only_sqlite
def test_only_our_proxies_are_believed(app: App) -> None:
    """The settings' proxy is this host, so it may say for whom it asks."""
    link = links(app)
    trusting = app.settings.model_copy(update={"web_proxies": "192.0.2.1"})
    for settings, network in ((app.settings, "198.51.100.0/24"), (trusting, "127.0.0.0/24")):
        server = Served(app)
        server.server = serving.make_server(web.make_app(app, lambda _ids: None), settings)
        server.thread = Thread(target=server.server.run, kwargs={"sockets": [server.socket]})
        server.thread.start()
        server.ask("GET", link["click"] + "/1", **{"X-Forwarded-For": "198.51.100.7"})
        server.stop()
        assert inbox(app)[-1].content["network"] == network
    with served(app) as again:
        again.ask("GET", link["click"] + "/1", **{"X-Forwarded-For": "<b>; drop"})
    assert inbox(app)[-1].content["network"] == ""


@only_sqlite
def test_what_is_no_http_does_not_harm_the_server(app: App) -> None:
    link = links(app)
    with served(app) as server:
        for noise in (b"\x16\x03\x01\x00\xee\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"):
            with socket.create_connection(server.socket.getsockname(), 30) as line:
                line.sendall(noise)
                with contextlib.suppress(ConnectionError):
                    line.recv(1000)
        assert server.ask("GET", link["read"]).status == 200


@only_sqlite
def test_no_token_and_no_address_lands_in_a_log(app: App, caplog: pytest.LogCaptureFixture) -> None:
    link = links(app)
    with caplog.at_level(logging.DEBUG):
        with served(app) as server:
            for path in (*link.values(), link["click"] + "/1", link["click"] + "/99"):
                server.ask("GET", path)
        with served(without_database(app)) as server:
            for path in (*link.values(), link["click"] + "/1"):
                server.ask("GET", path)
    said = "\n".join(map(str, [record.getMessage() for record in caplog.records])) + caplog.text
    assert said
    for secret in (*(path.split("/")[2] for path in link.values()), GRANTED):
        assert secret not in said


@pytest.mark.parametrize(
    "changes",
    [{"web_host": "192.0.2.1"}, {"web_host": "no..name"}, {"web_host": "nobody.invalid"}],
)
def test_an_address_that_cannot_be_had_is_said_in_a_sentence(changes: dict[str, str]) -> None:
    with pytest.raises(web.CannotListen) as refused:
        serving.listen(Settings(**changes))  # type: ignore[arg-type] # pydantic converts
    assert changes["web_host"] in str(refused.value)
    assert "web_host" in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(web.CannotListen, match=str(port)):
            serving.listen(Settings(web_port=port))


@only_sqlite
def test_what_runs_in_the_background_surrounds_the_serving(app: App) -> None:
    settings = app.settings.model_copy(update={"web_port": free_port()})
    told: list[str] = []

    @contextmanager
    def background() -> Iterator[None]:
        told.append("begun")
        raise web.CannotListen("nowhere", 1, "enough")
        yield

    object.__setattr__(app.configuration, "settings", settings)
    with pytest.raises(web.CannotListen, match="enough"):
        web.serve(app, lambda _ids: None, background=background, listening=told.append)
    assert told == [f"http://127.0.0.1:{settings.web_port}", "begun"]
    serving.listen(settings).close()  # it has been given back


SCRIPT = """
import contextlib, os, time
from distribution import web
from distribution.app import open_app

@contextlib.contextmanager
def background():
    print("begun", flush=True)
    yield
    print("ending", flush=True)
    time.sleep(float(os.environ["LINGER"]))
    print("ended", flush=True)

web.serve(open_app(os.environ), lambda ids: None, background=background)
print("through", flush=True)
"""


@pytest.mark.parametrize("linger", [0, 600])
@only_sqlite
def test_the_first_signal_ends_all_in_order_and_the_second_strikes_at_once(
    environment: dict[str, str], linger: int
) -> None:
    more = {"DISTRIBUTION_WEB_PORT": str(free_port()), "LINGER": str(linger)}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**environment, **more},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = process.stdout
        assert lines.readline() == "begun\n"
        process.send_signal(signal.SIGTERM)
        assert lines.readline() == "ending\n"
        if linger:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == -signal.SIGTERM
        else:
            assert lines.read() == "ended\nthrough\n"
            assert process.wait(30) == 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
