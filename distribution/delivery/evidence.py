"""Evidence from the logs of relays: settles doubts by itself, or says why it cannot.

That a mail stands in the log as accepted is proof wherever it is found. That it does not is proof
only where nothing can have been missed: the log was read without a gap from before the mail was
handed over until after the relay can have taken it, it is the right log, and it is alive.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from distribution.delivery import ledger
from distribution.delivery.ledger import Doubt, Result
from distribution.delivery.store import evidence as store
from distribution.delivery.store.evidence import Suspect
from distribution.delivery.store.times import present
from distribution.delivery.transport import Evidence
from distribution.models import RelayLog
from distribution.words import Awaited

BEFORE = timedelta(minutes=1)
"""So long before a mail was handed over its log must have been read already."""
BEGUN = "mails"
"""In `RelayLog.begun`: our deliveries that were begun and have not been taken, by queue id."""
LATELY = timedelta(hours=1)
"""A log that was not read for so long before a mail was handed over is followed no more."""
_AT_ONCE = 500
_BY = "relay log"


@dataclass(frozen=True, slots=True)
class LogStanding:
    """Where the reading of a log stands."""

    log_id: int
    place: dict[str, Any]
    begun: dict[str, Any]
    read_at: datetime | None
    asked_at: datetime
    """Now: what is read after this is no older."""


@dataclass(frozen=True, slots=True)
class News:
    """What the next lines of a log have told."""

    place: dict[str, Any]
    begun: dict[str, Any]
    accepted: Mapping[int, str]
    """Deliveries of ours that the relay has taken, and its queue ids."""
    alive: bool
    """There were lines of the relay."""
    ours: bool
    """There were mails of ours among them."""
    gap: str
    """Why lines may have been missed; empty where none were."""
    at_end: bool
    """There was nothing behind them."""


def log_standing(session: Session, host: str, path: str, relay: str) -> LogStanding:
    """Where the reading of a relay's log on a host stands."""
    log = store.log_named(session, host, path, relay)
    return LogStanding(log.id, log.place, log.begun, log.read_at, present(session))


def note_news(session: Session, before: LogStanding, news: News) -> bool:
    """Keep what was read; False where another process has read it meanwhile."""
    log, at = store.locked_log(session, before.log_id), present(session)
    if log.place != before.place:
        return False
    begun: dict[str, int] = news.begun.get(BEGUN, {})
    open_ = store.unsettled(session, {*news.accepted, *begun.values()})
    accepted = {number: name for number, name in news.accepted.items() if number in open_}
    if accepted:
        store.drop_settled_entries(session)
        store.keep_entries(session, log.id, accepted, at)
    still = {name: number for name, number in begun.items() if number in open_}
    log.place, log.begun = news.place, news.begun | {BEGUN: still}
    if news.gap:
        log.gap, log.continuous_since = news.gap, at if news.place else None
    if news.alive and log.read_at is not None:
        log.alive_after = log.read_at  # its lines were written after all had been read
    if news.at_end:
        log.read_at = before.asked_at
    if news.ours:
        log.ours_at = at
    session.flush()
    return True


def settle_by_logs(session: Session, after: int, quarantine: timedelta) -> "Settled | None":
    """Settle what the logs tell of the first doubts behind the id `after`; None at the end.

    It waits for nobody: their worker may be bringing late results of several, in any order.
    """
    suspects = store.suspects(session, after=after, limit=_AT_ONCE, lock=True)
    if not suspects:
        return None
    logs, now = _by_relay(store.logs(session)), present(session)
    found = {one: judge(one, logs.get(one.relay or "", ()), now, quarantine) for one in suspects}
    results = [result for one, finding in found.items() if (result := _result(one, finding))]
    ledger.settle(session, results, by=_BY)
    silent = {one.relay for one, finding in found.items() if finding is Awaited.LIFE and one.relay}
    return Settled(suspects[-1].delivery_id, len(results), frozenset(silent))


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of some doubts."""

    last_id: int
    count: int
    silent: frozenset[str]
    """Relays whose logs need only one more line to prove that a mail was not taken."""


def judge(
    suspect: Suspect, logs: Iterable[RelayLog], now: datetime, quarantine: timedelta
) -> Evidence | Awaited:
    """What the logs of its relay prove of a mail, else what they lack.

    Where several hosts follow one each under the same name, nobody knows whether it is the same
    relay: that a mail is in none of them is told by all of them together.
    """
    if suspect.queue_id is not None:
        return Evidence.ACCEPTED
    known, handed = list(logs), suspect.handed_at
    if not known or handed is None:
        return Awaited.LOG
    followed = [log for log in known if log.read_at and log.read_at >= handed - LATELY]
    lacks = [_lacks(suspect, log, now, quarantine) for log in followed or known]
    if Awaited.BEGUN in lacks:
        return Awaited.BEGUN
    return next((lack for lack in lacks if lack), Evidence.ABSENT)


def _lacks(suspect: Suspect, log: RelayLog, now: datetime, quarantine: timedelta) -> Awaited | None:
    """What keeps one log from proving that it does not know a mail."""
    handed = suspect.handed_at or now
    over, since, alive = handed + quarantine, log.continuous_since, log.alive_after
    if suspect.delivery_id in log.begun.get(BEGUN, {}).values():
        return Awaited.BEGUN
    if since is None or since > handed - BEFORE:
        return Awaited.GAP
    if log.ours_at is None:
        return Awaited.NOT_OURS
    if now < over:
        return Awaited.QUARANTINE
    return Awaited.LIFE if alive is None or alive < over else None


def awaited(
    session: Session, delivery_ids: Collection[int], quarantine: timedelta
) -> dict[int, Awaited]:
    """What is still awaited for these deliveries in doubt."""
    if not delivery_ids:
        return {}
    logs, now = _by_relay(store.logs(session)), present(session)
    found: dict[int, Awaited] = {}
    for one in store.suspects(session, limit=len(delivery_ids), delivery_ids=delivery_ids):
        finding = judge(one, logs.get(one.relay or "", ()), now, quarantine)
        found[one.delivery_id] = Awaited.NEXT_LOOK if isinstance(finding, Evidence) else finding
    return found


def _by_relay(logs: Sequence[RelayLog]) -> dict[str, list[RelayLog]]:
    found: dict[str, list[RelayLog]] = {}
    for log in logs:
        found.setdefault(log.relay, []).append(log)
    return found


def _result(suspect: Suspect, finding: Evidence | Awaited) -> Result | None:
    if not isinstance(finding, Evidence):
        return None
    doubt = Doubt(suspect.delivery_id, suspect.run_id, suspect.token, suspect.crashes)
    result = ledger.proven(doubt, finding)
    if result is None:
        return None
    words = f"relay log: {suspect.queue_id}" if suspect.queue_id else "relay log: not there"
    return replace(result, reply=words)
