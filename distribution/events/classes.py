"""Which kind of program asks, and from which kind of network: all that is kept of either.

Both lists are data, `agents.toml` and `networks.toml`, so that an admin can read them.
"""

import re
import tomllib
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from distribution.events.requests import HIDDEN, Request
from distribution.words import Signal

NO_AGENT = "none"
OTHER = "other"
PRIVATE, PUBLIC = "private", "public"
HEAD, PREFETCH, HIDDEN_LINK = "head", "prefetch", "hidden-link"

SCANNER, PROXY = "scanner", "proxy"
"""Kinds of network, see `networks.toml`."""


def showed(request: Request) -> str:
    """What gives a request away by itself, whoever bears which name; empty where nothing does."""
    if request.signal is Signal.CLICK and request.position == HIDDEN:
        return HIDDEN_LINK
    if request.client.method == "HEAD":
        return HEAD
    return PREFETCH if request.client.prefetch else ""


def agent_class(agent: str) -> str:
    """The kind of a User-Agent.

    >>> agent_class("Mozilla/5.0"), agent_class("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac)")
    ('apple-privacy', 'ios')
    >>> agent_class(""), agent_class("?")
    ('none', 'other')
    """
    if not agent:
        return NO_AGENT
    return next((code for code, says in _agents() if says.search(agent)), OTHER)


@cache
def machines() -> frozenset[str]:
    """The agent classes behind which nobody sits."""
    return frozenset(entry["code"] for entry in _read("agents.toml")["agent"])


@cache
def _agents() -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = _read("agents.toml")
    entries = [*listed["agent"], *listed["reader"]]
    return tuple((entry["code"], re.compile(entry["says"], re.IGNORECASE)) for entry in entries)


def network_class(network: str) -> str:
    """The kind of a /24 or /48; empty for an empty one.

    >>> network_class("66.249.84.0/24"), network_class("192.168.1.0/24"), network_class("")
    ('google', 'private', '')
    """
    if not network:
        return ""
    asked = ip_network(network)
    for code, listed in _networks():
        if any(_holds(one, asked) for one in listed):
            return code
    return PRIVATE if asked.is_private else PUBLIC


@cache
def kind_of(code: str) -> str:
    """SCANNER or PROXY, as the list says of a network class; empty for any other."""
    listed = _read("networks.toml")["network"]
    return next((str(entry["kind"]) for entry in listed if entry["code"] == code), "")


_Network = IPv4Network | IPv6Network


def _holds(wide: _Network, narrow: _Network) -> bool:
    if isinstance(wide, IPv4Network):
        return isinstance(narrow, IPv4Network) and narrow.subnet_of(wide)
    return isinstance(narrow, IPv6Network) and narrow.subnet_of(wide)


@cache
def _networks() -> tuple[tuple[str, tuple[_Network, ...]], ...]:
    return tuple(
        (entry["code"], tuple(map(ip_network, entry["networks"])))
        for entry in _read("networks.toml")["network"]
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
