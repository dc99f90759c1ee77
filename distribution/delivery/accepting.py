"""Accepting a ledger that may have forgotten what was sent: nothing of it goes out blindly.

What could still be sent may have been sent already by the ledger it is a copy of. All of it is in
doubt, and evidence or a person settles it. Ids begin anew far behind those that were known: links
and Message-IDs of the mails it has forgotten must never lead to anybody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution.delivery.recognising import Mark
from distribution.delivery.store import installation as store
from distribution.delivery.store import runs
from distribution.delivery.store.handing import add_events
from distribution.errors import Refused
from distribution.models import Issue
from distribution.words import DeliveryState

IDS_OF_AN_EPOCH = 100_000_000
"""More than are given away between two acceptances; tokens hold 40 bits."""


class NothingToAccept(Refused):
    """Raised where the ledger is trusted."""

    def __init__(self) -> None:
        super().__init__("数据库没有疑问，不需要接受：没有改动")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of what the ledger knew."""

    why: str
    """It was not trusted."""
    known_until: datetime | None
    """When it was last sent from, as far as it knows itself."""
    paused: Sequence[int]
    unstarted: Sequence[int]
    """Runs that wait to be started, and may have been."""
    doubtful: int
    """Mails of both."""
    letters: int
    issues: Sequence[Issue]
    """Approved ones of which no run is known: they may have gone out."""


def accept(session: Session, mark: Mark | None, *, reason: str, by: str, at: datetime) -> Accepted:
    """Trust the ledger again, with all that it could send in doubt; raises NothingToAccept.

    `mark` is this host's: what it knows of later epochs must stay behind.
    """
    ledger = store.hold(session)
    why = ledger.suspect
    if not why:
        raise NothingToAccept
    ledger.epoch = 1 + max(ledger.epoch, mark.epoch if mark else 0)
    ledger.name = mark.name if mark else ledger.name  # its hosts know it by this one
    ledger.suspect, ledger.accepted_at, ledger.accepted_by = "", at, by
    ledger.first_id = max(
        ledger.epoch * IDS_OF_AN_EPOCH, store.highest_id(session) + IDS_OF_AN_EPOCH
    )
    session.flush()
    store.begin_ids_at(session, ledger.first_id)
    paused = runs.pause_sending(session, by, f"接受了恢复的数据库：{reason}")
    doubtful = store.doubt_open(session, f"epoch-{ledger.epoch}")
    store.forget_relays(session)
    words = f"恢复的数据库：{reason}"
    add_events(session, dict.fromkeys(doubtful, words), DeliveryState.IN_DOUBT, None, by=by)
    return Accepted(
        why=why,
        known_until=ledger.stepped_at,
        paused=paused,
        unstarted=store.unstarted_runs(session),
        doubtful=len(doubtful),
        letters=store.doubt_letters(session),
        issues=store.issues_without_run(session),
    )
