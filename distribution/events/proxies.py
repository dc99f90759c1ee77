"""From which network a request comes, where proxies of ours stand between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_PREFIXES = {4: 24, 6: 48}
"""What a provider gives to one customer, or to a few: no single device is told apart."""

_Address = IPv4Address | IPv6Address
_REMEMBERED = 1_000
"""The proxy's own address stands in every request; a reader's in several."""


@dataclass(frozen=True)
class Proxies:
    """The proxies whose word about who asks is believed."""

    trusted: Sequence[str]
    """Addresses or networks."""

    def __post_init__(self) -> None:
        """Read them once: every pixel asks."""
        networks = tuple(ip_network(one, strict=False) for one in self.trusted)
        object.__setattr__(self, "_networks", networks)

    def network(self, peer: str, forwarded: Iterable[str] = ()) -> str:
        """The /24 or /48 of the right-most address that no proxy of ours has; empty if unknown.

        `forwarded` are the lines of X-Forwarded-For: to their left stands what anybody may claim.

        >>> proxies = Proxies(("127.0.0.1", "10.0.0.0/8"))
        >>> proxies.network("198.51.100.7", ["203.0.113.9"])
        '198.51.100.0/24'
        >>> proxies.network("127.0.0.1", ["192.0.2.66, 203.0.113.9, 10.1.1.1"])
        '203.0.113.0/24'
        >>> proxies.network("127.0.0.1", ["2001:db8:7:1::9"]), proxies.network("127.0.0.1", ["-"])
        ('2001:db8:7::/48', '')
        """
        asking = _address(peer)
        hops = [hop for line in forwarded for hop in line.split(",")]
        while asking is not None and hops and self._trusts(asking):
            asking = _address(hops.pop())
        return "" if asking is None else _network_of(asking)

    def _trusts(self, address: _Address) -> bool:
        return any(address in network for network in self._networks)  # type: ignore[attr-defined]


@lru_cache(_REMEMBERED)
def _address(text: str) -> _Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network_of(address: _Address) -> str:
    bits = _PREFIXES[address.version]
    kept = int(address) >> (address.max_prefixlen - bits) << (address.max_prefixlen - bits)
    return f"{type(address)(kept)}/{bits}"
