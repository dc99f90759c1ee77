"""What the form does not take, and says so; how often it takes anything; where there is one."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import only_sqlite
from sign_ups import NEW, OWN, form, send, waiting
from sqlalchemy import select
from starlette.testclient import TestClient
from web_office import BASE_URL, contents_of, make_issue

from distribution import clock, web
from distribution.app import App, open_app
from distribution.models import Try
from distribution.web import stamps

# -- what is not taken -----------------------------------------------------------------------------


@only_sqlite
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "请写您的姓名"),
        ({"name": "丁\u202e一"}, "看不见的字符"),
        ({"email": "ding"}, "请写一个完整的邮箱"),
        ({"email": "丁一@fenhe.example"}, "请写一个完整的邮箱"),
        ({"email": "8001@qq.con"}, "是不是 8001@qq.com？"),
        ({"agree": None}, "同意接收才能订阅"),
        ({"stamp": None}, "打开得太久"),
        ({"stamp": "1.x:y"}, "打开得太久"),
    ],
)
def test_what_is_wrong_is_said_and_everything_else_kept(
    app: App, client: TestClient, changes: dict[str, str | None], said: str
) -> None:
    found = send(app, client, **changes)

    assert found.status_code == 400
    assert said in found.text
    assert "没有收下" in found.text
    for name, kept in (("name", "丁一"), ("email", NEW)):
        if name not in changes:
            assert f'value="{kept}"' in found.text
    assert 'value="quality" checked' in found.text
    assert waiting(app) == []


@only_sqlite
def test_an_odd_address_is_asked_about_only_once(app: App, client: TestClient) -> None:
    odd = "8001@qq.con"
    sure = re.search('name="sure" value="([^"]+)"', send(app, client, odd).text)
    assert sure is not None
    assert send(app, client, odd, sure=sure[1]).status_code == 200


@only_sqlite
def test_a_programme_is_too_quick_and_a_page_of_yesterday_too_old(
    app: App, client: TestClient
) -> None:
    now = clock.now()
    for given_out, said in (
        (now, "提交得太快"),
        (now - timedelta(hours=25), "打开得太久"),
        (now + timedelta(hours=1), "提交得太快"),
    ):
        stamp = stamps.stamp(app.keyring, "subscribe", at=given_out)
        assert said in send(app, client, stamp=stamp).text
    other = stamps.stamp(app.keyring, "preferences", at=now - timedelta(minutes=1))
    assert "打开得太久" in send(app, client, stamp=other).text
    assert waiting(app) == []


@only_sqlite
def test_who_fills_in_what_nobody_sees_is_thanked_and_forgotten(
    app: App, client: TestClient
) -> None:
    expected = send(app, client).text
    before = contents_of(app, but="")
    assert send(app, client, fax="0351").text == expected
    assert contents_of(app, but="") == before


@only_sqlite
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "https://journal.test"}, 200),
        ({"sec-fetch-site": "same-site", "origin": "https://journal.test"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "https://journal.test.evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_only_a_page_of_ours_may_send_the_form(
    app: App, client: TestClient, headers: dict[str, str], status: int
) -> None:
    found = client.post("/subscribe", data=form(app), headers=headers)
    assert found.status_code == status
    assert len(waiting(app)) == (status == 200)


@only_sqlite
@pytest.mark.parametrize(
    "body", [b"\xff=1", b"role=liaison", b"role=emperor", b"&".join([b"a=b"] * 300)]
)
def test_what_no_page_of_ours_sends_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/subscribe", content=body, headers=OWN).status_code == 400


# -- how often -------------------------------------------------------------------------------------


WithSettings = Callable[..., App]


@pytest.fixture
def with_settings(environment: dict[str, str]) -> Iterator[WithSettings]:
    """Opens an installation with other settings."""
    opened = []

    def open_(**settings: object) -> App:
        changed = {f"DISTRIBUTION_{name.upper()}": str(value) for name, value in settings.items()}
        opened.append(open_app(environment | changed))
        return opened[-1]

    yield open_
    for app in opened:
        app.engine.dispose()


def opened(app: App, peer: str = "testclient") -> TestClient:
    return TestClient(web.make_app(app, lambda _ids: None), client=(peer, 50_000))


def test_a_network_has_had_enough_and_takes_nothing_from_others(
    with_settings: WithSettings,
) -> None:
    app = with_settings(subscribe_per_network=2, subscribe_in_all=4)
    here, there = opened(app, "198.51.100.7"), opened(app, "203.0.113.9")
    codes = [send(app, here, f"a{number}@a.example").status_code for number in range(5)]
    assert codes == [200, 200, 429, 429, 429]
    refused = send(app, here)
    assert "您所在的网络提交得太频繁" in refused.text
    assert 'value="丁一"' in refused.text
    assert send(app, opened(app, "198.51.100.200"), NEW).status_code == 429  # the same network
    assert [send(app, there, f"b{number}@b.example").status_code for number in range(2)] == [
        200
    ] * 2
    full = send(app, opened(app, "192.0.2.1"), "c@c.example")
    assert (full.status_code, "提交的人太多" in full.text) == (429, True)
    assert len(waiting(app)) == 4
    with app.reading() as session:
        kept = session.scalars(select(Try)).all()
    assert all(re.fullmatch("[0-9a-f]{32}", row.key) for row in kept)


def test_members_are_not_looked_up_for_ever(with_settings: WithSettings) -> None:
    app = with_settings(subscribe_searches=2)
    client = opened(app)
    codes = [send(app, client, company="汾河", step="search").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert "查找的次数太多" in send(app, client, enterprise="汾河机床厂").text


# -- where there is a form -------------------------------------------------------------------------


@only_sqlite
@pytest.mark.parametrize(
    ("settings", "is_open"),
    [
        ({"base_url": BASE_URL}, True),
        ({"base_url": BASE_URL, "subscribe_form": "off"}, False),
        ({"base_url": "http://localhost:8000"}, False),
        ({"base_url": "http://localhost:8000", "subscribe_form": "on"}, True),
        ({"base_url": BASE_URL, "transport": "smtp"}, False),  # its sender is a placeholder
    ],
)
def test_where_letters_would_not_reach_anybody_there_is_no_form(
    with_settings: WithSettings,
    settings: dict[str, str],
    is_open: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    app = with_settings(**settings)
    client = opened(app)

    page, front = client.get("/subscribe"), client.get("/")

    assert page.status_code == front.status_code == 200
    assert ("<form" in page.text) == is_open
    assert ('href="subscribe"' in front.text) == is_open
    assert (app.settings.sender_address in page.text) is True
    send(app, client)
    assert len(waiting(app)) == is_open


@only_sqlite
def test_the_front_door_is_the_magazines(app: App, client: TestClient) -> None:
    make_issue(app)
    found = client.get("/")
    assert "三晋机电通讯" in found.text
    assert "请从邮件中打开" in found.text


@only_sqlite
@pytest.mark.parametrize("reading", ["readers", "public"])
def test_the_front_door_leads_to_the_archive_where_it_is_open_to_all(
    with_settings: WithSettings, reading: str
) -> None:
    client = opened(with_settings(reading=reading))
    assert ('href="archive"' in client.get("/").text) == (reading == "public")
    assert (client.get("/archive").status_code == 200) == (reading == "public")
