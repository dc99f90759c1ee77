"""Tripwires: what pauses a run, what never does, and what is known once a run is resumed."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from databases import alerts, returned
from factories import (
    LONG_AGO,
    deliveries,
    hand,
    lease,
    make_run,
    make_sender,
    resume,
    run_state,
    same_selection,
    settle,
    the_run,
)
from fake_transport import FakeTransport, Refuse
from hypothesis import given
from hypothesis import strategies as st
from runs import SEPTEMBER

from distribution import delivery, replies
from distribution.app import App
from distribution.delivery import Reply, guarding
from distribution.delivery.tripwires import OF_US, WINDOW, Evidence, Replies, tripped
from distribution.models import Delivery, DeliveryEvent, Inbox, ReturnedMail, Run
from distribution.words import DeliveryState, Returned, RunKind, RunState, Signal, Wire

S = DeliveryState
NOW = timedelta(0)


def wires(found: Evidence) -> list[Wire]:
    return [trip.wire for trip in tripped(found)]


def guard(app: App, run_id: int) -> list[Wire]:
    """Look at the wires; which of a run tripped just now."""
    with app.transaction() as session:
        found = delivery.guard(session, NOW, at=SEPTEMBER)
    return [trip.wire for trip in found.get(run_id, [])]


def watched_run(app: App, readers: int = 3) -> int:
    """A run that is sending and was looked at before the first mail."""
    run_id = make_run(app, readers)
    assert guard(app, run_id) == []
    return run_id


def send(app: App, refused: dict[str, str] | None = None) -> None:
    """Send what is due; the relay says so to some, and 250 to the others."""
    script = {
        recipient: [Refuse(Reply(int(words[:3]), words[4:]))]
        for recipient, words in (refused or {}).items()
    }
    make_sender(app, FakeTransport(script)).pump(timedelta(minutes=5))


# -- the rules -----------------------------------------------------------------------------------


@given(planned=st.integers(1, 5_000), answered=st.integers(1, WINDOW))
def test_one_case_of_anything_pauses_no_run_however_small(planned: int, answered: int) -> None:
    one = Evidence(
        planned=planned,
        in_doubt=1,
        new_complaints=1,
        complaints=1,
        accepted=planned,
        events=planned + 13,  # one mail was deferred until the run expired
        lanes={"qq": Replies(answered, 1)},
    )
    assert tripped(one) == []


@given(planned=st.integers(1, 1_000_000), share=st.floats(0, 1))
def test_a_wire_that_trips_at_some_number_trips_at_every_greater_one(
    planned: int, share: float
) -> None:
    doubts = round(planned * share)
    if wires(Evidence(planned, in_doubt=doubts)):
        assert wires(Evidence(planned, in_doubt=doubts + 1)) == [Wire.IN_DOUBT]


LIMITS = [
    (Evidence(8_000, in_doubt=40), Evidence(8_000, in_doubt=41), Wire.IN_DOUBT),
    (Evidence(100, in_doubt=20), Evidence(100, in_doubt=21), Wire.IN_DOUBT),
    (
        Evidence(900, lanes={"qq": Replies(200, 10)}),
        Evidence(900, lanes={"qq": Replies(200, 11)}),
        Wire.REFUSED,
    ),
    (
        Evidence(900, lanes={"qq": Replies(49, 49)}),
        Evidence(900, lanes={"qq": Replies(50, 10)}),
        Wire.REFUSED,
    ),
    (
        Evidence(9_000, new_complaints=9, complaints=9, accepted=9_000),
        Evidence(9_000, new_complaints=9, complaints=10, accepted=9_000),
        Wire.COMPLAINTS,
    ),
    (
        Evidence(9, new_complaints=2, complaints=2, accepted=9),
        Evidence(9, new_complaints=3, complaints=3, accepted=9),
        Wire.COMPLAINTS,
    ),
    (Evidence(500, events=1_500), Evidence(500, events=1_501), Wire.EVENTS),
    (Evidence(2, events=199), Evidence(2, events=200), Wire.EVENTS),
    (Evidence(9_000), Evidence(9_000, twice=1), Wire.TWICE),
]


@pytest.mark.parametrize(("calm", "alarming", "wire"), LIMITS)
def test_each_wire_has_its_limit(calm: Evidence, alarming: Evidence, wire: Wire) -> None:
    assert wires(calm) == []
    assert wires(alarming) == [wire]


BAD = (
    "550 5.1.1 User unknown",
    "550 Mailbox not found",
    "550 No such user here",
    "551 User not local",
    "550 Invalid User",
    "553 5.1.3 mailbox name not allowed",
    "550 5.2.1 The mailbox is disabled",
    "552 5.2.2 mailbox full",
    "550 5.1.2 Host unknown",
    "550 用户不存在",
)


@given(st.lists(st.sampled_from(BAD), max_size=WINDOW), st.sampled_from(["qq", "163", "a.example"]))
def test_no_number_of_bad_addresses_speaks_of_us(said: list[str], lane: str) -> None:
    meanings = [replies.judge(int(words[:3]), words[4:], lane).meaning for words in said]
    refused = sum(meaning in OF_US for meaning in meanings)
    assert wires(Evidence(1_000, lanes={lane: Replies(WINDOW, refused)})) == []


def test_what_speaks_of_an_address_speaks_of_nobody_else() -> None:
    assert OF_US.isdisjoint(replies.COUNTED)


# -- a run ---------------------------------------------------------------------------------------


def test_bad_addresses_of_a_first_list_are_no_alarm(app: App) -> None:
    run_id = watched_run(app, 60)
    words = ("550 5.1.1 no such user", "552 5.2.2 mailbox full", "550 5.2.1 mailbox disabled")
    send(app, {f"r{n}@fenhe.example": words[n % 3] for n in range(1, 13)})

    assert guard(app, run_id) == []
    assert run_state(app, run_id) is RunState.SENDING


def test_a_provider_that_refuses_us_pauses_the_run(app: App) -> None:
    run_id = watched_run(app, 60)
    send(app, {f"r{n}@fenhe.example": "550 5.0.0 no" for n in range(1, 11)})

    assert guard(app, run_id) == [Wire.REFUSED]

    run = the_run(app, run_id)
    assert (run.state, run.paused_by) == (RunState.PAUSED, "tripwire")
    assert "60 个答复中，有 10 个" in (run.pause_reason or "")
    [alert] = alerts(app)
    assert alert.urgent
    assert f"批次 {run_id} 已自动暂停" in alert.title
    assert f"distribution run resume {run_id}" in alert.advice


def doubts(app: App, count: int) -> None:
    rows = lease(app, count)
    hand(app, *rows)
    for row in rows:
        settle(app, row, S.IN_DOUBT)


def complain(app: App, run_id: int, count: int) -> None:
    send(app)
    calm = len(returned(app))
    rows = list(deliveries(app, run_id).values())[calm : calm + count]
    with app.transaction() as session:
        for row in rows:
            mail = Inbox(
                signal=Signal.MAIL, at=SEPTEMBER, fingerprint=secrets.token_hex(32), content={}
            )
            session.add(mail)
            session.flush()
            session.add(
                ReturnedMail(
                    inbox_id=mail.id,
                    kind=Returned.COMPLAINT,
                    delivery_id=row.id,
                    at=SEPTEMBER,
                )
            )


def happen(app: App, run_id: int, state: DeliveryState, count: int) -> None:
    """So many events of a run's first delivery, some time ago."""
    row = next(iter(deliveries(app, run_id).values()))
    with app.transaction() as session:
        session.get_one(Delivery, row.id).attempts = count
        session.add_all(
            DeliveryEvent(delivery_id=row.id, at=LONG_AGO, state=state, by="test")
            for _ in range(count)
        )


CASES: list[tuple[Wire, Callable[[App, int], None]]] = [
    (Wire.IN_DOUBT, lambda app, _run: doubts(app, 21)),
    (Wire.COMPLAINTS, lambda app, run: complain(app, run, 3)),
    (Wire.EVENTS, lambda app, run: happen(app, run, S.DEFERRED, 200)),
    (Wire.TWICE, lambda app, run: happen(app, run, S.ACCEPTED, 2)),
]


@pytest.mark.parametrize(("wire", "happens"), CASES)
def test_what_was_known_when_a_run_was_resumed_pauses_it_no_more(
    app: App, wire: Wire, happens: Callable[[App, int], None]
) -> None:
    run_id = watched_run(app, 50)
    happens(app, run_id)
    assert guard(app, run_id) == [wire]
    assert guard(app, run_id) == []  # it does not run

    resume(app, run_id)
    assert guard(app, run_id) == []
    assert run_state(app, run_id) is RunState.SENDING

    happens(app, run_id)
    assert guard(app, run_id) == [wire]
    assert len(alerts(app)) == 2


def second_run(app: App, run_id: int, row: Delivery, **other: object) -> int:
    """A run of those who joined late, with one delivery that has been accepted."""
    with app.transaction() as session:
        run = session.get_one(Run, run_id)
        facts = {column.key: getattr(run, column.key) for column in Run.__table__.columns}
        late = Run(**facts | {"id": None, "kind": RunKind.LATE})
        session.add(late)
        session.flush()
        same = {column.key: getattr(row, column.key) for column in Delivery.__table__.columns}
        selection_id = same_selection(session, row.selection_id, late.id)
        of_late = {"id": None, "run_id": late.id, "selection_id": selection_id}
        again = Delivery(**same | of_late | {"state": S.ACCEPTED} | other)
        session.add(again)
        session.flush()
        session.add(DeliveryEvent(delivery_id=again.id, at=LONG_AGO, state=S.ACCEPTED, by="test"))
        return late.id


def test_a_reader_whom_two_runs_have_served_pauses_them(app: App) -> None:
    run_id = watched_run(app)
    send(app)
    row = deliveries(app, run_id)["r1@fenhe.example"]
    late = second_run(app, run_id, row, address_hash="another mailbox of his")

    assert guard(app, run_id) == [Wire.TWICE]
    assert run_state(app, late) is RunState.PAUSED


def test_a_mailbox_that_two_readers_share_pauses_the_run(app: App) -> None:
    run_id = watched_run(app)
    send(app)
    rows = deliveries(app, run_id)
    first, second = rows["r1@fenhe.example"], rows["r2@fenhe.example"]
    with app.transaction() as session:  # as a defect of the plan would leave it
        session.get_one(Delivery, second.id).address_hash = first.address_hash

    assert guard(app, run_id) == [Wire.TWICE]
    resume(app, run_id)
    assert guard(app, run_id) == []


def test_a_run_is_not_looked_at_twice_within_a_moment(app: App) -> None:
    run_id = watched_run(app, 24)
    doubts(app, 21)
    every = timedelta(minutes=1)

    with app.transaction() as session:
        assert not delivery.guard_due(session, every)
        assert delivery.guard(session, every, at=SEPTEMBER) == {}
    with app.transaction() as session:
        assert delivery.guard_due(session, NOW)
    assert guard(app, run_id) == [Wire.IN_DOUBT]


def test_events_are_looked_at_until_none_can_appear_before_them(app: App) -> None:
    run_id = watched_run(app)
    send(app)
    assert guard(app, run_id) == []  # the events are too young: there may be others before them
    row = deliveries(app, run_id)["r1@fenhe.example"]
    with app.transaction() as session:
        session.get_one(Delivery, row.id).attempts = 2
        late = DeliveryEvent(id=-1, delivery_id=row.id, at=LONG_AGO, state=S.ACCEPTED, by="test")
        session.add(late)

    assert guard(app, run_id) == [Wire.TWICE]


def test_a_large_run_is_read_as_a_whole_once_in_a_while(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "SMALL", 2)
    run_id = watched_run(app)
    happen(app, run_id, S.DEFERRED, 200)
    assert guard(app, run_id) == []
    monkeypatch.setattr(guarding, "THOROUGHLY", NOW)
    assert guard(app, run_id) == [Wire.EVENTS]
