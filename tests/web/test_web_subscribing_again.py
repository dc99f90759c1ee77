"""A form to be mended: what was typed, found and chosen stays; who comes too often is told when."""

import re
from datetime import timedelta
from typing import Any

import pytest
from databases import only_sqlite
from sign_ups import NEW, OWN, form, send, waiting
from starlette.testclient import TestClient

from distribution import audience, clock, web
from distribution.app import App, open_app
from distribution.web import stamps

NAMES = ["汾河机床厂", "汾河铸造厂", "汾河重型机械集团有限公司"]


@pytest.fixture
def members(app: App) -> None:
    with app.transaction() as session:
        for name in NAMES:
            audience.ensure_enterprise(session, name, at=clock.now())


def values(html: str, name: str) -> list[str]:
    """Of all fields of this name, in a page."""
    found = re.findall(rf'name="{name}" value="([^"]*)"', html)
    assert html.count(f'name="{name}"') == len(found)
    return found


def ticked(html: str) -> list[str]:
    return re.findall(
        r'name="(?:enterprise|topic|agree)" value="([^"]+)"(?: required)? checked', html
    )


@pytest.mark.usefixtures("members")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stamp": "now"}, "提交得太快"),
        ({"stamp": "1.x:y"}, "打开得太久"),
        ({"name": " "}, "请写您的姓名"),
        ({"email": "8001@qq.con"}, "是不是 8001@qq.com"),
        ({"agree": None}, "同意接收才能订阅"),
    ],
    ids=["too quick", "too old", "no name", "odd address", "no consent"],
)
@only_sqlite
def test_members_found_are_offered_again_with_his_choice(
    app: App, client: TestClient, changes: dict[str, str | None], said: str
) -> None:
    page = send(app, client, company="汾河", step="search").text
    offered = values(page, "offered")
    assert values(page, "enterprise") == [*offered, "-"]
    assert sorted(offered) == sorted(NAMES)
    if changes.get("stamp") == "now":
        changes = {"stamp": stamps.stamp(app.keyring, "subscribe", at=clock.now())}

    found = send(app, client, company="汾河", enterprise=NAMES[1], offered=offered, **changes)

    assert found.status_code == 400
    assert said in found.text
    assert values(found.text, "enterprise") == [*offered, "-"]
    assert ticked(found.text)[0] == NAMES[1]
    assert ("yes" in ticked(found.text)) == ("agree" not in changes)
    assert {"quality", "policy"} < set(ticked(found.text))
    assert 'value="汾河"' in found.text

    again = {"enterprise": NAMES[1], "offered": values(found.text, "offered")}
    sure = values(found.text, "sure")[-1]
    assert send(app, client, changes.get("email") or NEW, sure=sure, **again).status_code == 200
    assert waiting(app)[-1].wishes["enterprise"] == NAMES[1]


@pytest.mark.usefixtures("members")
@only_sqlite
def test_who_names_another_member_is_not_offered_what_he_found_before(
    app: App, client: TestClient
) -> None:
    found = send(app, client, company=NAMES[2], offered=[NAMES[0]], name=" ")
    assert values(found.text, "enterprise") == [NAMES[2], "-"]
    assert ticked(found.text)[0] == NAMES[2]


@only_sqlite
def test_no_more_is_offered_again_than_was_before(app: App, client: TestClient) -> None:
    found = send(app, client, offered=[f"第{number}厂" for number in range(20)], name=" ")
    assert len(values(found.text, "enterprise")) == 5 + 1
    long = send(app, client, offered=["长" * 400], name=" ").text
    assert values(long, "enterprise") == ["长" * 400, "-"]


def refused(app: App, **changes: Any) -> Any:  # noqa: ANN401 - fields, and a response
    """The last answer to somebody who sends it again and again."""
    client = TestClient(web.make_app(app, lambda _ids: None))
    for _ in range(4):
        found = client.post("/subscribe", data=form(app, **changes), headers=OWN)
    assert found.status_code == 429
    return found


@only_sqlite
@pytest.mark.parametrize(
    ("setting", "changes"),
    [
        ("subscribe_per_network", {}),
        ("subscribe_in_all", {}),
        ("subscribe_searches", {"company": "汾河", "step": "search"}),
    ],
)
def test_who_comes_too_often_is_told_when_to_come_again(
    environment: dict[str, str], setting: str, changes: dict[str, str]
) -> None:
    app = open_app(environment | {f"DISTRIBUTION_{setting.upper()}": "2"})
    try:
        found = refused(app, **changes)
        until = clock.now() + timedelta(seconds=int(found.headers["retry-after"]))
    finally:
        app.engine.dispose()
    off = until.timestamp() % 3600  # counts are by the hour of the clock
    assert min(off, 3600 - off) < 60
    said = re.search(r"请 (\d+) (分钟|小时)后再", found.text)
    assert said is not None
    assert 1 <= int(said[1]) <= 60
