"""A month's slot at its hour: choose, plan, seal, start; whoever dies in between is relieved.

Each step is a transaction that says what was done, so that another tick, of this process or any,
goes on with the same issue and the same run.
"""

import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from distribution import audit, delivery
from distribution.calendar.choosing import choose
from distribution.calendar.holding import hold, name_of
from distribution.calendar.house import BY, House
from distribution.calendar.store import candidates, marks, slots
from distribution.db import DatabaseUnusable
from distribution.errors import DistributionError, Refused
from distribution.models import ScheduleSlot
from distribution.words import Hold, RunState, SlotState

log = logging.getLogger(__name__)

_STARTED = frozenset({RunState.SENDING, RunState.PAUSED, RunState.FINISHED})


class _TakenOver(DistributionError):
    """Raised where another has the slot now: a scheduler that took us for dead, or a person."""


class RunGone(Refused):
    """Raised where a slot's run was cancelled before it began."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        super().__init__(f"批次 {run_id} 在开始之前被取消了")


def leave(
    house: House, slot: ScheduleSlot, *, at: datetime, stopping: Callable[[], bool] = bool
) -> bool:
    """Let a slot's issue go, if the slot is still as it was seen; whether it was ours to do.

    What keeps it from going holds the slot. Where this process is `stopping` it gives the slot
    back between two steps. Raises DatabaseUnusable, and nothing is lost by it.
    """
    token = f"{os.uname().nodename[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    with house.transaction() as session:
        if not slots.claim(session, slot, token):
            return False
    going = _Going(house, slot.month, token, at, stopping)
    with suppress(_TakenOver):
        try:
            going.go()
        except (DatabaseUnusable, _TakenOver):
            raise
        except DistributionError as error:
            going.wait(Hold.REFUSED, str(error))
    return True


@dataclass(frozen=True, slots=True)
class _Going:
    """One scheduler's work on one slot."""

    house: House
    month: date
    token: str
    at: datetime
    """By the calendar; the run's own times are the ledger's."""
    stopping: Callable[[], bool]

    def go(self) -> None:
        key = self._issue()
        if key is None or self._stops():
            return
        run_id = self._plan(key)
        if self._stops():
            return
        delivery.seal(self.house.transaction, run_id, at=self._present())
        if self._stops():
            return
        self._start(run_id)
        self._done(key, run_id)

    def wait(self, why: Hold, words: str) -> None:
        with self.house.transaction() as session:
            hold(session, self._slot(session), why, words, at=self.at)
        log.warning("the slot of %s waits: %s %s", name_of(self.month), why.value, words)

    def _issue(self) -> str | None:
        """The issue that leaves, chosen once; None where the slot waits instead."""
        with self.house.transaction() as session:
            slot = self._slot(session)
            if slot.issue_id is None:
                choice = choose(self.month, candidates.candidates(session))
                if choice.issue is None:
                    words = choice.words or candidates.none_in_words(session, self.month)
                    hold(session, slot, choice.hold or Hold.NO_ISSUE, words, at=self.at)
                    return None
                slot.issue_id = choice.issue.issue_id
            return candidates.key_of(session, slot.issue_id)

    def _plan(self, key: str) -> int:
        """The slot's run, planned."""
        with self.house.transaction() as session:
            known = self._slot(session).run_id
            state = delivery.find_run(session, known).state if known is not None else None
            present = marks.present(session)
        if known is not None and state is RunState.CANCELLED:
            raise RunGone(known)
        if known is not None and state is not RunState.PLANNING:
            return known
        run_id = delivery.plan(self.house.transaction, key, self.house.recipe, by=BY, at=present)
        with self.house.transaction() as session:
            slot = self._slot(session)
            if slot.run_id is None:
                slot.run_id = run_id
                audit.record(session, "run.plan", str(run_id), by=BY, at=self.at, issue=key)
        return run_id

    def _start(self, run_id: int) -> None:
        """Let the run go, unless somebody has: it may even be through by now."""
        with self.house.transaction() as session:
            self._slot(session)
            state, present = delivery.find_run(session, run_id).state, marks.present(session)
        if state is RunState.CANCELLED:
            raise RunGone(run_id)
        if state not in _STARTED:
            delivery.start(self.house.transaction, run_id, at=present, expiry=self.house.expiry)

    def _done(self, key: str, run_id: int) -> None:
        name = name_of(self.month)
        with self.house.transaction() as session:
            slot = self._slot(session)
            slot.state, slot.hold, slot.words = SlotState.SENT, None, ""
            slot.claim, slot.claimed_until, slot.changed_at = "", None, self.at
            detail = {"issue": key, "run": run_id}
            audit.record(session, "schedule.start", name, by=BY, at=self.at, **detail)
        log.info("the slot of %s: issue %s leaves", name, key, extra={"run": run_id})

    def _stops(self) -> bool:
        """Give the slot back where this process is to end: another goes on at once."""
        if not self.stopping():
            return False
        with self.house.transaction() as session:
            slot = self._slot(session)
            slot.claim, slot.claimed_until = "", None
        return True

    def _slot(self, session: Session) -> ScheduleSlot:
        """The slot, ours for another while."""
        slot = slots.in_hand(session, self.month, self.token)
        if slot is None:
            raise _TakenOver(self.month)
        return slot

    def _present(self) -> datetime:
        with self.house.transaction() as session:
            self._slot(session)
            return marks.present(session)
