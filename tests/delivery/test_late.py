"""A run for those who joined late: they, nobody else, and nobody twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from factories import (
    KEY,
    cancel,
    deliveries,
    lease,
    leave,
    make_readers,
    make_run,
    make_subscriber,
    mismatches,
    plan,
    start,
    suppress,
    the_run,
)
from runs import SEPTEMBER, add_reader, make_issue
from sqlalchemy import update

from distribution import audience, delivery
from distribution.app import App
from distribution.models import Enterprise, Subscriber, Suppression
from distribution.words import Decision, RunKind, RunState

LATER = SEPTEMBER + timedelta(days=3)


def sealed(app: App) -> int:
    """A run that has its readers; its number."""
    run_id = plan(app, make_issue(app))
    delivery.seal(app.transaction, run_id, at=SEPTEMBER)
    return run_id


def plan_late(app: App, run_id: int) -> int:
    return delivery.late.plan(app.transaction, run_id, app.recipe, by="test", at=LATER)


def newcomers(app: App, run_id: int) -> dict[str, str]:
    """Who they are, and how each joined."""
    with app.reading() as session:
        found = {one.email: one.how for one in delivery.late.newcomers(session, run_id, 100)}
        assert delivery.late.count(session, run_id) == len(found)
    return found


def agree(app: App, email: str) -> None:
    """He agrees to be mailed, after the run was planned."""
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        said = audience.Statement(Decision.GRANTED, "愿意", channel="web")
        audience.record_consent(session, row.id, said, by="reader", at=LATER)


def test_who_was_added_agreed_or_came_back_is_reached_and_nobody_else(app: App) -> None:
    make_readers(app, 2)
    make_subscriber(app, "asked@fenhe.example", consent="")
    make_subscriber(app, "silent@fenhe.example", consent="")
    make_subscriber(app, "gone@fenhe.example")
    make_subscriber(app, "left@fenhe.example")
    leave(app, "gone@fenhe.example")
    leave(app, "left@fenhe.example")
    original = sealed(app)
    agree(app, "asked@fenhe.example")
    agree(app, "gone@fenhe.example")
    make_subscriber(app, "new@fenhe.example")
    make_subscriber(app, "unasked@fenhe.example", consent="")

    found = newcomers(app, original)
    late = plan_late(app, original)

    assert found == {
        "asked@fenhe.example": "agreed",
        "gone@fenhe.example": "agreed",
        "new@fenhe.example": "added",
    }
    assert set(deliveries(app, late)) == set(found)
    run = the_run(app, late)
    assert (run.kind, run.state, run.original_id) == (RunKind.LATE, RunState.PLANNED, original)
    assert run.sheet_sha256 == the_run(app, original).sheet_sha256
    assert mismatches(app, late) == []


def test_who_had_his_place_and_did_not_take_it_stays_out(app: App) -> None:
    make_subscriber(app, "paused@fenhe.example")
    make_subscriber(app, "suppressed@fenhe.example")
    make_subscriber(app, "picky@fenhe.example", frequency="when_matching", topics=("quality",))
    with app.transaction() as session:
        paused = audience.find_subscriber(session, "paused@fenhe.example")
        paused.paused_until = LATER + timedelta(days=3650)
    suppress(app, "suppressed@fenhe.example")
    original = sealed(app)
    assert set(the_run(app, original).excluded) == {"paused", "suppressed", "no_match"}
    with app.transaction() as session:
        session.execute(update(Subscriber).values(paused_until=None))
        session.delete(session.query(Suppression).one())
    agree(app, "paused@fenhe.example")  # as he had before

    assert newcomers(app, original) == {}
    assert deliveries(app, plan_late(app, original)) == {}


def test_whose_enterprise_became_a_member_meanwhile_is_reached(app: App) -> None:
    with app.transaction() as session:
        for name, until in (("旧会员", date(2020, 1, 1)), ("会员", None)):
            firm = audience.ensure_enterprise(session, name, at=SEPTEMBER)
            firm.member_until = until
            email = f"a@{'old' if until else 'member'}.example"
            add_reader(session, app, email, SEPTEMBER, enterprise=name)
    original = sealed(app)
    with app.transaction() as session:
        session.execute(update(Enterprise).values(member_until=None))

    assert newcomers(app, original) == {"a@old.example": "member"}


def test_the_next_late_run_reaches_who_joined_since(app: App) -> None:
    make_readers(app, 1)
    original = sealed(app)
    make_subscriber(app, "first@fenhe.example")
    first = plan_late(app, original)
    make_subscriber(app, "second@fenhe.example")

    assert plan_late(app, original) == first  # it is planned, and as it is
    assert set(deliveries(app, first)) == {"first@fenhe.example"}
    start(app, first)
    second = plan_late(app, original)

    assert set(deliveries(app, second)) == {"second@fenhe.example"}
    assert mismatches(app, second) == []


def test_two_planners_at_once_plan_each_reader_once(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.delivery.planning.SLICE", 2)
    make_readers(app, 1)
    original = sealed(app)
    make_readers(app, 9, "zhangze.example")

    with ThreadPoolExecutor(2) as pool:
        runs = set(pool.map(lambda _: plan_late(app, original), range(2)))

    (late,) = runs
    assert len(deliveries(app, late)) == 9
    assert mismatches(app, late) == []


def test_the_regular_plan_after_a_cancelled_one_and_a_late_run_share_their_slots(app: App) -> None:
    original = make_run(app, 2)
    make_subscriber(app, "new@fenhe.example")
    start(app, plan_late(app, original))
    lease(app)
    cancel(app, original)

    again = plan(app)

    assert set(deliveries(app, again)) == {"r1@fenhe.example", "r2@fenhe.example"}
    assert the_run(app, again).excluded == {"already": 1}


def test_who_joins_after_a_cancelled_run_is_reached_by_a_new_one(app: App) -> None:
    original = make_run(app, 1)
    cancel(app, original)

    with pytest.raises(delivery.WrongState, match=f"已取消，不能补投.*run plan {KEY}"):
        plan_late(app, original)


def test_only_a_sealed_regular_run_has_latecomers(app: App) -> None:
    make_readers(app, 1)
    planned = plan(app, make_issue(app))
    with pytest.raises(delivery.WrongState, match=f"不能补投：.*run start {planned}"):
        plan_late(app, planned)
    delivery.seal(app.transaction, planned, at=SEPTEMBER)
    make_subscriber(app, "new@fenhe.example")
    late = plan_late(app, planned)

    with pytest.raises(delivery.late.NotTheFirst, match=f"run late {planned}"):
        plan_late(app, late)
