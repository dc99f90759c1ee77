"""Knocking at a relay: all that comes before a mail, and no mail."""

from distribution.transports.relay import Relay
from distribution.transports.smtp_session import Session


async def knock(relay: Relay) -> None:
    """Connect, say EHLO, change to TLS and log in as set, and leave; raises RelayUnavailable."""
    session = await Session.open(relay)
    await session.quit()
