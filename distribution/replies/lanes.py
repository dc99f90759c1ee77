"""Lanes: which mails share what a mailbox provider or a company's gateway puts up with."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from distribution.replies.providers import OTHER, by_domain, provider_of, table_of_host, tables

_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]+(\.[a-z0-9_-]+)+")
_REGIONS = (
    "bj sh tj cq he sx nm ln jl hl js zj ah fj jx sd ha hb hn gd gx hi sc gz yn xz sn gs qh nx xj "
    "tw hk mo"
)
_SHARED = frozenset(f"{_REGIONS} com co net org or gov go edu ac mil ne".split())
"""Under the domain of a country nobody owns these, and with .cn neither those of provinces."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast mail may go to a lane; 0: as fast as it can."""

    rate_per_hour: int = 0
    burst: int = 1
    """Of these, how many may go at once after a pause; it counts only where there is a rate."""
    connections: int = 0
    """Mails in hands at once, over all workers."""

    def __bool__(self) -> bool:
        """Whether there is anything to heed."""
        return self.rate_per_hour > 0 or self.connections > 0


def lane_of(address: str, exchange: str = "") -> str:
    """The lane of an ASCII address: its provider's, else that of the host its mail goes to.

    `exchange` is the MX host of its domain, empty where it is not known. Who has his mail taken
    by somebody else shares the lane of all who have; else the domain is a lane of its own. What
    one company's gateway says then holds up nobody else.

    >>> lane_of("a@QQ.com"), lane_of("a@Example.com"), lane_of("a@example.com", "mxbiz1.qq.com")
    ('qq', 'example.com', 'exmail')
    >>> lane_of("a@example.com", "mx.example.com"), lane_of("a@example.com", "mx1.gateway.example")
    ('example.com', 'gateway.example')
    """
    if provider_of(address) != OTHER:
        return provider_of(address)
    domain, host = address.rpartition("@")[2].lower(), exchange.lower().strip(".")
    if not host or f".{host}".endswith(f".{domain}"):
        return domain
    return table_of_host(host) or _owner(host)


def lane_label(lane: str) -> str:
    """A lane's name for people.

    >>> lane_label("qq"), lane_label("example.com")
    ('QQ 邮箱', 'example.com')
    """
    entry = tables().get(lane)
    return str(entry["name"]) if entry else lane


def lane_named(name: str) -> str:
    """The lane a person means by code, name or domain; empty where it can be none.

    >>> lane_named("QQ 邮箱"), lane_named("foxmail.com"), lane_named("Example.com")
    ('qq', 'qq', 'example.com')
    >>> lane_named("企业微信邮箱"), lane_named("天气")
    ('exmail', '')
    """
    given = _plain(name).lstrip("@")
    for code, entry in tables().items():
        if code != OTHER and given in (code, *map(_plain, _names(entry))):
            return code
    return lane_of(f"@{given}") if _DOMAIN.fullmatch(given) else ""


def limits_of(lane: str) -> Limits:
    """What providers.toml allows a lane.

    >>> limits_of("netease").rate_per_hour, bool(limits_of("example.com"))
    (3000, False)
    """
    entry, known = tables().get(lane, {}), ("rate_per_hour", "burst", "connections")
    return Limits(**{name: entry[name] for name in known if name in entry})


def rests_of(lane: str) -> tuple[timedelta, ...]:
    """How long a lane rests that asked for patience: the first time, and each time after that.

    >>> [rest / timedelta(hours=1) for rest in rests_of("example.com")][1:]
    [1.0, 4.0, 12.0]
    """
    steps = tables().get(lane, {}).get("rests") or tables()[OTHER]["rests"]
    return tuple(timedelta(minutes=minutes) for minutes in steps)


def is_provider(domain: str) -> bool:
    """Whether the addresses of a domain are a provider's, whatever its MX hosts are."""
    return domain in by_domain()


def _owner(host: str) -> str:
    """The domain of whoever runs a host.

    >>> _owner("mx1.gateway.example"), _owner("gateway.com.cn"), _owner("mail.city.gov.cn")
    ('gateway.example', 'gateway.com.cn', 'city.gov.cn')
    """
    above = host.partition(".")[2]
    first, _, country = above.partition(".")
    nobodys = not country or (len(country) == len("cn") and first in _SHARED)
    return host if nobodys else above


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def _names(entry: dict[str, Any]) -> tuple[str, ...]:
    return (str(entry["name"]), *entry.get("also", ()))
