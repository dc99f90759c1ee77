"""The real server on a real socket: what it hears is stored, also when it is told to stop."""

import contextlib
import http.client
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from databases import inbox, only_sqlite
from sqlalchemy import text
from web_office import GRANTED, Visitor, delivery_to, path_of, plan, profile_of, without_database

from distribution import web
from distribution.app import App
from distribution.config import Settings
from distribution.web import application, asking
from distribution.web.pages import HEADERS
from distribution.words import Decision, Signal

ANY_PORT = Settings().model_copy(update={"web_port": 0})


@dataclass(frozen=True)
class Server:
    """A server in a thread of this process, as its visitors know it."""

    address: tuple[str, int]

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:  # noqa: ANN401
        """One request of its own connection."""
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined] # kept with it
        connection.close()
        return response


@contextmanager
def served(app: App) -> Iterator[Server]:
    """The pages on a free port."""
    with (
        closing(web.listen(ANY_PORT)) as listener,
        web.served(app, lambda _ids: None, listener),
    ):
        yield Server(listener.getsockname())


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
        while found.status == 302:
            found = server.ask("GET", path_of(found.headers["location"]))
        assert found.status == 200
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
def test_what_is_no_http_does_not_harm_the_server(app: App) -> None:
    link = links(app)
    with served(app) as server:
        for noise in (b"\x16\x03\x01\x00\xee\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"):
            with socket.create_connection(server.address, 30) as line:
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


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_that_cannot_be_had_is_said_in_a_sentence(host: str) -> None:
    with pytest.raises(web.CannotListen) as refused:
        web.listen(Settings(web_host=host))
    assert host in str(refused.value)
    assert "web_host" in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(web.CannotListen, match=f"{port}（端口已被占用）"):
            web.listen(Settings(web_port=port))


@only_sqlite
def test_a_server_that_dies_is_an_error_and_its_reason_is_logged(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    listener = web.listen(ANY_PORT)
    listener.close()
    with (
        pytest.raises(web.ServerDied),
        web.served(app, lambda _ids: None, listener) as thread,
    ):
        thread.join(30)
    assert "the web server has died" in caplog.text
    assert "Traceback" in caplog.text


@only_sqlite
def test_the_servers_own_life_is_not_worth_a_line(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), served(app) as server:
        server.ask("GET", "/robots.txt")
    assert "uvicorn" not in caplog.text


@contextmanager
def frozen(app: App) -> Iterator[None]:
    """A database that answers nobody who wants to write."""
    with app.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE inbox, deliveries"))
        else:
            connection.execute(text("SELECT 1"))  # has begun IMMEDIATE
        yield


def test_a_database_that_never_answers_keeps_neither_readers_nor_the_end_waiting(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(application, "LAST_OPENS_SECONDS", 0.3)
    link = links(app)
    with frozen(app), served(app) as server:
        for method, path in (("GET", link["click"] + "/1"), ("POST", link["unsubscribe"])):
            answer = server.ask(method, path, b"x=1" if method == "POST" else b"")
            assert answer.status == 503
            assert answer.headers["retry-after"]
        assert server.ask("GET", link["open"]).status == 200
    assert "1 opens are lost" in caplog.text
    assert "Cancel" not in caplog.text  # every request had its answer before the end
    for thread in threading.enumerate():  # answered now, they let the database go
        if thread.name.startswith("AnyIO"):
            thread.join(30)


def test_clicks_count_again_when_the_database_answers_again(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = links(app)
    with served(app) as server:
        with frozen(app), monkeypatch.context() as impatient:
            impatient.setattr(asking, "ANSWER_SECONDS", 0.3)
            assert [server.ask("GET", link["click"] + "/1").status for _ in "ab"] == [503] * 2
        assert server.ask("GET", link["click"] + "/2").status == 302
    counted = [row.content["position"] for row in inbox(app)]
    assert sorted(counted) == [1, 2]  # the second gave up before its commit began
