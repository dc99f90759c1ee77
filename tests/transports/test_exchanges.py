"""Which host takes the mail of a domain: asked of a real DNS server that may misbehave."""

from collections.abc import Iterator

import pytest
from dns_server import DnsServer, Silent

from distribution.transports import Exchanges, Unanswered

ZONE = {
    "one.example": ["MX 10 mx.gateway.example."],
    "many.example": [
        "MX 20 backup.gateway.example.",
        "MX 5 b.first.example.",
        "MX 5 A.first.example.",
    ],
    "own.example": ["A 192.0.2.1"],
    "null.example": ["MX 0 ."],
    "halfnull.example": ["MX 0 .", "MX 10 mx.gateway.example."],
    "literal.example": ["MX 10 192.0.2.1."],
    "odd.example": ["MX 10 a\\032b.example."],
    "alias.example": ["CNAME one.example."],
    "broken.example": Silent.SERVFAIL,
    "silent.example": Silent.NEVER,
    "garbled.example": Silent.GARBAGE,
}


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    with DnsServer(ZONE) as started:
        yield started


@pytest.mark.parametrize(
    ("domain", "host"),
    [
        ("one.example", "mx.gateway.example"),
        ("many.example", "a.first.example"),
        ("own.example", ""),
        ("null.example", ""),
        ("halfnull.example", "mx.gateway.example"),
        ("literal.example", ""),
        ("odd.example", ""),
        ("alias.example", "mx.gateway.example"),
        ("nobody.example", ""),
    ],
)
def test_the_first_host_that_is_named_takes_the_mail(
    server: DnsServer, domain: str, host: str
) -> None:
    assert Exchanges((server.address,)).first_of(domain) == host
    assert server.asked[-1] == domain


@pytest.mark.parametrize("domain", ["broken.example", "silent.example", "garbled.example"])
def test_where_dns_cannot_tell_nothing_is_concluded(server: DnsServer, domain: str) -> None:
    with pytest.raises(Unanswered, match=rf"DNS 没有答复 {domain} 的 MX（\w+）：请检查"):
        Exchanges((server.address,), patience=0.2).first_of(domain)


@pytest.mark.parametrize("domain", ["a..example", "x" * 64 + ".example"])
def test_what_is_no_domain_is_not_asked_for(server: DnsServer, domain: str) -> None:
    before = len(server.asked)
    with pytest.raises(Unanswered):
        Exchanges((server.address,)).first_of(domain)
    assert len(server.asked) == before


def test_a_second_server_is_asked_where_the_first_is_silent(server: DnsServer) -> None:
    with DnsServer({"one.example": Silent.NEVER}) as silent:
        exchanges = Exchanges((silent.address, server.address), patience=0.4)
        assert exchanges.first_of("one.example") == "mx.gateway.example"
