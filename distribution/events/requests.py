"""Opens and clicks as they are asked for, with no more of the asking person than judging needs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Any

from distribution.links import Use
from distribution.words import Signal

_LONGEST_AGENT = 200
_PREFETCH_HEADERS = ("purpose", "sec-purpose", "x-moz", "x-purpose")


@dataclass(frozen=True, slots=True)
class Client:
    """What a request shows of who asks; no whole address is ever kept."""

    network: str
    """Such as 203.0.113.0/24 or 2001:db8:1::/48; empty where it is not known."""
    agent: str
    """The User-Agent, at most 200 characters."""
    method: str
    """GET or HEAD."""
    prefetch: bool
    """The request itself says that nobody is looking yet."""


@dataclass(frozen=True, slots=True)
class Request:
    """An open or a click whose token has been verified."""

    signal: Signal
    use: Use
    """CLICK or OPEN of a delivery, or RUN_CLICK of a run."""
    row: int
    """The delivery's id, or the run's."""
    position: int
    """Of the article; 0 for an open."""
    at: datetime
    client: Client


def client(address: str, headers: Mapping[str, str], method: str) -> Client:
    """See who asks. Header names are lower-case; whatever is written in them, it never raises.

    >>> client("203.0.113.7", {"user-agent": "Mozilla/5.0 (X11)"}, "GET")
    Client(network='203.0.113.0/24', agent='Mozilla/5.0 (X11)', method='GET', prefetch=False)
    """
    network = _network(address)
    agent = "".join(filter(str.isprintable, headers.get("user-agent", "")))
    if network:
        agent = agent.replace(address, "")  # a proxy may write in it for whom it asks
    purposes = " ".join(headers.get(name, "") for name in _PREFETCH_HEADERS).lower()
    return Client(
        network=network,
        agent=agent[:_LONGEST_AGENT].strip(),
        method="HEAD" if method.upper() == "HEAD" else "GET",
        prefetch="prefetch" in purposes or "preview" in purposes,
    )


def _network(address: str) -> str:
    """The neighbourhood of an address; IPv6 may spell an IPv4 address, which is then what counts.

    >>> _network("2001:db8:1:2::3"), _network("::ffff:203.0.113.7"), _network("2002:cb00:7107::1")
    ('2001:db8:1::/48', '203.0.113.0/24', '203.0.113.0/24')
    """
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(read, IPv4Address):
        read = read.ipv4_mapped or read.sixtofour or read
    if isinstance(read, IPv4Address):
        return str(IPv4Network((int(read), 24), strict=False))
    return str(IPv6Network((int(read), 48), strict=False))


def to_json(request: Request) -> dict[str, Any]:
    """What the inbox keeps until the request is judged.

    A link of a run was made for a reader who has not agreed to be known: his network stays out.
    """
    seen = request.client
    if request.use is Use.RUN_CLICK:
        seen = replace(seen, network="")
    return {
        "use": request.use.value,
        "row": request.row,
        "position": request.position,
        "network": seen.network,
        "agent": seen.agent,
        "method": seen.method,
        "prefetch": seen.prefetch,
    }


def from_json(signal: Signal, at: datetime, content: Mapping[str, Any]) -> Request:
    """A request as the inbox kept it."""
    return Request(
        signal=signal,
        use=Use(content["use"]),
        row=content["row"],
        position=content["position"],
        at=at,
        client=Client(
            network=content["network"],
            agent=content["agent"],
            method=content["method"],
            prefetch=content["prefetch"],
        ),
    )
