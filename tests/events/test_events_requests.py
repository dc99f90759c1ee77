"""What a request shows of who asks, and what is kept of it."""

from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from distribution.events import Client, Request, client
from distribution.events.requests import from_json, to_json
from distribution.links import Use
from distribution.words import Signal

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2002:cb00:7107::1", "203.0.113.0/24"),  # 6to4: an IPv4 address within the first 48 bits
        ("fe80::1%eth0", "fe80::/48"),
        ("::1", "::/48"),
        ("203.0.113.7:443", ""),
        ("203.0.113.007", ""),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_of_an_address_only_the_neighbourhood_is_seen(address: str, network: str) -> None:
    assert client(address, {}, "GET").network == network


def test_an_agent_loses_what_nobody_can_see_and_what_is_too_long() -> None:
    agent = "Moz\x00illa\r\n\x1b[31m/5.0\u202e\ud800 " + "x" * 300
    seen = client("", {"user-agent": agent}, "GET").agent
    assert seen.startswith("Mozilla[31m/5.0 x")
    assert len(seen) == 200


def test_an_agent_does_not_carry_the_address_it_was_forwarded_for() -> None:
    seen = client("203.0.113.7", {"user-agent": "Gate/1.0 (for 203.0.113.7)"}, "GET")
    assert seen.agent == "Gate/1.0 (for )"


@pytest.mark.parametrize(
    ("headers", "prefetch"),
    [
        ({"purpose": "prefetch"}, True),
        ({"sec-purpose": "prefetch;prerender"}, True),
        ({"x-moz": "Prefetch"}, True),
        ({"x-purpose": "preview"}, True),
        ({"purpose": "reading"}, False),
        ({}, False),
    ],
)
def test_a_request_may_say_that_nobody_looks_yet(headers: dict[str, str], prefetch: bool) -> None:  # noqa: FBT001 - what is expected
    assert client("", headers, "GET").prefetch is prefetch


HEADERS = st.dictionaries(
    st.sampled_from(["user-agent", "purpose", "sec-purpose", "x-moz", "accept"]), st.text()
)


@given(st.text() | st.ip_addresses().map(str), HEADERS, st.text())
def test_whatever_is_asked_it_can_be_stored(
    address: str, headers: dict[str, str], method: str
) -> None:
    seen = client(address, headers, method)
    assert len(seen.agent) <= 200
    assert seen.agent.isprintable()
    assert len(seen.network) <= 43
    assert seen.method in ("GET", "HEAD")


@given(st.ip_addresses(v=4), st.integers(0, 255), st.booleans(), HEADERS)
@example(IPv4Address("203.0.113.7"), 200, True, {})
def test_neighbours_cannot_be_told_apart(
    address: IPv4Address,
    other: int,
    mapped: bool,  # noqa: FBT001 - a drawn value
    headers: dict[str, str],
) -> None:
    neighbour = IPv4Address(int(address) & ~0xFF | other)
    spelled = [f"::ffff:{each}" if mapped else str(each) for each in (address, neighbour)]
    one, two = (client(each, headers, "GET") for each in spelled)
    assert one == two
    assert one.network.endswith(".0/24")


def test_a_click_of_a_run_does_not_say_from_where() -> None:
    seen = Client("203.0.113.0/24", "Mozilla/5.0 (X11)", "GET", prefetch=True)
    anonymous = Request(Signal.CLICK, Use.RUN_CLICK, 7, 3, NOON, seen)
    personal = Request(Signal.CLICK, Use.CLICK, 7, 3, NOON, seen)
    assert to_json(anonymous)["network"] == ""
    assert from_json(Signal.CLICK, NOON, to_json(personal)) == personal
