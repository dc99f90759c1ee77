"""Knocking at a relay: all that comes before a mail, and no mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from distribution.transports.relay import Relay
from distribution.transports.smtp_session import Session


@dataclass(frozen=True, slots=True)
class Knocked:
    """What a relay told before any mail."""

    offers: Mapping[str, str]
    """Upper-case keywords of its answer to EHLO, and their parameters."""
    address: str
    """Its IP address."""
    certified_until: datetime | None
    """When its certificate runs out; None without TLS."""


async def knock(relay: Relay) -> Knocked:
    """Connect, say EHLO, change to TLS and log in as set, and leave; raises RelayUnavailable."""
    session = await Session.open(relay)
    try:
        return Knocked(session.offers, session.peer, session.certified_until)
    finally:
        await session.quit()
