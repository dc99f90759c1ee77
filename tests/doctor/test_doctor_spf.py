"""SPF records are followed as receivers do."""

import pytest

from distribution.doctor import spf


class Zone:
    """SPF's own questions, without a server."""

    def __init__(self, records: dict[str, str]) -> None:
        self._records = records

    def texts(self, name: str) -> list[str]:
        return [self._records[name]] if name in self._records else []

    def hosts(self, name: str) -> list[str]:
        return [f"mx.{name}"]

    def addresses(self, name: str) -> list[str]:
        return {"mx.a.test": ["192.0.2.7", "2001:db8::7"], "a.test": ["192.0.2.1"]}.get(name, [])


@pytest.mark.parametrize(
    ("record", "address", "passes"),
    [
        ("v=spf1 mx -all", "192.0.2.7", spf.Pass.YES),
        ("v=spf1 mx -all", "2001:db8::7", spf.Pass.YES),
        ("v=spf1 mx -all", "192.0.2.8", spf.Pass.NO),
        ("v=spf1 mx/24 -all", "192.0.2.8", spf.Pass.YES),
        ("v=spf1 mx//64 -all", "2001:db8::8", spf.Pass.YES),
        ("v=spf1 a -all", "192.0.2.1", spf.Pass.YES),
        ("v=spf1 a:mx.a.test -all", "192.0.2.7", spf.Pass.YES),
        ("v=spf1 ip4:192.0.2.0/25 -all", "192.0.2.100", spf.Pass.YES),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::1", spf.Pass.YES),
        ("v=spf1 -ip4:192.0.2.1 +all", "192.0.2.1", spf.Pass.NO),
        ("v=spf1 include:b.test -all", "198.51.100.1", spf.Pass.YES),
        ("v=spf1 redirect=b.test", "198.51.100.1", spf.Pass.YES),
        ("v=spf1 redirect=b.test", "198.51.100.2", spf.Pass.NO),
        ("v=spf1 exists:%{i}.a.test -all", "192.0.2.1", spf.Pass.UNKNOWN),
        ("v=spf1 include:none.test -all", "192.0.2.1", spf.Pass.UNKNOWN),
    ],
)
def test_a_record_is_followed_as_receivers_do(record: str, address: str, passes: spf.Pass) -> None:
    zone = Zone({"a.test": record, "b.test": "v=spf1 ip4:198.51.100.1 -all"})

    assert spf.lets_send(zone, "a.test", address) is passes
