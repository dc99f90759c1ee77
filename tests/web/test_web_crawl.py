"""Programmes that follow every link of every mail change nothing but the inbox."""

import pytest
from databases import inbox
from runs import SEPTEMBER, plan_sample
from sqlalchemy import select
from starlette.testclient import TestClient
from web_office import DENIED, GRANTED, UNKNOWN, contents_of, links_of, mail_to, plan
from web_office import path_of as path

from distribution import web
from distribution.app import App
from distribution.models import Delivery

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


def test_scanners_may_follow_every_link_of_every_mail_of_a_run(app: App) -> None:
    links = {
        link for mail in recipients_of_the_sample(app) for link in links_of(mail_to(app, mail))
    }
    assert len(links) > 500
    before = contents_of(app)
    with TestClient(web.make_app(app, lambda _ids: None), follow_redirects=False) as client:
        for link in sorted(links):
            for method in ("HEAD", "GET"):
                assert client.request(method, path(link)).status_code in (200, 302)
    assert contents_of(app) == before


def recipients_of_the_sample(app: App) -> list[str]:
    """The readers of a planned run of the sample issue to its made-up audience."""
    plan_sample(app, at=SEPTEMBER)
    with app.reading() as session:
        return list(session.scalars(select(Delivery.recipient)))
