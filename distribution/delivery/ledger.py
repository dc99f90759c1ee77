"""The ledger's verbs: lease, hand over, settle, release, recover. Each takes lists.

The database is the queue. A worker leases rows, records its intent after the relay's 354 and
before the body, and the result after the final reply. What is lost in between is in doubt and
never sent again blindly. Every verb is one short transaction; none is open while mail is on
the wire.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy.orm import Session

from distribution import schema
from distribution.db import insisting
from distribution.delivery import consequences, leasing
from distribution.delivery.leasing import Rotation
from distribution.delivery.states import OPEN
from distribution.delivery.store import closing, handing, lookups, runs
from distribution.delivery.store import rows as store
from distribution.delivery.store.times import present
from distribution.delivery.transport import Evidence
from distribution.replies import Judgement
from distribution.statements import DirectLine
from distribution.words import Cause, Consequence, DeliveryState, Meaning

POISON_AT = 3
"""A delivery under which a worker died this often is held: it may be what kills them."""


_BY = "ledger"
_NOTHING: Mapping[int, str] = MappingProxyType({})
_Ending = tuple[DeliveryState, Cause | None, timedelta, Meaning | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """The time limits of the ledger."""

    lease: timedelta
    """How long a leased row stays its worker's without renewal."""
    handed: timedelta
    """How long after the intent a result may still arrive: above the transport's dot time-out."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A row that is ours until its lease ends or is renewed."""

    delivery_id: int
    run_id: int
    selection_id: int
    recipient: str
    lane: str
    attempts: int
    """This attempt included."""
    token: str
    suspect: bool
    """A worker died under it; it was leased alone and must be sent alone."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row whose mail may or may not have been taken by the relay."""

    delivery_id: int
    run_id: int
    token: str
    crashes: int


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended."""

    delivery_id: int
    token: str
    state: DeliveryState
    cause: Cause | None = None
    reply: str = ""
    wait: timedelta = timedelta(0)
    """For DEFERRED: until the next attempt."""
    judgement: Judgement | None = None
    """Of a refusal: what it means, and whether it says something of address or lane."""


def lease(
    session: Session, limit: int, token: str, terms: Terms, rotation: Rotation | None = None
) -> list[Leased] | None:
    """Take up to `limit` due rows of all running runs; those who have left meanwhile are skipped.

    None when nothing may go now; a worker's own `rotation`, which it keeps, knows when to try
    again. See `leasing.pick` for which rows are taken.
    """
    picked = leasing.pick(session, limit, rotation or Rotation())
    if picked is None:
        return None
    due = picked.crashes
    taken = store.take(session, list(due), token, terms.lease)
    barred = store.barred(session, list(due))
    skipped = [
        Result(delivery_id, token, DeliveryState.SKIPPED, cause)
        for delivery_id, cause in barred.items()
    ]
    settle(session, skipped, by="ledger")
    leasing.charge(session, picked, [row.lane for row in taken if row.id not in barred])
    return [
        Leased(
            delivery_id=row.id,
            run_id=row.run_id,
            selection_id=row.selection_id,
            recipient=row.recipient,
            lane=row.lane,
            attempts=row.attempts,
            token=token,
            suspect=due[row.id] > 0,
        )
        for row in taken
        if row.id not in barred
    ]


def renew(session: Session, tokens: Sequence[str], terms: Terms) -> None:
    """Keep the rows of these leases that are still ours and untouched."""
    store.extend_leases(session, tokens, terms.lease)


def hand_over(
    session: Session,
    rows: Sequence[tuple[int, str]],
    terms: Terms,
    hashes: Mapping[int, str] = _NOTHING,
    relays: Mapping[int, str] = _NOTHING,
) -> set[int]:
    """Record the intent to send these (delivery, token); returns the deliveries that may go.

    `hashes` are the SHA-256 of their messages: what a replay is compared with; `relays` are the
    names of those who wait for them: in whose logs they may be found.

    Refused are rows whose lease was lost, whose reader has left, or whose run is no longer
    sending: their mail must not be sent.
    """
    going = handing.mark_handed(session, rows, terms.handed, hashes, relays)
    _refuse(session, [row for row in rows if row[0] not in going])
    return going


def record_together(
    line: DirectLine,
    accepted: Mapping[tuple[int, str], str],
    intents: Sequence[tuple[int, str, str, str]],
    terms: Terms,
    by: str,
) -> set[int]:
    """Accepted mails, with the relay's words, and intents in one round trip to the database.

    As `offer` and `hand_over`. An intent is delivery, token, hash of the message, relay.
    """
    settled, going = handing.record_together(line, accepted, intents, terms.handed, by)
    refused = [(intent[0], intent[1]) for intent in intents if intent[0] not in going]
    unmoved = [row for row in accepted if row[0] not in settled]

    def rest() -> set[int]:
        with line() as session:
            _refuse(session, refused)
            return handing.stand_so(session, unmoved, DeliveryState.ACCEPTED)

    known = insisting(rest) if refused or unmoved else set()
    return settled | known | going


def _refuse(session: Session, refused: Sequence[tuple[int, str]]) -> None:
    """Skip those whose readers have left; give the others back."""
    if refused:
        barred = store.barred(session, [delivery_id for delivery_id, _ in refused])
        token_of = dict(refused)
        settle(
            session,
            [
                Result(delivery_id, token_of[delivery_id], DeliveryState.SKIPPED, cause)
                for delivery_id, cause in barred.items()
            ],
            by="guard",
        )
        release(session, [row for row in refused if row[0] not in barred])


def offer(session: Session, results: Sequence[Result], *, by: str) -> set[int]:
    """As `settle`; a result that stands recorded already is ours, too.

    The answer to its commit may have been lost, or somebody else has proved the same.
    """
    settled = settle(session, results, by=by)
    unmoved: dict[DeliveryState, list[tuple[int, str]]] = defaultdict(list)
    for result in results:
        if result.delivery_id not in settled:
            unmoved[result.state].append((result.delivery_id, result.token))
    return settled.union(*(handing.stand_so(session, unmoved[it], it) for it in unmoved))


def settle(session: Session, results: Sequence[Result], *, by: str) -> set[int]:
    """Record results and their events; returns the deliveries that were still ours to settle."""
    settled: set[int] = set()
    groups: dict[_Ending, list[Result]] = {}
    for result in results:
        meaning = result.judgement.meaning if result.judgement else None
        groups.setdefault((result.state, result.cause, result.wait, meaning), []).append(result)
    for (state, cause, wait, meaning), group in groups.items():
        rows = [(result.delivery_id, result.token) for result in group]
        changed = handing.mark_settled(session, rows, (state, cause, meaning), wait)
        replies = {row.delivery_id: row.reply for row in group if row.delivery_id in changed}
        handing.add_events(session, replies, state, cause, by=by)
        if state in OPEN:
            runs.reopen(session, changed)
        settled |= changed
    _follow(session, [result for result in results if result.delivery_id in settled])
    return settled


def _follow(session: Session, results: Sequence[Result]) -> None:
    """Do what follows from refusals."""
    judged = {row.delivery_id: row.judgement for row in results if row.judgement is not None}
    if not judged:
        return
    sent = lookups.find_sent(session, judged)
    refusals = [
        consequences.refused(
            sent[row.delivery_id],
            judged[row.delivery_id],
            row.reply,
            final=row.state is DeliveryState.FAILED,
            source=f"批次 {sent[row.delivery_id].run_id} 投递时的应答",
        )
        for row in results
        if row.delivery_id in judged
    ]
    at, followed = present(session), defaultdict[Consequence, list[int]](list)
    for refusal in sorted(refusals, key=consequences.in_order):
        consequence = consequences.follow(session, refusal, by=_BY, at=at)
        if consequence is not Consequence.NONE:
            followed[consequence].append(refusal.delivery_id)
    for consequence, delivery_ids in followed.items():
        store.mark_consequence(session, delivery_ids, consequence)


def doubts(session: Session, after: int, limit: int) -> list[Doubt]:
    """The first deliveries in doubt behind the id `after`."""
    return [
        Doubt(row[0], row[1], row[2] or "", row[3]) for row in store.doubts(session, after, limit)
    ]


def proven(doubt: Doubt, evidence: Evidence) -> Result | None:
    """What evidence makes of a doubt: None where it tells nothing.

    A mail that was certainly not taken is planned again, unless it is what kills the workers.
    """
    words = f"evidence: {evidence.value}"
    if evidence is Evidence.ACCEPTED:
        return Result(doubt.delivery_id, doubt.token, DeliveryState.ACCEPTED, reply=words)
    if evidence is Evidence.UNKNOWN:
        return None
    if doubt.crashes >= POISON_AT:
        return Result(doubt.delivery_id, doubt.token, DeliveryState.HELD, Cause.POISON, words)
    return Result(doubt.delivery_id, doubt.token, DeliveryState.PLANNED, reply=words)


def release(
    session: Session, rows: Sequence[tuple[int, str]], wait: timedelta = timedelta(0)
) -> None:
    """Give leased rows back untried: the attempt does not count."""
    handing.mark_released(session, rows, wait)


def recover(session: Session, *, dead_worker: str | None = None) -> None:
    """Take back what ended leases left behind, and close what can no longer be sent.

    `dead_worker` leads the tokens of a worker known to have died: its rows need not wait for
    the end of their leases. Raises OtherSchema once a newer programme has upgraded the database:
    every sender comes by here again within a quarter of a lease.
    """
    schema.require_own(session)
    poisoned = store.expire_leases(session, POISON_AT, dead_worker)
    handing.add_events(
        session, dict.fromkeys(poisoned, ""), DeliveryState.HELD, Cause.POISON, by="ledger"
    )
    doubtful = store.doubt_handed(session, dead_worker)
    handing.add_events(
        session, dict.fromkeys(doubtful, ""), DeliveryState.IN_DOUBT, None, by="ledger"
    )
    lookups.prove_accepted(session, lookups.seen_again(session, doubtful), by="ledger")
    runs.reopen_left(session)
    closing.close_unsendable(session)
