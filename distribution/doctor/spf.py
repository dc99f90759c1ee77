"""SPF (RFC 7208): whether a domain's record is one, and whether it lets an address send."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import ip_address, ip_network
from typing import Protocol

VERSION = "v=spf1"
_MOST_LOOKUPS = 10
"""RFC 7208 4.6.4: a record that asks for more is an error to whoever reads it."""
_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?P<value>:[^\s/]*(?::[^\s/]*)*)?(?P<bits>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*=\S*")


class Resolver(Protocol):
    """What is asked of DNS."""

    def texts(self, name: str) -> Sequence[str]: ...
    def hosts(self, name: str) -> Sequence[str]: ...
    def addresses(self, name: str) -> Sequence[str]: ...


class Pass(Enum):
    """Whether an address may send."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()
    """A term that speaks of more than the address, or the record of another domain is broken."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a record."""

    sign: str
    name: str
    value: str
    bits: str


class Broken(ValueError):
    """Raised for a record that no receiver can read; says why, in words for people."""


def record_of(texts: Sequence[str]) -> str | None:
    """The one SPF record among TXT records; None where there is none. Raises Broken for two.

    >>> record_of(["hello", "V=spf1 -all"]), record_of(["v=spf10 -all"])
    ('V=spf1 -all', None)
    """
    found = [text for text in texts if text.lower().split(" ")[0] == VERSION]
    if len(found) > 1:
        raise Broken(f"有 {len(found)} 条 v=spf1 记录，等于没有：请合并成一条")
    return found[0] if found else None


def terms_of(record: str) -> list[Term]:
    """The words of a record behind its version; a redirect is the last. Raises Broken.

    >>> [term.name for term in terms_of("v=spf1 ip4:192.0.2.0/24 mx redirect=b.example")]
    ['ip4', 'mx', 'redirect']
    """
    terms, redirect = [], None
    for word in record.split()[1:]:
        found = _TERM.fullmatch(word)
        if found is not None:
            value = (found["value"] or "").removeprefix(":")
            name = found["name"].lower()
            if name in ("include", "exists", "ip4", "ip6") and not value:
                raise Broken(f"记录中的 {word} 没有写明是谁")
            terms.append(Term(found["sign"] or "+", name, value, found["bits"]))
        elif word.lower().startswith("redirect="):
            redirect = Term("+", "redirect", word.partition("=")[2], "")
        elif not _MODIFIER.fullmatch(word):
            raise Broken(f"记录中的 {word} 读不懂")
    return terms if redirect is None or _ends(terms) else [*terms, redirect]


def _ends(terms: Sequence[Term]) -> bool:
    return any(term.name == "all" for term in terms)


def lookups(terms: Sequence[Term]) -> int:
    """How many questions a record asks at least: those of the records it names come on top."""
    return sum(term.name in ("include", "a", "mx", "ptr", "exists", "redirect") for term in terms)


def lets_send(resolver: Resolver, domain: str, address: str) -> Pass:
    """Whether the record of a domain lets an address send; raises Broken for that record."""
    asked = [0]

    def of(name: str) -> Pass:
        record = record_of(resolver.texts(name))
        if record is None:
            return Pass.UNKNOWN
        for term in terms_of(record):
            asked[0] += lookups([term])
            if asked[0] > _MOST_LOOKUPS:
                raise Broken(f"记录要查询 DNS 超过 {_MOST_LOOKUPS} 次，收件方会当作出错：请精简")
            matched = _matches(resolver, term, name, address, of)
            if matched is Pass.UNKNOWN or (term.name == "redirect"):
                return matched
            if matched is Pass.YES:
                return Pass.YES if term.sign == "+" else Pass.NO
        return Pass.NO

    return of(domain)


def _matches(
    resolver: Resolver, term: Term, domain: str, address: str, of: Callable[[str], Pass]
) -> Pass:
    if "%" in term.value or term.name in ("exists", "ptr"):
        return Pass.UNKNOWN
    if term.name == "all":
        return Pass.YES
    if term.name in ("include", "redirect"):
        return of(term.value)
    if term.name in ("ip4", "ip6"):
        return _among(address, [term.value], term.bits)
    host = term.value or domain
    hosts = resolver.hosts(host) if term.name == "mx" else [host]
    found = [one for name in hosts if name != "." for one in resolver.addresses(name)]
    return _among(address, found, term.bits)


def _among(address: str, networks: Sequence[str], bits: str) -> Pass:
    """Whether an address lies in one of these; `bits` is like /24, //64 or /24//64."""
    ip = ip_address(address)
    four, _, six = (
        bits.removeprefix("/").partition("//") if not bits.startswith("//") else ("", "", bits[2:])
    )
    for network in networks:
        try:
            version = ip_address(network).version
            length = (four if version == 4 else six or four) or ("32" if version == 4 else "128")  # noqa: PLR2004
            if version == ip.version and ip in ip_network(f"{network}/{length}", strict=False):
                return Pass.YES
        except ValueError as error:
            raise Broken(f"记录中的地址 {network}{bits} 读不懂") from error
    return Pass.NO
