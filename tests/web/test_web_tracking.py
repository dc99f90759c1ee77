"""The pixel and the counted links: stored as they come, answered alike to people and machines."""

import pytest
from databases import inbox, only_sqlite
from starlette.testclient import TestClient
from web_office import GRANTED, Visitor, delivery_to, plan, without_database

from distribution import web
from distribution.app import App
from distribution.words import Signal


def test_a_click_is_in_the_inbox_when_it_is_answered(visitor: Visitor) -> None:
    found = visitor.get("click", 3)
    assert found.status_code == 302
    assert found.headers["location"] == f"{visitor.app.addresses.run_read(visitor.run)}/3"
    (row,) = inbox(visitor.app)
    assert row.signal is Signal.CLICK
    facts = {name: row.content[name] for name in ("use", "row", "position", "method")}
    assert facts == {"use": "click", "row": visitor.delivery, "position": 3, "method": "GET"}


def test_a_click_of_nobody_leads_to_the_issue_of_the_run(visitor: Visitor) -> None:
    found = visitor.get("run_click", 5)
    assert found.headers["location"] == f"{visitor.app.addresses.run_read(visitor.run)}/5"
    assert [row.content["use"] for row in inbox(visitor.app)] == ["run-click"]


def test_a_click_on_an_article_that_is_not_there_is_not_stored(visitor: Visitor) -> None:
    assert visitor.get("click", 6).status_code == 404
    assert visitor.get("run_click", 6).status_code == 404
    assert inbox(visitor.app) == []


def test_a_look_without_a_body_is_recorded_as_one(visitor: Visitor) -> None:
    assert visitor.client.head(visitor.link("click") + "/1").status_code == 302
    assert [row.content["method"] for row in inbox(visitor.app)] == ["HEAD"]


def test_opens_are_stored_at_the_latest_when_the_server_stops(app: App) -> None:
    run, rung = plan(app), list[int]()
    site = web.make_app(app, rung.extend)
    with TestClient(site) as client:
        visitor = Visitor(app, client, delivery_to(app, GRANTED), run)
        for _ in range(3):
            found = visitor.get("open")
            assert found.status_code == 200
        assert client.head(visitor.link("open")).status_code == 200
    rows = inbox(app)
    assert [row.signal for row in rows] == [Signal.OPEN] * 4
    assert sorted(row.content["method"] for row in rows) == ["GET", "GET", "GET", "HEAD"]
    assert sorted(rung) == [row.id for row in rows]


@only_sqlite
def test_the_pixel_is_a_picture_nobody_keeps(visitor: Visitor) -> None:
    found = visitor.get("open")
    assert found.headers["content-type"] == "image/gif"
    assert found.headers["cache-control"] == "no-store, private"
    assert len(found.content) == 43
    assert found.content.startswith(b"GIF89a\x01\x00\x01\x00")


@only_sqlite
def test_a_pixel_needs_no_database_and_a_click_says_when_to_come_again(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    run = plan(app)
    site = web.make_app(without_database(app), lambda _ids: None)
    with TestClient(site, raise_server_exceptions=False, follow_redirects=False) as client:
        visitor = Visitor(app, client, delivery_to(app, GRANTED), run)
        assert visitor.get("open").status_code == 200
        for kind, position in (
            ("click", 1),
            ("read", None),
            ("read", 1),
            ("unsubscribe", None),
            ("preferences", None),
        ):
            found = visitor.get(kind, position)
            assert found.status_code == 503
            assert found.headers["retry-after"] == "30"
            assert "暂时无法打开" in found.text
        assert client.post(visitor.link("unsubscribe")).status_code == 503
        tokens = [visitor.link(kind).split("/")[2] for kind in ("open", "click", "read")]
    said = caplog.text
    assert "1 opens are lost" in said
    assert not [token for token in tokens if token in said]
    assert GRANTED not in said


def test_whoever_asks_is_kept_as_a_neighbourhood_only(visitor: Visitor) -> None:
    headers = {"User-Agent": "Mozilla/5.0", "X-Forwarded-For": "198.51.100.7"}
    visitor.client.get(visitor.link("click") + "/1", headers=headers)
    (row,) = inbox(visitor.app)
    assert "198.51.100" not in str(row.content)  # nobody has said that this proxy is ours
    assert row.content["agent"] == "Mozilla/5.0"


def test_a_proxy_on_this_machine_says_from_which_network_a_click_comes(app: App) -> None:
    run = plan(app)
    with TestClient(
        web.make_app(app, lambda _ids: None), follow_redirects=False, client=("127.0.0.1", 50_000)
    ) as client:
        visitor = Visitor(app, client, delivery_to(app, GRANTED), run)
        headers = {"X-Forwarded-For": "192.0.2.66, 198.51.100.7"}
        client.get(visitor.link("click") + "/1", headers=headers)
    (row,) = inbox(app)
    assert row.content["network"] == "198.51.100.0/24"
    assert "198.51.100.7" not in str(row.content)
    assert "192.0.2" not in str(row.content)  # to the left stands what anybody may claim


def test_the_link_nobody_sees_leads_to_the_contents_and_is_stored(visitor: Visitor) -> None:
    for kind in ("click", "run_click"):
        found = visitor.get(kind, 0)
        assert found.status_code == 302
        assert found.headers["location"] == visitor.app.addresses.run_read(visitor.run)
    assert [row.content["position"] for row in inbox(visitor.app)] == [0, 0]
    assert visitor.get("read", 0).status_code == 404


FROM_A_BROWSER = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("kind", "body", "headers", "noted"),
    [
        ("unsubscribe", b"", FROM_A_BROWSER, 1),
        ("unsubscribe", b"List-Unsubscribe=One-Click", {}, 0),
        ("unsubscribe", b"", {}, 0),
    ],
)
def test_a_form_that_a_browser_sent_is_noted_as_a_persons_act(
    app: App, kind: str, body: bytes, headers: dict[str, str], noted: int
) -> None:
    run = plan(app)
    with TestClient(web.make_app(app, lambda _ids: None), follow_redirects=False) as client:
        visitor = Visitor(app, client, delivery_to(app, GRANTED), run)
        assert client.post(visitor.link(kind), content=body, headers=headers).status_code < 400
        assert (
            client.post(visitor.link("preferences"), content=b"edition=golden").status_code == 400
        )
    found = [(row.signal, row.content["row"]) for row in inbox(app)]
    assert found == [(Signal.ACT, visitor.delivery)] * noted
