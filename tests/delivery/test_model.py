"""A model check of the ledger: two workers, a relay with its own accept log, and all mishaps."""

import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

import pytest
from factories import (
    KEY,
    cancel,
    deliveries,
    finish,
    hand,
    lease,
    leases_run_out,
    leave,
    make_readers,
    mismatches,
    pause,
    plan,
    recover,
    resume,
    settle,
    start,
    the_run,
    waits_are_over,
)
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from runs import make_issue
from sqlalchemy import Row, event, select

from distribution import delivery
from distribution.app import App, open_app
from distribution.delivery import Evidence, ledger
from distribution.delivery.ledger import Leased
from distribution.delivery.states import ALLOWED
from distribution.models import Delivery, DeliveryEvent
from distribution.words import Cause, DeliveryState, RunState

S = DeliveryState
READERS = 12
WORKERS = ("alpha", "beta")


class Fate(Enum):
    """What the next moments bring to a mail, and what its worker learns of it."""

    ACCEPTED = S.ACCEPTED
    DEFERRED = S.DEFERRED
    FAILED = S.FAILED
    TAKEN_BUT_LOST = S.IN_DOUBT
    WAITS = "waits"
    RELEASED = "released"
    REFUSED_AT_RCPT = "refused"


workers = st.sampled_from(WORKERS)
picks = st.integers(0, 50)

# Drawn evenly: left to itself, Hypothesis likes one fate for all and few mails get through.
fates = st.integers(0, 2**32).map(lambda seed: Random(seed).choices(list(Fate), k=4))  # noqa: S311


class Ledger(RuleBasedStateMachine):
    """Whatever happens in whatever order, nobody gets two copies and every mail is accounted for.

    A worker is what it holds: rows it has leased, and rows whose intent it has recorded. `relay`
    is the accept log.
    """

    folder: Path
    """With a migrated database to start from."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copy(self.folder / "migrated.db", self.home / "distribution.db")
        self.app: App = open_app(
            {
                "DISTRIBUTION_HOME": str(self.home),
                "DISTRIBUTION_SECRET_KEYS": "a-secret-of-the-tests-only-0123456789",
            }
        )
        event.listen(self.app.engine, "connect", _careless)
        self.relay: Counter[str] = Counter()
        self.leased: dict[str, list[Leased]] = {worker: [] for worker in WORKERS}
        self.handed: dict[str, list[Leased]] = {worker: [] for worker in WORKERS}
        self.taken: set[int] = set()
        """Deliveries whose mail the relay took."""
        self.gone: set[str] = set()
        self.runs: list[int] = []
        self.before: dict[int, Row[Any]] = {}

    def teardown(self) -> None:
        self.app.engine.dispose()
        shutil.rmtree(self.home)

    @initialize()
    def begin(self) -> None:
        make_issue(self.app)
        self.emails = make_readers(self.app, READERS)
        self.plan_again()

    @property
    def state(self) -> RunState:
        return the_run(self.app, self.runs[-1]).state

    @property
    def held(self) -> set[int]:
        """What living workers have in hand, whether it is still theirs or not."""
        return {
            row.delivery_id
            for worker in WORKERS
            for row in self.leased[worker] + self.handed[worker]
        }

    # -- the office

    @rule(what=st.sampled_from(["pause", "cancel", "leave", "finish"]), pick=picks)
    def the_office_acts(self, what: str, pick: int) -> None:
        """What has been stopped goes on the next time, or is planned anew."""
        if self.state is RunState.PAUSED:
            resume(self.app, self.runs[-1])
        elif self.state is RunState.CANCELLED:
            self.plan_again()
        elif what == "leave" and len(self.gone) < READERS // 2:
            leased = [row.recipient for worker in WORKERS for row in self.leased[worker]]
            email = (leased or self.emails)[pick % len(leased or self.emails)]
            leave(self.app, email)
            self.gone.add(email)
        elif what == "finish":
            assert not any(finish(self.app).values())
        elif self.state is RunState.SENDING and what in ("pause", "cancel"):
            {"pause": pause, "cancel": cancel}[what](self.app, self.runs[-1])

    def plan_again(self) -> None:
        self.runs.append(plan(self.app, KEY))
        start(self.app, self.runs[-1])

    # -- the workers

    @rule(worker=workers, fates=fates)
    def lease(self, worker: str, fates: list[Fate]) -> None:
        """Take rows; then each meets its fate."""
        self.leased[worker] += lease(self.app, len(fates), worker + secrets.token_hex(4))
        self.go_on(worker, fates)

    @rule(worker=workers, fates=fates)
    def go_on(self, worker: str, fates: list[Fate]) -> None:
        """What the worker has in hand meets its fate, whatever happened meanwhile."""
        for fate in fates:
            if self.handed[worker] and fate not in (Fate.REFUSED_AT_RCPT, Fate.RELEASED):
                self.finish_sending(worker, fate)
            elif self.leased[worker]:
                self.begin_sending(worker, fate)

    def begin_sending(self, worker: str, fate: Fate) -> None:
        row = self.leased[worker].pop(0)
        if fate is Fate.WAITS:
            self.leased[worker].append(row)
        elif fate is Fate.RELEASED:
            with self.app.transaction() as session:
                ledger.release(session, [(row.delivery_id, row.token)])
        elif fate is Fate.REFUSED_AT_RCPT:
            settle(self.app, row, S.DEFERRED)
        elif hand(self.app, row):
            assert row.recipient not in self.gone, "handed over after he had left"
            assert the_run(self.app, row.run_id).state is RunState.SENDING
            self.handed[worker].append(row)

    def finish_sending(self, worker: str, fate: Fate) -> None:
        row = self.handed[worker].pop(0)
        if fate is Fate.WAITS:
            self.handed[worker].append(row)
            return
        if fate in (Fate.ACCEPTED, Fate.TAKEN_BUT_LOST):
            self.take(row)
        settled = settle(self.app, row, fate.value)
        assert settled or fate is not Fate.ACCEPTED, "an accepted mail could not be recorded"

    # -- what goes wrong, and what puts it right

    @rule(worker=workers, pick=picks, what=st.sampled_from(["dies", "dies", "stalls", "recovers"]))
    def it_goes_wrong(self, worker: str, pick: int, what: str) -> None:
        if what == "dies":
            self.a_worker_dies(worker, taken=pick % 2 == 1, known=pick % 3 != 0)
        elif what == "stalls":
            self.a_lease_runs_out(pick)
        else:
            self.time_passes()

    def a_worker_dies(self, worker: str, *, taken: bool, known: bool) -> None:
        """What was on the wire may have been taken; the heir may know that the worker is dead."""
        for row in self.handed[worker] if taken else ():
            self.take(row)
        self.leased[worker], self.handed[worker] = [], []
        if known:
            recover(self.app, dead_worker=worker)

    def a_lease_runs_out(self, pick: int) -> None:
        """Also under a living worker, who does not know and brings his results late."""
        if held := sorted(self.held):
            leases_run_out(self.app, held[pick % len(held)])
            recover(self.app)

    def time_passes(self) -> None:
        """The leases of the dead run out, and what was deferred is due."""
        rows = [row for run_id in self.runs for row in deliveries(self.app, run_id).values()]
        if dead := [row.id for row in rows if row.lease_until and row.id not in self.held]:
            leases_run_out(self.app, *dead)
        waits_are_over(self.app)
        recover(self.app)

    @rule()
    def evidence(self) -> None:
        """The relay can tell; what is still on the wire it does not deny."""
        with self.app.transaction() as session:
            for doubt in ledger.doubts(session, 0, 100):
                if doubt.delivery_id in self.taken:
                    answer = Evidence.ACCEPTED
                elif doubt.delivery_id in self.held:
                    answer = Evidence.UNKNOWN
                else:
                    answer = Evidence.ABSENT
                if result := ledger.proven(doubt, answer):
                    assert ledger.settle(session, [result], by="evidence")

    @rule()
    def an_admin_decides(self) -> None:
        """He knows what the relay took; what is still on the wire he leaves alone."""
        for run_id in self.runs:
            for row in deliveries(self.app, run_id).values():
                if row.state is S.IN_DOUBT and row.id in self.taken:
                    self.admin(delivery.accept_doubt, row.id)
                elif row.state is S.IN_DOUBT and row.id not in self.held:
                    self.admin(delivery.resend_doubt, row.id)

    @rule()
    def an_admin_tries_again(self) -> None:
        for run_id in self.runs:
            with suppress(delivery.RunOver), self.app.transaction() as session:
                delivery.retry(session, run_id, {Cause.UNKNOWN.value}, by="admin")

    def admin(self, verb: Callable[..., int], delivery_id: int) -> None:
        """Runs that are over and readers who have left are refused, and nothing is changed."""
        with (
            suppress(delivery.RunOver, delivery.Barred),
            self.app.transaction() as session,
        ):
            verb(session, delivery_id, reason="查明了", by="admin")

    def take(self, row: Leased) -> None:
        self.relay[row.recipient] += 1
        self.taken.add(row.delivery_id)

    # -- what must hold

    @invariant()
    def nobody_gets_two_copies(self) -> None:
        assert max(self.relay.values(), default=0) <= 1

    @invariant()
    def the_books_are_right(self) -> None:
        assert mismatches(self.app, self.runs[-1]) == []
        if len(self.runs) > 1:
            assert mismatches(self.app, self.runs[-2]) == []

    @invariant()
    def every_row_tells_the_truth(self) -> None:
        with self.app.reading() as session:
            rows = session.execute(select(Delivery.__table__).order_by(Delivery.id)).all()
            settled = set(session.scalars(select(DeliveryEvent.delivery_id)))
        for row in rows:
            if row.id in self.taken:  # nobody is silently missed
                assert row.state in (S.ACCEPTED, S.IN_DOUBT, S.HANDED)
            else:
                assert row.state is not S.ACCEPTED
            if row.state in (S.IN_DOUBT, S.HELD):
                assert row.id in settled
            before = self.before.get(row.id)
            if before is not None and before.state is S.ACCEPTED:
                assert row == before
            elif before is not None:
                assert row.state in _reachable(before.state)
        self.before = {row.id: row for row in rows}


def _careless(connection: object, _entry: object) -> None:
    """Durability is not what is checked here, and costs most of the time."""
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def _draw(rows: list[Leased], pick: int) -> Leased | None:
    return rows.pop(pick % len(rows)) if rows else None


def _reachable(state: DeliveryState) -> set[DeliveryState]:
    """One rule may move a row by several steps: a recovery frees it and a close ends it.

    Nobody lets go what is held, so it stays so.
    """
    found, edge = {state}, {state}
    if state is S.HELD:
        return {S.HELD, S.CANCELLED}
    while edge:
        edge = {after for one in edge for after in ALLOWED[one]} - found
        found |= edge
    return found


@pytest.fixture
def folder(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copy(migrated_sqlite, tmp_path / "migrated.db")
    yield tmp_path
    del Ledger.folder


def test_the_ledger_holds_its_promises_in_any_order(folder: Path) -> None:
    Ledger.folder = folder
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
