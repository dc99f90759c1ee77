"""From which network a request comes: what is believed, and how little of it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.events import Proxies

LOOPBACK = Proxies(("127.0.0.0/8", "::1"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("198.51.100.7", [], "198.51.100.0/24"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.0/24"),  # whoever comes himself may claim
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.0/24"),
        ("127.0.0.1", ["192.0.2.1, 203.0.113.9"], "203.0.113.0/24"),
        ("127.0.0.1", ["192.0.2.1", "203.0.113.9"], "203.0.113.0/24"),  # on two lines
        ("127.0.0.1", ["203.0.113.9, 127.0.0.1"], "203.0.113.0/24"),
        ("::1", ["2001:db8:7:8::9"], "2001:db8:7::/48"),
        ("::ffff:127.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.0/24"),
        ("127.0.0.1", [], "127.0.0.0/24"),
        ("127.0.0.1", ["203.0.113.9, unknown"], ""),
        ("127.0.0.1", ["203.0.113.9:51234"], ""),
        ("testclient", ["203.0.113.9"], ""),
        ("", [], ""),
    ],
)
def test_the_right_most_address_that_is_no_proxys_counts(
    peer: str, forwarded: list[str], network: str
) -> None:
    assert LOOPBACK.network(peer, forwarded) == network


def test_without_trusted_proxies_nothing_is_believed() -> None:
    assert Proxies(()).network("127.0.0.1", ["203.0.113.9"]) == "127.0.0.0/24"


def test_a_chain_of_proxies_is_followed_to_its_end() -> None:
    proxies = Proxies(("127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"))
    chain = ["192.0.2.66, 203.0.113.9, 2001:db8:ffff::1, 10.1.2.3"]
    assert proxies.network("127.0.0.1", chain) == "203.0.113.0/24"


@given(st.text(), st.lists(st.text()))
def test_whatever_is_claimed_it_never_raises(peer: str, forwarded: list[str]) -> None:
    assert len(LOOPBACK.network(peer, forwarded)) <= 43
    assert len(LOOPBACK.network("127.0.0.1", forwarded)) <= 43
