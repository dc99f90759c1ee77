"""Where reading is public: plain addresses, found by search engines, kept for some minutes."""

import re

import pytest
from databases import only_sqlite
from library_office import open_library
from lxml import etree
from starlette.testclient import TestClient
from web_office import BASE_URL, Visitor, links_in, path_of

from distribution.app import App
from distribution.web.pages import HEADERS

PUBLIC = ("/archive", "/issues/2026-09", "/issues/2026-09/3", "/issues/2026-08/whole")


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """An installation whose issues anybody may read."""
    return environment | {"DISTRIBUTION_READING": "public"}


@pytest.fixture
def reader(app: App, client: TestClient) -> Visitor:
    return open_library(app, client)


@only_sqlite
def test_issues_are_read_without_a_link(reader: Visitor) -> None:
    for path in PUBLIC:
        found = reader.client.get(path)
        assert found.status_code == 200
        assert "x-robots-tag" not in found.headers
        assert found.headers["cache-control"] == "public, max-age=300"
        assert re.findall('rel="canonical" href="([^"]+)"', found.text) == [f"{BASE_URL}{path}"]
        assert "/r/" not in found.text
    assert "<mark>煤机</mark>" in reader.client.get("/search?q=煤机").text


@only_sqlite
def test_public_pages_bear_the_careful_headers_too(reader: Visitor) -> None:
    careful = HEADERS.keys() - {"X-Robots-Tag", "Cache-Control"}
    for path in (*PUBLIC, "/search?q=x", "/feed.xml", "/feeds/policy.xml", "/sitemap.xml"):
        found = reader.client.get(path)
        assert {name: found.headers[name] for name in careful} == {
            name: HEADERS[name] for name in careful
        }
        assert "set-cookie" not in found.headers


@only_sqlite
def test_what_is_found_is_not_for_search_engines(reader: Visitor) -> None:
    assert reader.client.get("/search?q=煤机").headers["x-robots-tag"] == "noindex"


@only_sqlite
def test_unsent_and_unapproved_issues_are_shown_to_nobody(reader: Visitor) -> None:
    for key in ("2026-10", "2026-11"):
        for rest in ("", "/1", "/whole"):
            assert reader.client.get(f"/issues/{key}{rest}").status_code == 404
    everything = reader.client.get("/sitemap.xml").text + reader.client.get("/feed.xml").text
    assert "2026-08" in everything
    assert "2026-10" not in everything


@only_sqlite
def test_links_of_mails_lead_to_the_plain_addresses(reader: Visitor) -> None:
    for kind in ("run_read", "read"):
        for rest, path in (
            ("/3", "/issues/2026-09/3"),
            ("/whole", "/issues/2026-09/whole"),
            ("/archive", "/archive"),
            ("/search?q=%E7%85%A4", "/search?q=%E7%85%A4"),
            ("/issues/2026-08/1", "/issues/2026-08/1"),
        ):
            found = reader.client.get(f"{reader.link(kind)}{rest}")
            assert (found.status_code, found.headers["location"]) == (302, f"{BASE_URL}{path}")
        assert reader.client.get(f"{reader.link(kind)}/9").status_code == 404
    assert reader.get("run_read").headers["location"] == f"{BASE_URL}/issues/2026-09"


@only_sqlite
def test_a_persons_own_pages_stay_his_own(reader: Visitor) -> None:
    for kind in ("read", "preferences", "unsubscribe"):
        found = reader.get(kind)
        assert found.status_code == 200
        assert found.headers["x-robots-tag"] == "noindex"
        assert found.headers["cache-control"] == "no-store"
    own = reader.client.get(f"{reader.link('read')}/feed.xml")
    assert own.headers["cache-control"] == "private, no-cache"
    assert own.headers["x-robots-tag"] == "noindex"


@only_sqlite
def test_who_has_a_page_already_is_told_so(reader: Visitor) -> None:
    for path in (*PUBLIC, "/feed.xml", "/sitemap.xml", "/search?q=煤"):
        tag = reader.client.get(path).headers["etag"]
        for method in ("GET", "HEAD"):
            again = reader.client.request(method, path, headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["cache-control"] == "public, max-age=300"


@only_sqlite
def test_the_sitemap_names_every_page_there_is(reader: Visitor) -> None:
    found = reader.client.get("/sitemap.xml")
    urls = [one.text for one in etree.fromstring(found.content).iter("{*}loc")]
    assert len(urls) == len(set(urls)) == 1 + 2 + 5 + 3
    for url in urls:
        assert reader.client.get(path_of(url)).status_code == 200


@only_sqlite
def test_robots_may_read_the_issues_and_nothing_else(reader: Visitor) -> None:
    lines = reader.client.get("/robots.txt").text.splitlines()
    allowed = [line.partition(": ")[2] for line in lines if line.startswith("Allow")]
    assert "/mail/issues/" in allowed
    assert not [path for path in allowed if "search" in path or path.endswith("/r/")]
    assert "Disallow: /mail/" in lines
    assert f"Sitemap: {BASE_URL}/sitemap.xml" in lines


@only_sqlite
def test_the_front_door_leads_to_the_archive(reader: Visitor) -> None:
    assert "archive" in links_in(reader.client.get("/").text)
