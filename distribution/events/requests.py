"""Opens and clicks as they are asked for, with no more of the asking person than judging needs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from distribution.links import Use
from distribution.words import Signal

HIDDEN = 0
"""The position of a link that no reader sees: who follows it reads the mail's source."""
_LONGEST_AGENT = 200
_PREFETCH_HEADERS = ("purpose", "sec-purpose", "x-moz", "x-purpose")


@dataclass(frozen=True, slots=True)
class Client:
    """What a request shows of who asks; of its address, the network only."""

    agent: str
    """The User-Agent, at most 200 characters."""
    method: str
    """GET or HEAD."""
    prefetch: bool
    """The request itself says that nobody is looking yet."""
    network: str = ""
    """Its /24 or /48, see `proxies.Proxies`; empty where it is not known."""


@dataclass(frozen=True, slots=True)
class Request:
    """An open or a click whose token has been verified."""

    signal: Signal
    use: Use
    """CLICK or OPEN of a delivery, or RUN_CLICK of a run."""
    row: int
    """The delivery's id, or the run's."""
    position: int
    """Of the article; 0 for an open, or a click on the hidden link."""
    at: datetime
    client: Client


def client(headers: Mapping[str, str], method: str, network: str = "") -> Client:
    """See who asks. Header names are lower-case; whatever is written in them, it never raises.

    >>> client({"user-agent": "Mozilla/5.0 (X11)"}, "GET", "192.0.2.0/24")
    Client(agent='Mozilla/5.0 (X11)', method='GET', prefetch=False, network='192.0.2.0/24')
    """
    agent = "".join(filter(str.isprintable, headers.get("user-agent", "")))
    purposes = " ".join(headers.get(name, "") for name in _PREFETCH_HEADERS).lower()
    return Client(
        agent=agent[:_LONGEST_AGENT].strip(),
        method="HEAD" if method.upper() == "HEAD" else "GET",
        prefetch="prefetch" in purposes or "preview" in purposes,
        network=network,
    )


def to_json(request: Request) -> dict[str, Any]:
    """What the inbox keeps until the request is judged."""
    return {
        "use": request.use.value,
        "row": request.row,
        "position": request.position,
        **asdict(request.client),
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
            agent=content["agent"],
            method=content["method"],
            prefetch=content["prefetch"],
            network=content.get("network", ""),  # stored by a programme before this one
        ),
    )
