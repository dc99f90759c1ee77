"""Manners of all pages: the same careful headers, one answer to every wrong link, no cookies."""

import random
import string
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from databases import only_sqlite
from sqlalchemy import Engine
from starlette.testclient import TestClient
from web_office import Visitor, contents_of, without_database

from distribution import schema, web
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.errors import DistributionError
from distribution.health import Examiner
from distribution.web import styling
from distribution.web.pages import AS_MAILED, HEADERS

KINDS = ("open", "click", "run_click", "read", "run_read", "unsubscribe", "preferences")
LETTERS = string.ascii_letters + string.digits + "-_"


def paths(visitor: Visitor) -> Iterator[str]:
    """One good link of every kind."""
    for kind in KINDS:
        path = visitor.link(kind)
        if "click" not in kind:
            yield path
        if "click" in kind or "read" in kind:
            yield f"{path}/1"
    yield "/health"
    yield "/robots.txt"


def everything(visitor: Visitor) -> Iterator[Any]:
    """A response of every sort."""
    client = visitor.client
    for path in paths(visitor):
        yield client.get(path)
    yield client.get("/nothing")
    yield client.put(visitor.link("read"))
    yield client.post(visitor.link("preferences"), data={"edition": "standard"})
    yield client.post(visitor.link("preferences"))
    yield client.post(visitor.link("unsubscribe"), content=b"x" * 20_000)
    yield client.post(visitor.link("unsubscribe"), data={"List-Unsubscribe": "One-Click"})
    yield client.post(visitor.link("unsubscribe"))
    yield client.get("/" + "x" * 3000)


@only_sqlite
def test_every_answer_bears_the_careful_headers_and_no_cookie(visitor: Visitor) -> None:
    seen = set()
    for found in everything(visitor):
        seen.add(found.status_code)
        mailed = found.url.path == visitor.link("read") and found.status_code == 200
        for name, value in (HEADERS | AS_MAILED if mailed else HEADERS).items():
            assert found.headers[name].startswith(value)
        assert "set-cookie" not in found.headers
        assert "server" not in found.headers
    assert seen == {200, 302, 400, 404, 405, 413, 414}


@only_sqlite
def test_a_look_at_the_headers_shows_those_of_the_page(visitor: Visitor) -> None:
    for path in paths(visitor):
        full, head = visitor.client.get(path), visitor.client.head(path)
        assert head.status_code == full.status_code
        assert dict(head.headers) == dict(full.headers)


def wrong_paths(visitor: Visitor) -> Iterator[str]:
    """Links for another purpose, with one letter changed, cut short, too long, made up."""
    dice = random.Random(7)  # noqa: S311 - a test's dice
    for kind in KINDS:
        _, letter, token = visitor.link(kind).split("/")
        for other in "ocrups":
            own = {"o": {"open"}, "c": {"click", "run_click"}, "r": {"read", "run_read"}}
            own |= {"u": {"unsubscribe"}, "p": {"preferences"}, "s": set()}
            if kind not in own[other]:
                yield f"/{other}/{token}"
                yield f"/{other}/{token}/1"
        for place in range(len(token)):
            changed = dice.choice(LETTERS.replace(token[place], ""))
            yield f"/{letter}/{token[:place]}{changed}{token[place + 1 :]}/1"
            yield f"/{letter}/{token[:place]}{changed}{token[place + 1 :]}"
        for spelt in (token[:-1], f"{token}A", f"{token}=", token.swapcase(), f"{token}%0A"):
            yield f"/{letter}/{spelt}"
            yield f"/{letter}/{spelt}/1"
        yield f"/{letter}/{token}/"
        yield f"/{letter}/{token}/1/"
        yield f"/{letter}/{token}/999"
    yield from ("/x", "/c", "/r//", "/.env", "/favicon.png", "/docs", "/\u4e2d", "/%00", "/..%2f")


@only_sqlite
def test_every_wrong_link_gets_the_same_bytes(visitor: Visitor) -> None:
    expected = visitor.client.get("/nothing")
    assert expected.status_code == 404
    assert "没有这个页面" in expected.text
    before = contents_of(visitor.app, but="")
    count = 0
    for path in wrong_paths(visitor):
        found = visitor.client.get(path)
        assert (found.status_code, found.content) == (404, expected.content), path
        assert dict(found.headers) == dict(expected.headers)
        count += 1
    assert count > 400
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_a_form_sent_to_a_wrong_link_gets_them_too(visitor: Visitor) -> None:
    expected = visitor.client.get("/nothing")
    for path in (visitor.link("read").replace("/r/", "/u/"), "/u/x", "/p/x"):
        found = visitor.client.post(path, data={"edition": "standard"})
        assert (found.status_code, found.content) == (404, expected.content)


@only_sqlite
def test_tokens_of_rows_that_do_not_exist_get_them_too(visitor: Visitor) -> None:
    nobody = Visitor(visitor.app, visitor.client, delivery=2**40 - 1, run=2**40 - 1)
    expected = visitor.client.get("/nothing")
    for kind in KINDS:
        if kind == "open":  # answered without the database
            continue
        for path in (nobody.link(kind), f"{nobody.link(kind)}/1"):
            assert visitor.client.get(path).content == expected.content
    assert visitor.client.post(nobody.link("unsubscribe")).content == expected.content
    form = {"edition": "standard"}
    found = visitor.client.post(nobody.link("preferences"), data=form)
    assert found.content == expected.content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@only_sqlite
def test_other_methods_are_not_for_these_pages(visitor: Visitor, method: str) -> None:
    for kind in KINDS:
        path = visitor.link(kind) + ("/1" if "click" in kind else "")
        acts = kind in ("unsubscribe", "preferences")
        if acts and method == "POST":
            continue
        found = visitor.client.request(method, path)
        assert found.status_code == 405
        assert found.headers["allow"] == ("GET, HEAD, POST" if acts else "GET, HEAD")


@only_sqlite
def test_words_that_gateways_add_to_a_link_do_no_harm(visitor: Visitor) -> None:
    assert visitor.client.get(visitor.link("read") + "?utm_source=qq&x=1").status_code == 200
    assert visitor.client.get(visitor.link("read") + "?" + "x" * 3000).status_code == 414


@only_sqlite
def test_robots_are_asked_to_stay_away(client: TestClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_health_names_the_schema(client: TestClient) -> None:
    found = client.get("/health")
    assert found.status_code == 200
    assert found.json() == {
        "status": "ok",
        "database": "ok",
        "sender": "ok",
        "unrecorded": 0,
        "schema": schema.HEAD,
    }


@only_sqlite
def test_health_is_red_while_the_database_is_away(app: App) -> None:
    with TestClient(web.make_app(without_database(app), lambda _ids: None)) as client:
        found = client.get("/health")
        assert found.status_code == 503
        assert found.json()["status"] == "unwell"
        assert client.head("/health").status_code == 503


@only_sqlite
def test_a_defect_shows_nothing_of_itself(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DistributionError("an inner matter")

    monkeypatch.setattr(Examiner, "examine", fail)
    found = client.get("/health")
    assert found.status_code == 500
    assert "inner" not in found.text
    assert "Traceback" not in found.text
    assert "content-security-policy" in found.headers


@only_sqlite
def test_the_front_door_says_where_to_come_from(visitor: Visitor) -> None:
    found = visitor.client.get("/")
    assert found.status_code == 200
    assert "请从邮件中打开" in found.text
    assert visitor.client.get("/favicon.ico").status_code == 204


def test_an_outage_of_the_database_is_said_once(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("distribution.db.reading", away)
        for _ in range(5):
            assert visitor.get("read").status_code == 503
            assert visitor.client.get("/robots.txt").status_code == 200  # asks nothing of it
            assert visitor.client.get(styling.PATH).status_code == 200
    for _ in range(2):
        assert visitor.get("read").status_code == 200
    said = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert [line.partition(":")[0] for line in said] == ["no pages", "pages again"]


def away(_engine: Engine) -> NoReturn:
    raise DatabaseUnusable("away")
