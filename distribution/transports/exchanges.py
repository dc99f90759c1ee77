"""Which host takes the mail of a domain, asked of DNS. It tells who shares a lane."""

import re
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

from distribution.errors import DistributionError

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]+")
_NONE = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN)


class Unanswered(DistributionError):
    """Raised where DNS does not tell just now: no server answers, or none can find out."""

    def __init__(self, domain: str, reason: str) -> None:
        self.domain = domain
        super().__init__(f"DNS 没有答复 {domain} 的 MX（{reason}）：请检查 dns_servers 与网络")


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Asks DNS."""

    servers: tuple[tuple[str, int], ...] = ()
    """Addresses and ports; none: the system's."""
    patience: float = 3.0
    """Seconds for one answer, all servers together."""

    def first_of(self, domain: str) -> str:
        """The host that is asked first; empty where none is named. Raises Unanswered.

        None is named where the domain takes its mail itself, takes none (RFC 7505), or is not.
        """
        try:
            answer = self.resolver().resolve(
                dns.name.from_text(domain), "MX", lifetime=self.patience, search=False
            )
        except _NONE:
            return ""
        except dns.exception.DNSException as error:
            raise Unanswered(domain, type(error).__name__) from error
        named = sorted((record.preference, _host(record.exchange)) for record in answer)
        return next((host for _, host in named if host), "")

    def resolver(self) -> dns.resolver.Resolver:
        """Who is asked."""
        resolver = dns.resolver.Resolver(configure=not self.servers)
        if self.servers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(host, port) for host, port in self.servers
            ]
        resolver.timeout = self.patience / 2  # so that a second server is asked in time
        return resolver


def _host(name: dns.name.Name) -> str:
    """A host as DNS names it; empty for what is none: nobody (".") or a bare address.

    >>> _host(dns.name.from_text("MX1.Gateway.Example.")), _host(dns.name.root)
    ('mx1.gateway.example', '')
    >>> _host(dns.name.from_text("192.0.2.1.")), _host(dns.name.from_text("a b.example."))
    ('', '')
    """
    host = name.to_text(omit_final_dot=True).lower()
    return host if _HOST.fullmatch(host) else ""
