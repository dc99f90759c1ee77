"""Domains of readers and the hosts that take their mail: what tells which lane a mail is in."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from distribution import replies
from distribution.delivery.store import mail_domains as store


def note_domains(session: Session, after: int, limit: int) -> int:
    """Note the domains of the next readers behind an id, but no provider's: those are known.

    Gives the id of the last of them, 0 where there is none left.
    """
    domains, last_id = store.domains_after(session, after, limit)
    _note(session, domains)
    return last_id


def note_domains_of(session: Session, addresses: Iterable[str]) -> None:
    """The same for people who are no readers: the office, which is told of its lanes' trouble."""
    _note(session, map(_domain, addresses))


def _note(session: Session, domains: Iterable[str]) -> None:
    unknown = {domain for domain in domains if not replies.is_provider(domain)}
    store.note_domains(session, unknown - store.exchanges_of(session, unknown).keys())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def lanes_of(session: Session, addresses: Iterable[str]) -> dict[str, str]:
    """The lane of each address; of one whose domain was not looked up yet, the domain's own."""
    domain_of = {address: _domain(address) for address in addresses}
    unknown = {domain for domain in set(domain_of.values()) if not replies.is_provider(domain)}
    exchanges = store.exchanges_of(session, unknown)
    lanes = {
        domain: replies.lane_of(f"@{domain}", exchanges.get(domain, ""))
        for domain in set(domain_of.values())
    }
    return {address: lanes[domain] for address, domain in domain_of.items()}


def lane_meant(session: Session, name: str) -> str:
    """The lane a person means by code, name, or domain; empty where it can be none.

    A domain whose mail goes to somebody else's host has that one's.
    """
    lane = replies.lane_named(name)
    return lanes_of(session, [f"@{lane}"])[f"@{lane}"] if "." in lane else lane
