"""The archive and the search, reached from a mail: whole, safe, and closed to all others."""

import re
from collections.abc import Iterable
from urllib.parse import quote

import pytest
from databases import only_sqlite
from library_office import PAST, open_library
from lxml import etree
from runs import SEPTEMBER
from sqlalchemy import update
from starlette.testclient import TestClient
from web_office import BASE_URL, GRANTED, Visitor, contents_of, links_in, path_of

from distribution import audience, issues, privacy
from distribution.app import App
from distribution.models import Delivery, Run
from distribution.words import RunState

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = f"{ATOM}entry"
HOSTILE = ("'", '"><script>', "%", "*", "a' OR 1=1", "🙂", "煤" * 100, "x" * 1000, "\x00", "ＣＮＣ")


@pytest.fixture
def reader(app: App, client: TestClient) -> Visitor:
    return open_library(app, client)


def search(reader: Visitor, words: str, page: object = 1) -> str:
    found = reader.client.get(f"{reader.link('run_read')}/search?q={quote(words)}&page={page}")
    assert found.status_code == 200
    return str(found.text)


def hits(text: str) -> list[str]:
    """Titles, without marks."""
    return [
        re.sub("<[^>]+>", "", title) for title in re.findall("<h2><a [^>]*>(.*?)</a></h2>", text)
    ]


def shown(reader: Visitor, path: str) -> str:
    found = reader.client.get(f"{reader.link('run_read')}{path}")
    assert found.status_code == 200
    return str(found.text)


@only_sqlite
def test_the_archive_has_what_was_sent_and_nothing_else(reader: Visitor) -> None:
    url = reader.app.addresses.run_read(reader.run)
    text = shown(reader, "/archive")
    assert "<h2>2026年</h2>" in text
    assert re.findall("2026年第(\\d+)期", text) == ["9", "8"]
    links = links_in(text)
    assert url in links
    assert f"{url}/issues/2026-08" in links
    for key in ("2026-10", "2026-11", "2026-12", "x", "2026-8"):
        for rest in ("", "/1", "/whole"):
            found = reader.client.get(f"{reader.link('run_read')}/issues/{key}{rest}")
            assert found.status_code == 404


@only_sqlite
def test_every_link_among_the_issues_leads_somewhere_and_names_nobody(reader: Visitor) -> None:
    seen, left = set(), [reader.app.addresses.run_read(reader.run)]
    while left:
        url = left.pop()
        seen.add(url)
        found = reader.client.get(path_of(url))
        assert found.status_code == 200, url
        assert found.headers["x-robots-tag"] == "noindex"
        ours = {link.partition("?")[0] for link in links_in(found.text) if BASE_URL in link}
        left += ours - seen - set(left)
    root = reader.app.addresses.run_read(reader.run)
    assert all(url.startswith(root) for url in seen)
    assert len(seen) > 20
    assert f"{root}/issues/2026-08/3" in seen


@only_sqlite
def test_an_article_of_a_past_issue_stands_among_its_own(reader: Visitor) -> None:
    url = f"{reader.app.addresses.run_read(reader.run)}/issues/2026-08"
    text = shown(reader, "/issues/2026-08/2")
    assert PAST[1] in text
    assert "2026年第8期" in text
    assert [link for link in links_in(text) if re.search("/[0-9]$", link)] == [
        f"{url}/1",
        f"{url}/3",
    ]


@only_sqlite
def test_an_article_names_related_ones_of_past_issues_only(reader: Visitor) -> None:
    related = shown(reader, "/3").partition("往期相关")[2]
    assert PAST[0] in related  # 煤机, and the same topic
    assert PAST[1] not in related
    assert "煤机改造" not in related
    assert "往期相关" not in shown(reader, "/issues/2026-08/1")


@only_sqlite
def test_a_whole_issue_is_on_one_page_with_its_contents(reader: Visitor) -> None:
    text = shown(reader, "/issues/2026-08/whole")
    for at, title in enumerate(PAST, start=1):
        assert f'<a href="#a{at}">{title}</a>' in text
        assert f'id="a{at}"' in text
        assert f"08 月：{title}，全文" in text


def test_words_are_found_in_all_issues_and_marked(reader: Visitor) -> None:
    text = search(reader, "煤机 CNC")
    assert hits(text) == [PAST[0]]
    assert "<mark>煤机</mark>智能化改造" in text
    assert "<mark>CNC</mark>" in text
    assert "找到 1 篇" in text
    assert hits(search(reader, "煤"))[:2] == ["煤机改造第 1 篇", "煤机改造第 2 篇"]
    assert "没有找到" in search(reader, "量子")


@only_sqlite
def test_whatever_is_typed_gets_a_page(reader: Visitor) -> None:
    before = contents_of(reader.app, but="")
    for typed in HOSTILE:
        text = search(reader, typed)
        assert "<script" not in text
    assert "只用了前面的词" in search(reader, "x" * 1000)
    assert "只有符号" in search(reader, "%")
    for page in ("0", "-1", "x", "９", "99999999999999999999"):
        assert hits(search(reader, "煤", page))
    assert contents_of(reader.app, but="") == before


@only_sqlite
def test_many_results_are_spread_over_pages(
    reader: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.web.archive.PER_PAGE", 3)
    first, second = search(reader, "煤"), search(reader, "煤", 2)
    assert [len(hits(first)), len(hits(second))] == [3, 3]
    assert not set(hits(first)) & set(hits(second))
    assert "第 1 / 2 页" in first
    (after,) = re.findall('rel="next" href="([^"]+)"', first)
    assert after.endswith("/search?q=%E7%85%A4&amp;page=2")
    assert hits(search(reader, "煤", 3)) == hits(second)


@only_sqlite
def test_a_link_of_ones_own_mail_leads_to_the_pages_that_name_nobody(reader: Visitor) -> None:
    root = reader.app.addresses.run_read(reader.run)
    for rest in ("/archive", "/search?q=%E7%85%A4", "/issues/2026-08/2", "/whole"):
        found = reader.client.get(f"{reader.link('read')}{rest}")
        assert (found.status_code, found.headers["location"]) == (302, f"{root}{rest}")
    assert reader.client.get(f"{reader.link('read')}/issues/2026-10").status_code == 404


@only_sqlite
def test_nothing_is_open_to_those_without_a_link(reader: Visitor) -> None:
    expected = reader.client.get("/nothing")
    for path in (
        *("/archive", "/search?q=x", "/feed.xml", "/feeds/policy.xml", "/sitemap.xml"),
        *("/issues/2026-09", "/issues/2026-09/1", "/issues/2026-09/whole"),
    ):
        found = reader.client.get(path)
        assert (found.status_code, found.content) == (404, expected.content)
        assert found.headers == expected.headers


@only_sqlite
def test_a_reopened_issue_is_off_the_shelf_until_it_is_approved_again(reader: Visitor) -> None:
    with reader.app.transaction() as session:
        session.execute(update(Run).values(state=RunState.FINISHED))
        session.execute(update(Delivery).values(state="accepted"))
        issues.reopen(session, "2026-08")
        issues.Desk(session, "2026-08", by="editor", at=SEPTEMBER).edit(1, {"title": "焦化新规"})
    assert "第8期" not in shown(reader, "/archive")
    assert hits(search(reader, "CNC")) == []
    with reader.app.transaction() as session:
        issues.approve(session, "2026-08", by="test", at=SEPTEMBER, override="测试")
    assert "焦化新规" in shown(reader, "/issues/2026-08/1")
    assert hits(search(reader, "焦化")) == ["焦化新规"]


# -- feeds -------------------------------------------------------------------------------------


def entries(content: bytes) -> list[str]:
    return [str(one.findtext(f"{ATOM}title")) for one in etree.fromstring(content).iter(ENTRY)]


def addresses(content: bytes) -> Iterable[str]:
    for entry in etree.fromstring(content).iter(ENTRY):
        (link,) = entry.iter(f"{ATOM}link")
        yield path_of(link.get("href"))


@only_sqlite
def test_feeds_have_what_is_new_of_all_and_of_a_topic(reader: Visitor) -> None:
    found = reader.client.get(f"{reader.link('run_read')}/feed.xml")
    assert found.headers["content-type"] == "application/atom+xml"
    assert entries(found.content)[-3:] == list(PAST)
    assert len(entries(found.content)) == 8
    for path in addresses(found.content):
        assert reader.client.get(path).status_code == 200
    quality = reader.client.get(f"{reader.link('run_read')}/feeds/quality.xml")
    assert entries(quality.content) == ["煤机改造第 3 篇", "煤机改造第 4 篇", *PAST]
    assert reader.client.get(f"{reader.link('run_read')}/feeds/poetry.xml").status_code == 404


@only_sqlite
def test_a_feed_reader_is_told_when_nothing_is_new(reader: Visitor) -> None:
    path = f"{reader.link('run_read')}/feed.xml"
    first = reader.client.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    same = reader.client.get(path, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == first.headers["etag"]
    other = reader.client.get(path, headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


@only_sqlite
def test_a_readers_own_feed_follows_his_topics_and_names_him_nowhere(reader: Visitor) -> None:
    path = f"{reader.link('read')}/feed.xml"
    found = reader.client.get(path)
    assert entries(found.content) == [
        "煤机改造第 1 篇",
        "煤机改造第 3 篇",
        "煤机改造第 4 篇",
        *PAST,
    ]
    root = reader.link("run_read")
    assert all(address.startswith(root) for address in addresses(found.content))
    with reader.app.transaction() as session:
        row = audience.find_subscriber(session, GRANTED)
        hasher = reader.app.keyring.address_hash
        privacy.erase(session, row, hasher, why="x", reason="x", by="test", at=SEPTEMBER)
    assert reader.client.get(path).status_code == 404
