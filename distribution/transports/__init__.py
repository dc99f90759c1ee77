"""The ways to the next hop: SMTP relays, and a folder of .eml files as the embedded default."""

from distribution.transports.exchanges import Exchanges, Unanswered
from distribution.transports.knocking import Knocked, knock
from distribution.transports.outbox import Outbox
from distribution.transports.postfix_log import Begun, read_block
from distribution.transports.relay import JOURNAL, Relay, Security, Timeouts
from distribution.transports.relay_file import InvalidRelays, read_relays
from distribution.transports.relay_journal import read_journal
from distribution.transports.relay_log import Reading, read_file
from distribution.transports.relays import Relays, Standing
from distribution.transports.robots import Robot, RobotAway
from distribution.transports.smtp import SmtpRelay

__all__ = [
    "JOURNAL",
    "Begun",
    "Exchanges",
    "InvalidRelays",
    "Knocked",
    "Outbox",
    "Reading",
    "Relay",
    "Relays",
    "Robot",
    "RobotAway",
    "Security",
    "SmtpRelay",
    "Standing",
    "Timeouts",
    "Unanswered",
    "knock",
    "read_block",
    "read_file",
    "read_journal",
    "read_relays",
]
