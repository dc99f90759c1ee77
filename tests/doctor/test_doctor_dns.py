"""The doctor on the sender's domain, against a real DNS server."""

import base64
from collections.abc import Mapping, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from databases import only_sqlite
from dns_server import DnsServer, Silent
from patients import lines, troubles

from distribution.doctor import sender

pytestmark = only_sqlite

RELAY, ELSEWHERE = "8.8.8.8", "9.9.9.9"  # data only: nobody connects to them
REVERSE = "8.8.8.8.in-addr.arpa"
SETTINGS = {
    "transport": "smtp",
    "smtp_host": "relay.journal.test",
    "base_url": "https://journal.test",
    "sender_address": "digest@journal.test",
}


def key(bits: int) -> str:
    public = rsa.generate_private_key(65537, bits).public_key()
    raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


def text(words: str) -> str:
    """A TXT record, in pieces of at most 255 bytes."""
    pieces = [words[start : start + 200] for start in range(0, len(words), 200)]
    return "TXT " + " ".join(f'"{piece}"' for piece in pieces)


GOOD: Mapping[str, Sequence[str]] = {
    "journal.test": ["MX 10 mx.journal.test.", text(f"v=spf1 ip4:{RELAY} -all"), text("other")],
    "relay.journal.test": [f"A {RELAY}"],
    "s1._domainkey.journal.test": [text(f"v=DKIM1; k=rsa; p={key(2048)}")],
    "_dmarc.journal.test": [text("v=DMARC1; p=quarantine")],
    REVERSE: ["PTR relay.journal.test."],
}


def told(
    environment: dict[str, str],
    changed: Mapping[str, Sequence[str] | Silent | None],
    *,
    everything: bool = False,
    **settings: object,
) -> list[str]:
    """What is wrong with the good zone once these names are changed, or gone."""
    zone = {name: known for name, known in {**GOOD, **changed}.items() if known is not None}
    with DnsServer(zone) as server:
        asked = SETTINGS | {"dns_servers": "{}:{}".format(*server.address)} | settings
        return (lines if everything else troubles)(sender.check, environment, **asked)


def test_a_domain_in_order_has_a_line_for_each_thing(environment: dict[str, str]) -> None:
    said = told(environment, {}, everything=True)

    assert said == [
        "✓ journal.test 的 MX 是 mx.journal.test",
        "✓ journal.test 的 SPF 有一条，以 -all 结尾",
        "✓ 中继 relay.journal.test（8.8.8.8）在 journal.test 的 SPF 里",
        "✓ s1._domainkey.journal.test 的 DKIM 公钥 2048 位",
        "✓ _dmarc.journal.test 的策略是 quarantine",
        "✓ 退信域名 journal.test 与发件域名一致，SPF 算数",
        "✓ 中继 relay.journal.test 的地址 8.8.8.8 反查是 relay.journal.test，正查也对",
    ]


DOMAIN, DKIM, DMARC = "journal.test", "s1._domainkey.journal.test", "_dmarc.journal.test"
MX = "MX 10 mx.journal.test."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({DOMAIN: [text(f"v=spf1 ip4:{RELAY} -all")]}, "✗ journal.test 没有 MX，退信无处可去"),
        ({DOMAIN: ["MX 0 .", text(f"v=spf1 ip4:{RELAY} -all")]}, "✗ journal.test 没有 MX"),
        ({DOMAIN: [MX]}, "✗ journal.test 没有 SPF 记录"),
        (
            {DOMAIN: [MX, text("v=spf1 -all"), text("v=spf1 mx -all")]},
            "✗ journal.test 的 SPF 有 2 条 v=spf1 记录",
        ),
        (
            {DOMAIN: [MX, text(f"v=spf1 ip4:{RELAY} +all")]},
            "✗ journal.test 的 SPF 以 all 结尾，谁都",
        ),
        ({DOMAIN: [MX, text(f"v=spf1 ip4:{RELAY} ?all")]}, "! journal.test 的 SPF 以 ?all 结尾"),
        ({DOMAIN: [MX, text(f"v=spf1 ip4:{RELAY}")]}, "! journal.test 的 SPF 不以 all 结尾"),
        ({DOMAIN: [MX, text("v=spf1 ipv4:1.2.3.4 -all")]}, "✗ journal.test 的 SPF 记录中的 ipv4:"),
        ({DOMAIN: [MX, text("v=spf1 ip4:1.2.3 -all")]}, "✗ journal.test 的 SPF 记录中的地址 1.2.3"),
        (
            {DOMAIN: [MX, text(f"v=spf1 ip4:{ELSEWHERE} -all")]},
            "! 中继 relay.journal.test（8.8.8.8）不在 journal.test 的 SPF 里",
        ),
        (
            {DOMAIN: [MX, text("v=spf1 include:journal.test -all")]},
            "✗ journal.test 的 SPF 记录要查询 DNS 超过 10 次",
        ),
        ({DKIM: None}, "! journal.test 常见的 DKIM 选择器都没有"),
        ({DKIM: [text(f"p={key(1024)}")]}, f"! {DKIM} 的 DKIM 公钥只有 1024 位"),
        ({DKIM: [text("v=DKIM1; p=")]}, f"✗ {DKIM} 的 DKIM 公钥已作废"),
        ({DKIM: [text("v=DKIM1; p=MIIB")]}, f"✗ {DKIM} 的 DKIM 公钥读不懂"),
        ({DKIM: [text("p=a"), text("p=b")]}, f"✗ {DKIM} 有 2 条 DKIM 记录"),
        ({DMARC: None}, "! _dmarc.journal.test 没有 DMARC 记录"),
        ({DMARC: [text("v=DMARC1; p=all")]}, "✗ _dmarc.journal.test 的 p=all 读不懂"),
        (
            {DMARC: [text("v=DMARC1; p=none"), text("v=DMARC1; p=reject")]},
            "✗ _dmarc.journal.test 有 2 条 DMARC 记录",
        ),
        ({REVERSE: None}, "✗ 中继 relay.journal.test 的地址 8.8.8.8 没有反查（PTR）"),
        (
            {REVERSE: ["PTR host.isp.test."]},
            "✗ 中继 relay.journal.test 的地址 8.8.8.8 反查是 host.isp.test，正查却不是它",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # keys are made anew each time
)
def test_what_is_broken_is_one_clear_line(
    environment: dict[str, str], changed: dict[str, list[str] | None], said: str
) -> None:
    [found] = told(environment, changed)

    assert found.startswith(said)


def test_a_selector_that_is_set_must_be_there(environment: dict[str, str]) -> None:
    [said] = told(environment, {}, dkim_selectors="other")

    assert said.startswith("✗ 没有 DKIM 记录 other._domainkey.journal.test")


def test_return_paths_of_another_house_are_said(environment: dict[str, str]) -> None:
    elsewhere = {"bounce.test": GOOD[DOMAIN]}
    [said] = told(environment, elsewhere, mail_domain="bounce.test")

    assert said.startswith("! 退信域名 bounce.test 与 journal.test 不一致，SPF 不算数")


def test_silence_of_dns_is_one_line(environment: dict[str, str]) -> None:
    [said] = told(environment, dict.fromkeys(GOOD, Silent.SERVFAIL))

    assert said.startswith("! 发件域名的 DNS 其余未检查：DNS 没有答复 journal.test")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"mx_lookup": "off"}, "mx_lookup 为 off"),
        ({"transport": "outbox"}, "不交给中继"),
        ({"sender_address": "a@b.example"}, "发件设置还不齐备"),
    ],
)
def test_what_is_not_looked_up_is_said_with_its_reason(
    environment: dict[str, str], changed: dict[str, str], why: str
) -> None:
    said = troubles(sender.check, environment, **(SETTINGS | changed))

    assert said == [f"! 发件域名的 DNS（MX、SPF、DKIM、DMARC、PTR）未检查：{why}"]
