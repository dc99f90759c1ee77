"""Questions to DNS, each answer remembered for one examination."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

from distribution.transports import Exchanges, Unanswered

_NONE = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the servers that the settings name."""

    exchanges: Exchanges
    _known: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def texts(self, name: str) -> Sequence[str]:
        """The TXT records of a name, each in one piece; raises Unanswered, as all of these."""
        return self._ask(name, "TXT")

    def hosts(self, name: str) -> Sequence[str]:
        """The hosts that take a domain's mail, the first one first; "." is nobody (RFC 7505)."""
        spelt = (record.partition(" ") for record in self._ask(name, "MX"))
        return [host for _, _, host in sorted(spelt, key=lambda one: int(one[0]))]

    def addresses(self, name: str) -> Sequence[str]:
        """The addresses of a host."""
        return (*self._ask(name, "A"), *self._ask(name, "AAAA"))

    def names(self, address: str) -> Sequence[str]:
        """What an address is called (PTR)."""
        return self._ask(dns.reversename.from_address(address).to_text(), "PTR")

    def _ask(self, name: str, kind: str) -> tuple[str, ...]:
        key = (name.lower(), kind)
        if key not in self._known:
            self._known[key] = self._answer(name, kind)
        return self._known[key]

    def _answer(self, name: str, kind: str) -> tuple[str, ...]:
        try:
            answer = self.exchanges.resolver().resolve(
                dns.name.from_text(name), kind, lifetime=self.exchanges.patience, search=False
            )
        except _NONE:
            return ()
        except dns.exception.DNSException as error:
            raise Unanswered(name, type(error).__name__) from error
        return tuple(_SPELT[kind](record) for record in answer)


def _text(record: object) -> str:
    pieces: Sequence[bytes] = record.strings  # type: ignore[attr-defined] # of the TXT kind
    return b"".join(pieces).decode("utf-8", "replace")


def _exchange(record: object) -> str:
    host: dns.name.Name = record.exchange  # type: ignore[attr-defined] # of the MX kind
    return f"{record.preference} {_host(host)}"  # type: ignore[attr-defined] # as above


def _host(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=name != dns.name.root).lower()


_SPELT: dict[str, Callable[[object], str]] = {
    "TXT": _text,
    "MX": _exchange,
    "A": str,
    "AAAA": str,
    "PTR": lambda record: _host(record.target),  # type: ignore[attr-defined] # of the PTR kind
}
