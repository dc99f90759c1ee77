"""A worker looks up the readers' domains beside its work, and is stopped by none of them."""

import pytest
from databases import only_sqlite
from dns_server import DnsServer, Silent
from runs import add_reader, make_issue, plan
from sqlalchemy import select

from distribution import clock, delivery
from distribution.app import App, open_app
from distribution.errors import InvalidSetting
from distribution.models import Delivery, Letter, MailDomain
from distribution.words import Meaning
from workers.current import set_app
from workers.exchanges import Looking

ZONE = {
    "a.example": ["MX 10 mxbiz1.qq.com."],
    "b.example": Silent.SERVFAIL,
    "c.example": ["MX 0 ."],
}


def with_readers(environment: dict[str, str], server: DnsServer, *domains: str) -> App:
    host, port = server.address
    app = open_app(environment | {"DISTRIBUTION_DNS_SERVERS": f"{host}:{port}"})
    set_app(app)
    with app.transaction() as session:
        for domain in domains:
            add_reader(session, app, f"reader@{domain}", clock.now())
    return app


def exchanges(app: App) -> dict[str, str | None]:
    """What is known, by domain; None: nothing yet."""
    with app.reading() as session:
        rows = session.scalars(select(MailDomain)).all()
        return {row.domain: row.exchange if row.looked_up_at else None for row in rows}


@only_sqlite
def test_what_dns_says_leads_the_next_plan(environment: dict[str, str]) -> None:
    environment["DISTRIBUTION_MX_LOOKUP"] = "on"
    with DnsServer(ZONE) as server:
        app = with_readers(environment, server, "a.example", "b.example", "c.example", "163.com")
        look = Looking()
        look()
        look()  # all is looked up, and what failed waits
    set_app(None)

    known = exchanges(app)
    plan(app, make_issue(app), clock.now())
    with app.reading() as session:
        lanes = set(session.scalars(select(Delivery.lane)))
    app.engine.dispose()
    assert known == {"a.example": "mxbiz1.qq.com", "b.example": None, "c.example": ""}
    assert lanes == {"exmail", "b.example", "c.example", "netease"}
    assert set(server.asked) == {"a.example", "b.example", "c.example"}


@only_sqlite
def test_the_offices_own_domains_are_looked_up_though_no_reader_has_them(
    environment: dict[str, str],
) -> None:
    """Else trouble of a lane is told through that very lane."""
    environment["DISTRIBUTION_MX_LOOKUP"] = "on"
    environment["DISTRIBUTION_ADMIN_ADDRESSES"] = "li@a.example"
    with DnsServer(ZONE) as server:
        app = with_readers(environment, server)
        look = Looking()
        look()
        look()
    set_app(None)
    with app.transaction() as session:
        delivery.stop_lane(session, "exmail", by="test", meaning=Meaning.CONTENT, words="550")
        trouble = {"at": clock.now(), "urgent": True, "lane": "exmail"}
        delivery.raise_alert(session, "k", "腾讯企业邮停了", ["550"], "去看看。", **trouble)
        readers = delivery.Readership(("li@a.example",))
        delivery.tell_alerts(session, app.recipe.templates[-1:], "编辑部", readers, at=clock.now())
        told = session.scalars(select(Letter.subject)).all()
    app.engine.dispose()
    assert told == []


@only_sqlite
def test_where_dns_is_away_the_rest_is_left_for_later(environment: dict[str, str]) -> None:
    environment["DISTRIBUTION_MX_LOOKUP"] = "on"
    domains = [f"{letter}.example" for letter in "mnopq"]
    with DnsServer(dict.fromkeys(domains, Silent.SERVFAIL)) as server:
        app = with_readers(environment, server, *domains)
        Looking()()
    set_app(None)
    with app.reading() as session:
        failed = session.scalars(select(MailDomain.domain).where(MailDomain.failures > 0)).all()
    app.engine.dispose()
    assert len(failed) == 3
    assert set(server.asked) == set(failed)


@only_sqlite
@pytest.mark.parametrize(
    "servers", ["dns.example", "223.5.5.5,x", "1.2.3.4:99999", "[::1]:", "1.2"]
)
def test_what_is_no_dns_server_is_refused(environment: dict[str, str], servers: str) -> None:
    with pytest.raises(InvalidSetting, match=r"DISTRIBUTION_DNS_SERVERS.*应为一个或几个 IP 地址"):
        open_app(environment | {"DISTRIBUTION_DNS_SERVERS": servers})


@only_sqlite
@pytest.mark.parametrize(
    ("settings", "asks"),
    [
        ({}, False),
        ({"TRANSPORT": "smtp"}, True),
        ({"TRANSPORT": "smtp", "MX_LOOKUP": "off"}, False),
        ({"MX_LOOKUP": "on"}, True),
    ],
    ids=["folder", "relay", "switched off", "switched on"],
)
def test_dns_is_asked_where_mail_really_leaves_unless_told_otherwise(
    environment: dict[str, str], settings: dict[str, str], *, asks: bool
) -> None:
    app = open_app(environment | {f"DISTRIBUTION_{name}": to for name, to in settings.items()})
    app.engine.dispose()
    assert (app.exchanges is not None) is asks
