"""F7, F9 and F10: greylists, wrong clocks, and a sender that stands still for two leases."""

import os
import signal
import sqlite3
import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess

import crew
import pytest
from databases import only_sqlite
from forks import working
from processes import until
from scene import Cued, Scene, scene
from sink import Accepted, Act, Fault, Sink, Step

from distribution import clock
from distribution.delivery import ledger
from distribution.delivery.ledger import Leased, Result, Terms
from distribution.words import DeliveryState as S

READERS = 12
TERMS = Terms(lease=timedelta(minutes=1), handed=timedelta(minutes=11))


# -- a greylist ------------------------------------------------------------------------------------


class Greylisting(Sink):
    """Takes nobody's mail before five minutes after it has first heard of it; its clock is ours."""

    patience = timedelta(minutes=5)
    now = datetime(2026, 12, 1, tzinfo=UTC)

    def __init__(self) -> None:
        super().__init__()
        self.met: dict[str, datetime] = {}

    def due(self, step: Step) -> Fault | None:
        if step is not Step.RCPT:
            return None
        met = self.met.setdefault(self.commands[-1], self.now)
        if self.now - met >= self.patience:
            return None
        return Fault(Act.SAY, "451 4.7.1 greylisted, please try again later")


def test_who_is_greylisted_gets_his_mail_at_a_later_try_and_only_once(
    environment: dict[str, str],
) -> None:
    with Greylisting() as sink, scene(environment, sink, 3) as here:
        here.pump()
        assert (here.tally(), sink.accepted) == ({S.DEFERRED: 3}, [])
        due = min(row.next_attempt_at for row in here.rows().values())
        assert due - clock.now() > Greylisting.patience / 2
        sink.now += Greylisting.patience / 2
        here.waits_are_over()
        here.pump()
        assert here.tally() == {S.DEFERRED: 3}
        sink.now += Greylisting.patience
        here.waits_are_over()
        here.pump()
        assert here.tally() == {S.ACCEPTED: 3}
        assert {row.attempts for row in here.rows().values()} == {3}
        here.assert_nobody_twice_nobody_missed()


# -- wrong clocks ----------------------------------------------------------------------------------


def leased(here: Scene, count: int) -> list[Leased]:
    """So many rows in the hands of a sender of the right time."""
    with here.app.transaction() as session:
        return ledger.lease(session, count, "right:1", TERMS) or []


def test_leases_hold_against_whoever_has_another_clock(environment: dict[str, str]) -> None:
    with Sink(delay=0.001) as sink, scene(environment, sink, READERS, batch_size=2) as here:
        ours = leased(here, 4)
        with ExitStack() as beside:
            others = [
                beside.enter_context(working(crew.send_by_a_wrong_clock, here.environ, wrong))
                for wrong in (1, -1)  # hours ahead
            ]
            for other in others:
                other.join(90)
            assert [other.exitcode for other in others] == [0, 0]
        assert here.tally() == {S.ACCEPTED: READERS - len(ours), S.LEASED: len(ours)}
        keys = [(row.delivery_id, row.token) for row in ours]
        with here.app.transaction() as session:
            assert ledger.hand_over(session, keys, TERMS) == {row.delivery_id for row in ours}
            results = [Result(*key, S.ACCEPTED) for key in keys]
            assert ledger.settle(session, results, by="right")
        for row in ours:
            sink.accept(Accepted("", row.recipient, "", 0))
        here.assert_nobody_twice_nobody_missed()


# -- a sender that stands still --------------------------------------------------------------------


@only_sqlite
@pytest.mark.parametrize("frozen_at", [Step.RCPT, Step.ACCEPTED])
def test_a_sender_frozen_for_two_leases_finds_its_mails_gone(
    environment: dict[str, str], frozen_at: Step
) -> None:
    """Before the intent its mail goes to another; after it the mail stays in doubt or accepted."""
    settings = {"lease_seconds": 1, "dot_timeout_seconds": 2, "batch_size": 3}
    frozen = threading.Event()

    def freeze_it() -> None:
        freeze(sleeper, here)
        frozen.set()

    relay = Cued({frozen_at: freeze_it})
    with relay as sink, scene(environment, sink, READERS, **settings) as here:
        with working(crew.send, here.environ) as sleeper:
            assert frozen.wait(60)
            until(lambda: not held(here), "two leases")
            here.pump()
            assert sleeper.pid is not None
            os.kill(sleeper.pid, signal.SIGCONT)
            sleeper.join(90)
            assert sleeper.exitcode == 0
        here.pump()
        tally = here.tally()
        assert tally[S.IN_DOUBT] <= int(frozen_at is Step.ACCEPTED)
        assert tally[S.ACCEPTED] + tally[S.IN_DOUBT] == READERS
        here.assert_nobody_twice_nobody_missed()


def freeze(process: BaseProcess, here: Scene) -> None:
    """Stop it at a moment at which it holds no lock: the others are to work meanwhile."""
    assert process.pid is not None
    while True:
        os.kill(process.pid, signal.SIGSTOP)
        with closing(sqlite3.connect(str(here.app.engine.url.database), timeout=0.2)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                os.kill(process.pid, signal.SIGCONT)
            else:
                return


def held(here: Scene) -> list[S]:
    """What is in somebody's hands though his time should be over."""
    with here.app.transaction() as session:
        ledger.recover(session)
    return [state for state in here.states().values() if state in (S.LEASED, S.HANDED)]
