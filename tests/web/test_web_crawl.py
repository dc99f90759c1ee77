"""Programmes that follow every link of every mail change nothing but the inbox."""

import pytest
from databases import inbox
from starlette.testclient import TestClient
from web_office import DENIED, GRANTED, UNKNOWN, contents_of, links_of, mail_to, plan
from web_office import path_of as path

from distribution import web
from distribution.app import App

COUNTED = {GRANTED: {"click", "open"}, UNKNOWN: {"run-click"}, DENIED: set[str]()}


@pytest.mark.parametrize("address", [GRANTED, UNKNOWN, DENIED])
def test_following_all_links_changes_nothing_but_the_inbox(app: App, address: str) -> None:
    plan(app)
    links = links_of(mail_to(app, address))
    assert len(links) > 5
    before = contents_of(app)
    with TestClient(web.make_app(app, lambda _ids: None), follow_redirects=False) as client:
        for method in ("HEAD", "GET", "GET"):
            for link in sorted(links):
                found = client.request(method, path(link))
                while found.status_code == 302:
                    found = client.get(path(found.headers["location"]))
                assert found.status_code == 200
    assert contents_of(app) == before
    came = inbox(app)
    assert {row.content["use"] for row in came} == COUNTED[address]
    assert len(came) == 3 * sum(path(link)[:3] in ("/c/", "/o/") for link in links)
