"""Lanes: who shares one, and what providers.toml says of each."""

import tomllib
from pathlib import Path

import pytest

from distribution import replies
from distribution.delivery.pacing import unkept

TABLES = tomllib.loads(
    (Path(replies.__file__).parent / "providers.toml").read_text(encoding="utf-8")
)
PACED = [code for code, entry in TABLES.items() if "rate_per_hour" in entry]
KEYS = {
    "name", "of", "also", "domains", "hosts", "rate_per_hour", "burst", "connections", "rests",
    "source",
}  # fmt: skip


@pytest.mark.parametrize(
    ("host", "lane"),
    [
        ("mx3.qq.com", "qq"),
        ("MXBIZ1.qq.com.", "exmail"),
        ("qiye163mx02.mxmail.netease.com", "netease_qiye"),
        ("hzmx01.mxmail.netease.com", "netease_qiye"),
        ("mxn.mxhichina.com", "aliyun"),
        ("mx1.qiye.aliyun.com", "aliyun"),
        ("aspmx.l.google.com", "gmail"),
        ("smtp.google.com", "gmail"),
        ("fenhe-example.mail.protection.outlook.com", "outlook"),
        ("fenhe-example.mail.protection.partner.outlook.cn", "outlook"),
        ("mx01.mail.icloud.com", "icloud"),
        ("freemx1.sinamail.sina.com.cn", "sina"),
        ("mx1.gateway.test", "gateway.test"),
        ("gateway.test", "gateway.test"),
        ("gateway.com.cn", "gateway.com.cn"),
        ("mail.gateway.com.cn", "gateway.com.cn"),
        ("gateway.gov.cn", "gateway.gov.cn"),
        ("gateway.sx.cn", "gateway.sx.cn"),
        ("mx.notfenhe.example", "notfenhe.example"),
        ("mx.mail.fenhe.example", "fenhe.example"),
        ("fenhe.example", "fenhe.example"),
    ],
)
def test_a_host_tells_the_lane(host: str, lane: str) -> None:
    assert replies.lane_of("Someone@Fenhe.example", host) == lane


@pytest.mark.parametrize("code", TABLES)
def test_a_table_says_nothing_that_is_not_understood(code: str) -> None:
    entry = TABLES[code]
    assert set(entry) <= KEYS
    assert entry.get("of", "qq") in TABLES
    assert all(minutes > 0 for minutes in entry.get("rests", (10,)))
    assert sorted(entry.get("rests", ())) == entry.get("rests", [])


@pytest.mark.parametrize("code", PACED)
def test_a_pace_has_a_source_and_leaves_room_for_a_steady_flow(code: str) -> None:
    assert {"burst", "connections", "source"} <= set(TABLES[code])
    assert not unkept(replies.limits_of(code))


def test_the_providers_of_china_and_the_largest_abroad_have_a_pace() -> None:
    assert set(PACED) == {
        "qq", "exmail", "netease", "netease_qiye", "139", "189", "sina", "sohu", "aliyun",
        "gmail", "outlook", "icloud", "yahoo",
    }  # fmt: skip
    assert replies.limits_of("netease").rate_per_hour == 3_000


def test_no_name_or_host_belongs_to_two_tables() -> None:
    of_each = [
        {name.lower() for name in (code, entry["name"], *entry.get("also", ()))}
        for code, entry in TABLES.items()
    ]
    hosts = [host for entry in TABLES.values() for host in entry.get("hosts", ())]
    assert len(set[str]().union(*of_each)) == sum(map(len, of_each))
    assert len(set(hosts)) == len(hosts)


@pytest.mark.parametrize("name", ["exmail", "wecom", "WeCom", "腾讯企业邮", "企业微信邮箱"])
def test_a_lane_is_meant_by_any_of_its_names(name: str) -> None:
    assert replies.lane_named(name) == "exmail"


def test_the_table_of_all_others_is_no_lane() -> None:
    assert (replies.lane_named("other"), replies.lane_named("其他")) == ("", "")


def test_what_is_said_in_a_lane_is_judged_as_its_providers_words(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(
        """[[rule]]
        means = "rate_limit"
        provider = "qq"
        says = ["quiet hours"]
        source = "来信"
        example = "550 quiet hours, please"
        """,
        encoding="utf-8",
    )
    own = replies.read_rules(file)

    heard = {
        lane: replies.judge(550, "quiet hours, please", lane, own=own).rule
        for lane in ("qq", "exmail", "gmail")
    }
    assert (heard["qq"], heard["exmail"]) == (own[0], own[0])
    assert heard["gmail"] is not own[0]
