"""Digests and articles on the web: what was mailed, in full, and never counted."""

import re

import pytest
from databases import inbox, only_sqlite
from starlette.testclient import TestClient
from web_office import (
    BASE_URL,
    DENIED,
    GRANTED,
    UNKNOWN,
    Visitor,
    contents_of,
    delivery_to,
    elements,
    links_in,
    plan,
)

from distribution.app import App

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


def titles(html: str) -> list[str]:
    return [f"第 {number} 篇" for number in range(1, 6) if f">第 {number} 篇<" in html]


def articles_in(html: str, url: str) -> list[str]:
    return [link for link in links_in(html) if re.fullmatch(rf"{re.escape(url)}/[0-9]+", link)]


def test_a_digest_is_the_mail_with_links_that_are_not_counted(visitor: Visitor) -> None:
    found = visitor.get("read")
    assert found.status_code == 200
    assert titles(found.text) == ["第 1 篇", "第 3 篇", "第 4 篇"]  # policy and quality
    paths = {link.rsplit("/", 2)[-2] for link in links_in(found.text)}
    assert "c" not in paths
    assert "<img" not in found.text
    assert inbox(visitor.app) == []


def test_an_article_has_all_that_was_printed_of_it(visitor: Visitor) -> None:
    text = visitor.get("run_read", 3).text
    for fact in (
        "第 3 篇",
        "质量管理",
        "示范日报",
        "2026年8月20日",
        "第 3 页",
        "第一段。",
        "第二段。",
    ):
        assert fact in text
    for fact in ("三晋机电通讯", "2026年第9期", "总第300期", "主办：示范联合会"):
        assert fact in text


def test_the_address_of_an_article_names_nobody_and_may_be_handed_on(visitor: Visitor) -> None:
    addresses = visitor.app.addresses
    led = visitor.get("read", 3)
    assert led.status_code == 302
    assert led.headers["location"] == f"{addresses.run_read(visitor.run)}/3"
    found = visitor.get("run_read", 3)
    links = [link for link in links_in(found.text) if link.startswith(BASE_URL)]
    assert len(links) > 3
    assert all(link.startswith(addresses.run_read(visitor.run)) for link in links)


def test_the_contents_of_a_run_are_the_whole_issue_and_name_nobody(visitor: Visitor) -> None:
    url = visitor.app.addresses.run_read(visitor.run)
    found = visitor.get("run_read")
    assert articles_in(found.text, url) == [f"{url}/{number}" for number in range(1, 6)]
    assert found.text.count("<h2>质量管理</h2>") == 1
    article = visitor.get("run_read", 2)
    assert articles_in(article.text, url) == [f"{url}/1", f"{url}/3"]
    assert url in links_in(article.text)
    assert inbox(visitor.app) == []


@pytest.mark.parametrize("address", [GRANTED, UNKNOWN, DENIED])
def test_reading_changes_nothing(visitor: Visitor, address: str) -> None:
    before = contents_of(visitor.app, but="")
    one = visitor.of(address)
    assert one.get("read").status_code == one.get("run_read", 1).status_code == 200
    assert contents_of(visitor.app, but="") == before


@pytest.mark.parametrize("position", [0, 6, 99999, 123456, "-1", "1.0", "１", "x", "01", "1 "])
@pytest.mark.parametrize("kind", ["read", "run_read"])
@only_sqlite
def test_there_is_no_other_article(visitor: Visitor, kind: str, position: object) -> None:
    assert visitor.get(kind, position).status_code == 404


@only_sqlite
def test_what_stands_in_an_issue_is_text_and_nothing_else(app: App, client: TestClient) -> None:
    run = plan(app, title=HOSTILE.replace("{", "(").replace("}", ")"), paragraphs=(HOSTILE,))
    visitor = Visitor(app, client, delivery_to(app, GRANTED), run)
    for found in (visitor.get("read"), visitor.get("run_read", 1), visitor.get("run_read")):
        assert found.status_code == 200
        tags = {tag for tag, _, _ in elements(found.text)}
        assert tags.isdisjoint({"script", "img", "iframe", "object"})
        assert "alert(1)" in found.text
    assert "{{ 7*7 }}" in visitor.get("run_read", 1).text


@only_sqlite
def test_a_base_address_is_taken_from_the_settings_alone(visitor: Visitor) -> None:
    liar = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
    plain = visitor.get("run_read", 3)
    assert visitor.client.get(visitor.link("run_read") + "/3", headers=liar).text == plain.text
    click = visitor.client.get(visitor.link("click") + "/3", headers=liar)
    assert click.headers["location"] == f"{visitor.app.addresses.run_read(visitor.run)}/3"
