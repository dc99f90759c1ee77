"""`distribution lane set`, and how the pace of lanes is listed."""

from datetime import timedelta

import pytest
from cli_office import MORNING, Office
from databases import lanes, only_sqlite
from desk_files import audited, details
from runs import add_reader, make_issue, plan, start
from sqlalchemy import update

from distribution import clock, delivery
from distribution.app import App
from distribution.models import Delivery, Lane, MailDomain
from distribution.words import DeliveryState


@pytest.fixture
def running(app: App) -> int:
    """A run that is being sent to readers of QQ and of two companies; its number."""
    with app.transaction() as session:
        for email in ("a@qq.com", "b@qq.com", "c@fenhe.example", "d@taihang.example"):
            add_reader(session, app, email, MORNING)
        at = {"next_look_at": MORNING, "failures": 0}
        session.add(MailDomain(domain="taihang.example", exchange="mx1.gateway.example", **at))
    run_id = plan(app, make_issue(app), MORNING)
    return start(app, run_id, MORNING, timedelta(days=3650))


def listed(office: Office, *options: str) -> dict[str, dict[str, object]]:
    found = office("lane", "list", "--json", *options)
    assert (found.code, found.err) == (0, "")
    return {one["lane"]: one for one in found.document}


@pytest.mark.usefixtures("running")
def test_a_lane_gets_limits_of_its_own_and_goes_back_to_the_usual(office: Office, app: App) -> None:
    said = office("lane", "set", "QQ 邮箱", "--rate", "1200", "--connections", "4").out
    more = office("lane", "set", "qq", "--burst", "20").out
    own = listed(office, "--all")["qq"]
    again = office("lane", "set", "qq", "--burst", "20")
    back = office("lane", "set", "qq", "--default").out

    assert said == "线路 QQ 邮箱 的限速：1200 封/时，连发 10，在途 4。\n"
    assert more == "线路 QQ 邮箱 的限速：1200 封/时，连发 20，在途 4。\n"
    assert (own["rate_per_hour"], own["burst"], own["connections"]) == (1200, 20, 4)
    assert own["set_by_admin"] is True
    assert again.code == 0
    assert back == "线路 QQ 邮箱 的限速：600 封/时，连发 10，在途 2。\n"
    assert listed(office, "--all")["qq"]["set_by_admin"] is False
    assert [deed for deed in audited(app) if deed[0] == "lane.set"] == [("lane.set", "qq")] * 3


@pytest.mark.usefixtures("running")
def test_a_company_may_be_given_a_pace_and_a_provider_none(office: Office, app: App) -> None:
    assert (
        "fenhe.example 的限速：30 封/时，连发 1。"
        in office("lane", "set", "fenhe.example", "--rate", "30").out
    )
    assert office("lane", "set", "qq", "--rate", "0", "--connections", "0").out == (
        "线路 QQ 邮箱 的限速：不限。\n"
    )
    found = listed(office, "--all")
    assert (found["fenhe.example"]["rate_per_hour"], found["qq"]["rate_per_hour"]) == (30, None)
    assert lanes(app)["qq"].rate_per_hour == 0


@pytest.mark.usefixtures("running")
def test_who_shares_a_host_shares_the_lane_that_is_meant(office: Office, app: App) -> None:
    said = office("lane", "set", "taihang.example", "--rate", "60")
    assert said.out == "线路 gateway.example 的限速：60 封/时，连发 1。\n"
    assert listed(office, "--all")["gateway.example"]["waiting"] == 1
    none = [None, None, None]
    assert details(app, "lane.set") == {"before": none, "after": [60, None, None]}


@pytest.mark.usefixtures("running")
def test_lanes_that_wait_for_their_pace_are_listed_with_when_they_go_on(
    office: Office, app: App
) -> None:
    until = clock.now() + timedelta(hours=1)
    with app.transaction() as session:
        delivery.limit_lane(session, "fenhe.example", (None, None, 5))
        delivery.limit_lane(session, "qq", (None, None, None))
        session.execute(update(Lane).where(Lane.name == "qq").values(free_at=until))
        one = Delivery.recipient == "a@qq.com"
        session.execute(update(Delivery).where(one).values(state=DeliveryState.HANDED))

    shown, found = office("lane", "list").out, listed(office)
    everything = office("lane", "list", "--all").out

    assert set(found) == {"qq"}
    assert (found["qq"]["waiting"], found["qq"]["in_hands"]) == (1, 1)
    assert found["qq"]["next_at"] == until.isoformat()
    assert f"限速中  至 {clock.for_people(until)}" in shown
    assert "600 封/时，连发 10，在途 2" in everything
    assert "gateway.example" in everything


BAD = {
    "nothing": ([], "请写 --rate、--burst、--connections 中的一项或几项"),
    "both": (["--rate", "900", "--default"], "或者只写 --default"),
    "too slow": (
        ["--rate", "12"],
        "每小时 12 封太少：连发 10 封与同时在途 2 封也计在内，合起来须更少",
    ),
    "no lane": (["--rate", "900"], "没有线路 '天气'"),
    "below nothing": (["--rate", "-1"], "--rate"),
}


@only_sqlite
@pytest.mark.parametrize("case", BAD)
def test_limits_that_cannot_be_kept_are_refused(office: Office, app: App, case: str) -> None:
    options, reason = BAD[case]
    refusal = office("lane", "set", "天气" if case == "no lane" else "qq", *options)

    assert (refusal.code, refusal.out) == (2, "")
    assert reason in refusal.err
    assert (audited(app), lanes(app)) == ([], {})
