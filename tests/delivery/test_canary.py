"""Some go first: exactly so many, of every lane, whoever sends and dies; the others at a word."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import (
    YEARS,
    finish,
    hand,
    lease,
    leases_run_out,
    make_sender,
    make_subscriber,
    mismatches,
    pause,
    plan,
    recover,
    resume,
    run_state,
    settle,
    start,
    tally,
    the_run,
    waits_are_over,
)
from fake_transport import FakeTransport, Refuse
from runs import SEPTEMBER, make_issue

from distribution import delivery
from distribution.app import App
from distribution.delivery import Reply
from distribution.words import DeliveryState, RunState

S = DeliveryState
READERS = {"fenhe.example": 6, "zhangze.example": 3, "luan.example": 2, "taihang.example": 1}
"""By domain."""


@pytest.fixture
def planned(app: App) -> int:
    """A planned run with readers in several lanes; its number."""
    for domain, count in READERS.items():
        for number in range(count):
            make_subscriber(app, f"r{number}@{domain}")
    return plan(app, make_issue(app))


def start_first(app: App, run_id: int, first: int) -> int:
    delivery.start(app.transaction, run_id, at=SEPTEMBER, expiry=YEARS, first=first)
    return run_id


def waiting(app: App, run_id: int) -> tuple[int, int]:
    """How many may go now, and how many wait for the word."""
    with app.reading() as session:
        found = delivery.status(session, run_id).waiting
    return found.due_now, found.held_back


def due(app: App) -> int:
    """What those who watch over the ledger are told."""
    with app.reading() as session:
        found = delivery.gauges(session)
    assert found.due or not found.oldest_due
    return found.due


def pump(app: App, relay: FakeTransport) -> None:
    make_sender(app, relay).pump(YEARS)


def test_those_who_wait_for_the_word_are_not_called_due(app: App, planned: int) -> None:
    start_first(app, planned, 2)
    assert due(app) == 2

    pump(app, FakeTransport())

    assert due(app) == 0
    resume(app, planned)
    assert due(app) == 10


def test_so_many_go_of_each_lane_and_then_nothing(app: App, planned: int) -> None:
    start_first(app, planned, 6)
    assert waiting(app, planned) == (6, 6)
    relay = FakeTransport()

    for _ in range(3):
        pump(app, relay)

    domains = Counter(mail.recipient.partition("@")[2] for mail in relay.accepted)
    assert domains == {
        "fenhe.example": 2,
        "zhangze.example": 2,
        "luan.example": 1,
        "taihang.example": 1,
    }
    assert tally(app, planned) == {"accepted": 6, "planned": 6}
    assert waiting(app, planned) == (0, 6)
    with app.reading() as session:
        assert not delivery.anything_to_do(session)
    assert finish(app) == {}
    assert mismatches(app, planned) == []


def test_the_others_go_at_a_word(app: App, planned: int) -> None:
    start_first(app, planned, 4)
    relay = FakeTransport()
    pump(app, relay)

    resume(app, planned)
    pump(app, relay)

    assert set(relay.recipients.values()) == {1}
    assert tally(app, planned) == {"accepted": 12}
    assert finish(app) == {planned: []}
    with app.reading() as session:
        fared = delivery.observing.fared(session, planned)
    assert (fared.states, fared.returned) == ({S.ACCEPTED: 4}, 0)


def test_workers_that_die_and_work_at_once_add_none(app: App, planned: int) -> None:
    start_first(app, planned, 5)
    lost = lease(app, 3, token="dead:1")
    hand(app, lost[0])
    leases_run_out(app)
    recover(app)
    relay = FakeTransport()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: pump(app, relay), range(3)))

    assert tally(app, planned) == {"accepted": 4, "in_doubt": 1, "planned": 7}


def test_one_that_is_deferred_is_tried_again_and_nobody_in_its_place(
    app: App, planned: int
) -> None:
    start_first(app, planned, 1)
    (first,) = (row for row in lease(app))
    settle(app, first, S.DEFERRED)
    waits_are_over(app)
    relay = FakeTransport()

    pump(app, relay)

    assert relay.recipients == {first.recipient: 1}
    assert tally(app, planned) == {"accepted": 1, "planned": 11}


def test_a_refused_one_is_told(app: App, planned: int) -> None:
    start_first(app, planned, 2)
    relay = FakeTransport({"r0@fenhe.example": [Refuse(Reply(550, "5.1.1 no such user"))]})

    pump(app, relay)

    with app.reading() as session:
        fared = delivery.observing.fared(session, planned)
    assert fared.states == {S.ACCEPTED: 1, S.FAILED: 1}


def test_paused_meanwhile_it_goes_on_with_those(app: App, planned: int) -> None:
    start_first(app, planned, 2)
    pause(app, planned)
    assert lease(app) == []

    resume(app, planned)

    assert (run_state(app, planned), the_run(app, planned).canary) == (RunState.SENDING, 2)
    assert len(lease(app)) == 2


def test_all_of_a_run_or_one_that_goes_already_is_no_trial(app: App, planned: int) -> None:
    with pytest.raises(delivery.TooFewToTry, match="只有 12 封"):
        start_first(app, planned, 12)
    assert run_state(app, planned) is RunState.SEALED
    start(app, planned)

    with pytest.raises(delivery.WrongState, match="不能再试投"):
        start_first(app, planned, 2)
    assert the_run(app, planned).canary is None
