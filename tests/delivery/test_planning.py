"""Planning and sealing: who gets what is frozen, once, whatever happens meanwhile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import count

import pytest
from factories import (
    KEY,
    cancel,
    deliveries,
    leave,
    make_readers,
    make_subscriber,
    mismatches,
    plan,
    slots,
    start,
    subscriber_ids,
    suppress,
    tally,
    the_run,
)
from runs import SEPTEMBER, make_issue
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from distribution import audience, delivery
from distribution.app import App
from distribution.audience.store import ahead
from distribution.db import DatabaseUnusable
from distribution.delivery import planning
from distribution.errors import Refused
from distribution.models import Run, Selection, Subscriber
from distribution.words import RunState


def selections(app: App, run_id: int) -> int:
    with app.reading() as session:
        query = select(func.count()).where(Selection.run_id == run_id)
        return session.scalars(query).one()


class Killed(Exception):
    """The planner was killed."""


def killed_after(app: App, transactions: int) -> delivery.planning.Transaction:
    """Transactions of a process that dies when it opens one more."""
    left = iter(range(transactions))

    @contextmanager
    def opened() -> Iterator[Session]:
        if next(left, None) is None:
            raise Killed
        with app.transaction() as session:
            yield session

    def transaction() -> AbstractContextManager[Session]:
        return opened()

    return transaction


def test_an_issue_that_is_not_approved_is_not_planned(app: App) -> None:
    make_issue(app, approved=False)

    with pytest.raises(delivery.NotApproved, match="issue approve 2026-09"):
        plan(app)


def test_those_who_may_not_be_mailed_are_left_out_and_counted(app: App) -> None:
    make_issue(app)
    make_subscriber(app, "gets@fenhe.example")
    make_subscriber(app, "never.asked@fenhe.example", consent="")
    make_subscriber(app, "left@fenhe.example")
    make_subscriber(app, "bounced@fenhe.example")
    leave(app, "left@fenhe.example")
    suppress(app, "bounced@fenhe.example")

    run_id = plan(app)

    assert list(deliveries(app, run_id)) == ["gets@fenhe.example"]
    assert the_run(app, run_id).excluded == {"no_consent": 1, "left": 1, "suppressed": 1}


def test_readers_of_equal_interests_share_a_selection(app: App) -> None:
    make_issue(app)
    make_readers(app, 3)
    make_subscriber(app, "words@fenhe.example", watch_words=("机床",))

    assert selections(app, plan(app)) == 2


def test_planning_again_changes_nothing(app: App) -> None:
    make_issue(app)
    make_readers(app, 3)
    first = plan(app)
    make_subscriber(app, "late@fenhe.example")

    assert plan(app) == first
    assert tally(app, first) == {"planned": 3}
    assert selections(app, first) == 1


def test_a_killed_planner_is_continued_where_it_stood(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    monkeypatch.setattr(planning, "STRETCH", 1)
    make_issue(app)
    make_readers(app, 5)
    make_subscriber(app, "never.asked@fenhe.example", consent="")
    with pytest.raises(Killed):
        delivery.plan(killed_after(app, 3), KEY, app.recipe, by="test", at=SEPTEMBER)

    run_id = plan(app)

    assert the_run(app, run_id).state is RunState.PLANNED
    assert the_run(app, run_id).excluded == {"no_consent": 1}
    assert (
        sorted(row.subscriber_id for row in deliveries(app, run_id).values())
        == subscriber_ids(app)[:5]
    )


def test_a_slice_that_cannot_be_read_leaves_nothing_of_its_stretch(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    make_issue(app)
    emails = make_readers(app, 5)
    with app.transaction() as session:
        broken = audience.find_subscriber(session, emails[3])
        session.execute(update(Subscriber).filter_by(id=broken.id).values(email="r4＠＠"))

    with pytest.raises(audience.InvalidAddress):
        plan(app)

    assert (tally(app, 1), slots(app), the_run(app, 1).cursor) == ({}, 0, 0)
    with app.transaction() as session:
        session.execute(update(Subscriber).filter_by(id=broken.id).values(email=emails[3]))
    assert tally(app, plan(app)) == {"planned": 5}


def test_who_leaves_between_two_stretches_is_not_planned_for(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 1)
    monkeypatch.setattr(planning, "STRETCH", 2)
    make_issue(app)
    make_readers(app, 4)
    opened = count(1)

    def meanwhile() -> AbstractContextManager[Session]:
        if next(opened) == 3:  # after the run and the first stretch
            leave(app, "r3@fenhe.example")
        return app.transaction()

    run_id = delivery.plan(meanwhile, KEY, app.recipe, by="test", at=SEPTEMBER)

    assert tally(app, run_id) == {"planned": 3}
    assert the_run(app, run_id).excluded == {"left": 1}


def test_a_table_that_is_being_changed_is_not_waited_for_for_ever(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    if app.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one lock for all")
    monkeypatch.setattr(ahead, "_PATIENCE", "50ms")
    make_issue(app)
    make_readers(app, 1)

    with app.transaction() as session:
        session.execute(text("LOCK TABLE watch_words IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(DatabaseUnusable):
            plan(app)

    assert tally(app, plan(app)) == {"planned": 1}


def test_where_a_few_slots_are_taken_the_others_of_the_slice_are_planned(app: App) -> None:
    make_issue(app)
    make_readers(app, 2)
    first = plan(app)
    with app.transaction() as session:  # cancelled by hand, its slots were not freed
        delivery.find_run(session, first).state = RunState.CANCELLED
    make_subscriber(app, "new@fenhe.example")

    second = plan(app)

    assert list(deliveries(app, second)) == ["new@fenhe.example"]
    assert the_run(app, second).excluded == {"already": 2}


def test_two_planners_at_once_plan_one_run(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    make_issue(app)
    make_readers(app, 9)

    with ThreadPoolExecutor(4) as pool:
        runs = set(pool.map(lambda _: plan(app), range(4)))

    assert len(runs) == 1
    assert tally(app, runs.pop()) == {"planned": 9}
    with app.reading() as session:
        assert session.scalars(select(func.count(Run.id))).one() == 1


def test_one_mailbox_under_two_spellings_is_one_reader(app: App) -> None:
    make_subscriber(app, "Wang.Fang@Fenhe.example")

    with pytest.raises(audience.AlreadySubscribed):
        make_subscriber(app, "wang.fang＠FENHE.example")


def test_interests_changed_after_planning_change_nothing(app: App) -> None:
    make_issue(app)
    make_readers(app, 1)
    run_id = plan(app)
    before = deliveries(app, run_id)["r1@fenhe.example"].selection_id

    with app.transaction() as session:
        reader = audience.find_subscriber(session, "r1@fenhe.example")
        audience.set_interests(session, reader, audience.Wishes(watch_words=("机床",)), by="test")
    start(app, run_id)

    assert deliveries(app, run_id)["r1@fenhe.example"].selection_id == before
    assert selections(app, run_id) == 1
    assert mismatches(app, run_id) == []


def test_a_second_run_of_an_issue_leaves_out_who_has_a_delivery(app: App) -> None:
    make_issue(app)
    make_readers(app, 2)
    first = plan(app)
    with app.transaction() as session:  # cancelled by hand, its slots were not freed
        delivery.find_run(session, first).state = RunState.CANCELLED

    second = plan(app)

    assert second != first
    assert tally(app, second) == {}
    assert the_run(app, second).excluded == {"already": 2}


def test_a_plan_that_was_cancelled_frees_its_readers(app: App) -> None:
    make_issue(app)
    make_readers(app, 2)
    cancel(app, plan(app))
    assert slots(app) == 0

    assert tally(app, plan(app)) == {"planned": 2}


def test_an_issue_nobody_reads_is_planned_sealed_and_finished(app: App) -> None:
    make_issue(app)
    run_id = plan(app)
    start(app, run_id)

    with app.transaction() as session:
        assert delivery.finish_drained(session, app.keyring, SEPTEMBER) == {run_id: []}
    assert the_run(app, run_id).planned == 0


# -- sealing -----------------------------------------------------------------------------------


def test_sealing_counts_the_plan_and_signs_its_readers(app: App) -> None:
    make_issue(app)
    make_readers(app, 3)
    run_id = plan(app)

    delivery.seal(app.transaction, run_id, at=SEPTEMBER)

    run = the_run(app, run_id)
    assert (run.state, run.planned, run.sealed_at) == (RunState.SEALED, 3, SEPTEMBER)
    with app.reading() as session:
        seal = planning.signed(session, run_id)
    sealed = (3, run.audience_digest, run.selections_digest)
    assert (seal.count, seal.audience, seal.selections) == sealed


def test_the_digest_does_not_depend_on_the_order_of_readers(app: App) -> None:
    make_issue(app)
    make_issue(app, label="10")
    for email in ("b@fenhe.example", "a@fenhe.example"):
        make_subscriber(app, email)
    digests = []
    for key in (KEY, "2026-10"):
        run_id = plan(app, key)
        with app.reading() as session:
            digests.append(planning.signed(session, run_id).audience)

    assert digests[0] == digests[1]


def test_a_seal_is_not_renewed(app: App) -> None:
    make_issue(app)
    run_id = plan(app)
    delivery.seal(app.transaction, run_id, at=SEPTEMBER)
    before = the_run(app, run_id)

    delivery.seal(app.transaction, run_id, at=SEPTEMBER.replace(day=2))

    assert the_run(app, run_id).sealed_at == before.sealed_at


def test_a_half_made_plan_is_not_sealed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE", 1)
    monkeypatch.setattr(planning, "STRETCH", 1)
    make_issue(app)
    make_readers(app, 3)
    with pytest.raises(Killed):
        delivery.plan(killed_after(app, 2), KEY, app.recipe, by="test", at=SEPTEMBER)
    with app.reading() as session:
        run_id = session.scalars(select(Run.id)).one()

    with pytest.raises(Refused, match="还没有规划完"):
        delivery.seal(app.transaction, run_id, at=SEPTEMBER)
