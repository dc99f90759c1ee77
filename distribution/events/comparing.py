"""Compares acts with what is written down already, and judges both anew.

How an act came (what kind of program, which network that day, what it showed) is kept with it
for as long as another act may change what is said of it: of a reader who agrees to be known, as
long as the settings say, so that better rules can judge again; of all others, two minutes.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution.db import Transaction
from distribution.events import reading_store as store
from distribution.events import sessions
from distribution.events.sessions import CROWD, FEWEST, SPAN, VOUCHED_FOR
from distribution.events.verdicts import Act, Judged
from distribution.words import Signal, Verdict

NAMELESS = timedelta(minutes=2)
"""How long it is known how the acts of nobody came: longer than any session of theirs rests."""
_AT_ONCE = 5_000
_MAILS_AT_ONCE = 500


def judge(session: Session, acts: Sequence[Act]) -> list[Judged]:
    """Judge new acts beside what happened around them, whose verdicts may change with them."""
    if not acts:
        return []
    around = store.around(session, acts)
    judged = _together(session, [*acts, *(one.act for one in around)])
    first, last = min(act.at for act in acts) - SPAN, max(act.at for act in acts) + SPAN
    mails = {act.mail for act in acts}
    changed = {
        one.id: now
        for one, now in zip(around, judged[len(acts) :], strict=True)
        if now != one.judged and first <= one.act.at <= last and _may_change(one, now, mails)
    }
    store.change(session, changed)
    return judged[: len(acts)]


def _may_change(one: store.Written, now: Judged, mails: Collection[int | None]) -> bool:
    """Whether enough has been looked at; `mails` are those of which all has."""
    (verdict, rule), (_, before) = now, one.judged
    if one.act.mail is None:
        return verdict is Verdict.MACHINE  # when its mail could be read is not known any more
    if before == CROWD:
        return rule == VOUCHED_FOR  # here is but a part of the crowd
    return one.act.mail in mails or rule == CROWD


def _together(session: Session, acts: Sequence[Act]) -> list[Judged]:
    clicked: Counter[int] = Counter()
    for mail, _ in {(act.mail, act.link) for act in acts if act.signal is Signal.CLICK}:
        if mail is not None:
            clicked[mail] += 1
    busy = [mail for mail, count in clicked.items() if count >= FEWEST]
    return sessions.judge(acts, store.links_of(session, busy))


# -- judging again ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What became of one run's acts when they were judged again."""

    run_id: int
    judged: int
    forgotten: int
    """Of nobody we know, or older than is kept: what was said of them stays."""
    changes: Counter[tuple[str, str]]
    """How many went from which verdict to which; those whose rule alone changed are not here."""

    @property
    def changed(self) -> int:
        """How many have another verdict now."""
        return self.changes.total()


def rejudge(transaction: Transaction, run_id: int, *, dry_run: bool = False) -> Rejudged:
    """Judge a run's acts by the rules of today, as far as it is still known how they came."""
    judged, changes = 0, Counter[tuple[str, str]]()
    last = 0
    while True:
        with transaction() as session:
            store.take_turn(session, [run_id])
            written, last = store.of_mails(session, run_id, last, _MAILS_AT_ONCE)
            if not written:
                break
            now = _again(session, written)
            if not dry_run:
                store.change(
                    session, {one.id: said for one, said in zip(written, now, strict=True)}
                )
        judged += len(written)
        for one, (verdict, _) in zip(written, now, strict=True):
            if verdict is not one.judged[0]:
                changes[one.judged[0].value, verdict.value] += 1
    with transaction() as session:
        return Rejudged(run_id, judged, store.forgotten(session, run_id), changes)


def _again(session: Session, written: Sequence[store.Written]) -> list[Judged]:
    """Beside what came from the same networks to other mails of the run."""
    acts = [one.act for one in written]
    mine = {one.id for one in written}
    others = [one.act for one in store.around(session, acts) if one.id not in mine]
    return _together(session, [*acts, *others])[: len(acts)]


# -- forgetting ------------------------------------------------------------------------------------


def holds_nameless(session: Session, at: datetime) -> bool:
    """Whether it is still written down how acts of nobody came, though it is time to forget."""
    return store.holds(session, store.nameless(at - NAMELESS))


def forget_nameless(session: Session, at: datetime) -> int:
    """Forget it, of some thousands; gives how many there were."""
    return store.forget_nameless(session, at - NAMELESS, _AT_ONCE)
