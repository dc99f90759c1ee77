"""The ways to the next hop: an SMTP relay, and a folder of .eml files as the embedded default."""

from distribution.transports.outbox import Outbox
from distribution.transports.relay import Relay, Security, Timeouts
from distribution.transports.smtp import SmtpRelay

__all__ = ["Outbox", "Relay", "Security", "SmtpRelay", "Timeouts"]
