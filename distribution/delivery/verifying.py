"""Books recounted from the rows, and the result signed into the run.

What can be counted is counted by the database; only digests are reckoned here, from rows that
pass by. A recount that finds everything right is signed with the installation's key. What was
signed may be outlived but not undone: doubts are settled and refused mails tried again, but no
plan changes, and nobody leaves a state that ends all. So a later recount also tells whether the
books were changed by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from distribution import digests
from distribution.delivery.milestones import tell_finished
from distribution.delivery.planning import Seal, signed
from distribution.delivery.states import ALLOWED, OPEN
from distribution.delivery.store import books, runs
from distribution.links import Keyring
from distribution.models import Run
from distribution.words import DeliveryState, RunState

SEALED = (RunState.SEALED, RunState.SENDING, RunState.PAUSED, RunState.FINISHED)

_S = DeliveryState
_LASTING = tuple(state for state in DeliveryState if not ALLOWED[state])
_UNTOUCHED = frozenset({_S.PLANNED, _S.SKIPPED})  # who is erased is skipped at once
_MAY_HOLD: dict[RunState, frozenset[DeliveryState]] = {
    RunState.PLANNING: _UNTOUCHED,
    RunState.PLANNED: _UNTOUCHED,
    RunState.SEALED: _UNTOUCHED,
    RunState.SENDING: frozenset(DeliveryState) - {_S.CANCELLED},
    RunState.PAUSED: frozenset(DeliveryState) - {_S.CANCELLED},
    RunState.FINISHED: frozenset(DeliveryState) - {_S.CANCELLED},  # open ones are said apart
    RunState.CANCELLED: frozenset(DeliveryState),
}
_FIXED = {
    "run": "批次号",
    "issue": "期刊",
    "resend_number": "补发次数",
    "planned": "封存的封数",
    "audience": "封存的读者名单",
    "selections": "封存的选文",
    "sheet": "版面",
}
"""Figures that never change once a run is sealed."""


@dataclass(frozen=True, slots=True)
class Recount:
    """What a run's rows amount to."""

    run_id: int
    figures: dict[str, Any]
    mismatches: list[str]
    """Each a sentence; none if all is well."""
    signed_at: datetime | None
    """When the figures it was compared with were signed; None: they never were."""


def verify(session: Session, run_id: int) -> list[str]:
    """Recount the books from the rows; returns every mismatch as a sentence, none if all is well.

    The sum of all states is what was planned, the audience is the one that was sealed, each
    delivery holds its slot and stands where its run lets it, each final state has its event,
    nobody was accepted twice, and selections and sheet are the ones that were signed.
    """
    run = runs.find_run(session, run_id)
    return _mismatches(session, run, signed(session, run_id), runs.tally(session, run_id))


def recount(session: Session, run_id: int, keyring: Keyring) -> Recount:
    """As `verify`, and compared with what was signed the last time.

    In a session of its own all is counted as of one moment, however long it takes.
    """
    run = runs.find_run(session, run_id)
    seal, tally = signed(session, run_id), runs.tally(session, run_id)
    figures = _figures(run, seal, tally) | {"events": books.events(session, run_id)}
    found = _mismatches(session, run, seal, tally) + _changes(run, figures, keyring)
    return Recount(run_id, figures, found, run.verified_at)


def sign(session: Session, counted: Recount, keyring: Keyring, *, at: datetime) -> bool:
    """Keep a recount with its run; False where it found something wrong, or nothing is sealed.

    What was signed before stays then: it is what the books should agree with.
    """
    run = runs.find_run(session, counted.run_id)
    if counted.mismatches or run.planned is None:
        return False
    run.verified_at, run.verification = at, counted.figures
    run.signature = keyring.attest(_document(counted.figures, at))
    return True


def finish_drained(session: Session, keyring: Keyring, at: datetime) -> dict[int, list[str]]:
    """Finish the running runs that have nothing left to send, if their books are right.

    Returns the mismatches of each run looked at; a run with any stays open for the admin.
    """
    checked: dict[int, list[str]] = {}
    for run in runs.drained_runs(session):
        counted = recount(session, run.id, keyring)
        checked[run.id] = counted.mismatches
        if sign(session, counted, keyring, at=at):
            run.state, run.finished_at = RunState.FINISHED, at
            tell_finished(session, run, at=at)
    return checked


def _figures(run: Run, seal: Seal, tally: Mapping[DeliveryState, int]) -> dict[str, Any]:
    return {
        "run": run.id,
        "issue": run.issue_id,
        "resend_number": run.resend_number,
        "planned": run.planned,
        "audience": run.audience_digest,
        "selections": run.selections_digest,
        "sheet": run.sheet_sha256,
        "deliveries": seal.count,
        "states": {state.value: tally[state] for state in DeliveryState if state in tally},
        "accepted": seal.accepted,
    }


def _mismatches(
    session: Session, run: Run, seal: Seal, tally: Mapping[DeliveryState, int]
) -> list[str]:
    found: list[str] = []
    if run.state in SEALED or run.planned is not None:
        if seal.count != run.planned:
            found.append(f"封存时有 {run.planned} 封投递，现有 {seal.count} 封")
        if seal.audience != run.audience_digest:
            found.append("读者名单与封存时的摘要不符")
        elif seal.selections != run.selections_digest:
            found.append("各人的选文与封存时的摘要不符")
    found += _out_of_place(run, tally)
    counts = {
        "封投递没有占位（可能重复投递）": books.unslotted(session, run),
        "封投递的最终状态没有对应的事件": books.unwitnessed(session, run.id),
        "个信箱收到同一期两次以上": books.accepted_twice(session, run),
        "封投递的状态与接收时间矛盾": books.undated(session, run.id),
    }
    found += [f"{count} {problem}" for problem, count in counts.items() if count]
    return found + _forged(session, run)


def _out_of_place(run: Run, tally: Mapping[DeliveryState, int]) -> list[str]:
    """Deliveries in a state that their run may not hold where it stands."""
    found = []
    left = sum(count for state, count in tally.items() if state in OPEN)
    if run.state is RunState.FINISHED and left:
        found.append(f"批次已完成，却还有 {left} 封没有结果")
    return found + [
        f"批次{run.state.label}，却有 {count} 封{state.label}"
        for state, count in tally.items()
        if state not in _MAY_HOLD[run.state]
    ]


def _forged(session: Session, run: Run) -> list[str]:
    found = [
        f"选文 {selection.id} 与其签名不符"
        for selection in runs.selections(session, run.id)
        if digests.fingerprint(selection.interests) != selection.signature
    ]
    if digests.fingerprint(runs.sheet(session, run.sheet_sha256).content) != run.sheet_sha256:
        found.append("版面与其摘要不符")
    return found


def _changes(run: Run, now: Mapping[str, Any], keyring: Keyring) -> list[str]:
    """What of the figures signed last cannot have become what they are now."""
    then, at = run.verification, run.verified_at
    if then is None and at is None and run.signature is None:
        return []
    if then is None or at is None or not keyring.attested(_document(then, at), run.signature or ""):
        return ["上次核对的签名不符：它被改动过，或签名的密钥已不在 DISTRIBUTION_SECRET_KEYS 里"]
    found = [
        f"{label}与上次核对时不同" for name, label in _FIXED.items() if then[name] != now[name]
    ]
    return found + _undone(then, now)


def _undone(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What there was and is no more; the same number of accepted ones must be the same ones."""
    before, left = then["states"], now["states"]
    found = [
        f"上次核对时有 {before[state]} 封{state.label}，现有 {left.get(state, 0)} 封"
        for state in _LASTING
        if left.get(state, 0) < before.get(state, 0)
    ]
    accepted = _S.ACCEPTED
    if left.get(accepted) == before.get(accepted) and now["accepted"] != then["accepted"]:
        found.append(f"{accepted.label}的 {left[accepted]} 封与上次核对时不是同一批")
    if now["events"] < then["events"]:
        found.append(f"上次核对时有 {then['events']} 条投递事件，现有 {now['events']} 条")
    return found


def _document(figures: Mapping[str, Any], at: datetime) -> str:
    """What is signed: one spelling of figures and time."""
    return digests.fingerprint({"figures": figures, "at": at.astimezone(UTC).isoformat()})
