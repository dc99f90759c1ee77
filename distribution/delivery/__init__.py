"""Delivery: runs and their ledger: plan, seal, lease, hand over, settle."""

from distribution.delivery.books import Status, finish_drained, status, verify
from distribution.delivery.drafting import Draft, draft
from distribution.delivery.forgetting import Forgotten, UnderWay, forget
from distribution.delivery.ledger import Terms
from distribution.delivery.letters import Office, post_due
from distribution.delivery.notices import notice_endings
from distribution.delivery.ownership import Owner, claim, resign
from distribution.delivery.planning import NotApproved, Recipe, plan, seal
from distribution.delivery.press import Press, TooLarge
from distribution.delivery.pumping import Pace, Pumped
from distribution.delivery.sending import Sender
from distribution.delivery.steering import WrongState, cancel, pause, resume, start
from distribution.delivery.store.forgetting import is_through, recipients
from distribution.delivery.store.letters import add_letter
from distribution.delivery.store.lookups import (
    Sent,
    find_sent,
    latest_accepted,
    prove_accepted,
)
from distribution.delivery.store.runs import accepted_with, anything_to_do, find_run, list_runs
from distribution.delivery.transport import (
    Envelope,
    Evidence,
    Handover,
    NonAsciiAddressUnsupported,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
    Transport,
    TransportError,
)

__all__ = [
    "Draft",
    "Envelope",
    "Evidence",
    "Forgotten",
    "Handover",
    "NonAsciiAddressUnsupported",
    "NotApproved",
    "Office",
    "OutcomeUnknown",
    "Owner",
    "Pace",
    "Press",
    "Pumped",
    "Recipe",
    "RefusedByRelay",
    "RelayUnavailable",
    "Reply",
    "Sender",
    "Sent",
    "Status",
    "Terms",
    "TooLarge",
    "Transport",
    "TransportError",
    "UnderWay",
    "WrongState",
    "accepted_with",
    "add_letter",
    "anything_to_do",
    "cancel",
    "claim",
    "draft",
    "find_run",
    "find_sent",
    "finish_drained",
    "forget",
    "is_through",
    "latest_accepted",
    "list_runs",
    "notice_endings",
    "pause",
    "plan",
    "post_due",
    "prove_accepted",
    "recipients",
    "resign",
    "resume",
    "seal",
    "start",
    "status",
    "verify",
]
