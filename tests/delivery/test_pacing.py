"""Lanes take turns, each at its own pace, whoever leases and however often he begins anew."""

from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from math import inf
from typing import Any

import pytest
from databases import lanes, only_sqlite
from factories import (
    LONG_AGO,
    TERMS,
    deliveries,
    hand,
    lease,
    leases_run_out,
    make_run,
    make_sender,
    recover,
    settle,
    tally,
)
from fake_transport import FakeTransport
from runs import relay_settings
from sink import Sink
from sqlalchemy import event, text, update

from distribution import clock, delivery
from distribution.app import App, open_app
from distribution.delivery import leasing, ledger
from distribution.delivery.leasing import Rotation
from distribution.delivery.ledger import Leased
from distribution.delivery.store import readiness
from distribution.models import Lane
from distribution.words import DeliveryState

S = DeliveryState
A, B = "fenhe.example", "taihang.example"


def limit(app: App, name: str, *own: int | None) -> None:
    rate, burst, connections = own
    with app.transaction() as session:
        delivery.limit_lane(session, name, (rate, burst, connections))


def readers(domain: str, count: int) -> list[str]:
    return [f"r{number}@{domain}" for number in range(1, count + 1)]


def counted(rows: list[Leased]) -> Counter[str]:
    return Counter(row.lane for row in rows)


def take(app: App, rotation: Rotation, limit: int = 50) -> list[Leased] | None:
    with app.transaction() as session:
        return ledger.lease(session, limit, "worker-a:1", TERMS, rotation)


def free_at(app: App, name: str, at: datetime) -> None:
    with app.transaction() as session:
        session.execute(update(Lane).where(Lane.name == name).values(free_at=at))


def ready(app: App) -> bool:
    with app.reading() as session:
        return delivery.anything_to_do(session)


def test_a_lane_gives_what_may_go_at_once_and_then_waits_while_others_go_on(app: App) -> None:
    run_id = make_run(app, readers(A, 8) + readers(B, 8))
    limit(app, A, 100, 3, 0)

    assert counted(lease(app)) == {A: 3, B: 8}
    assert (lease(app), ready(app)) == ([], False)
    with app.reading() as session:
        waiting = delivery.status(session, run_id).waiting
    assert (waiting.due_now, waiting.later) == (0, 16)
    assert waiting.next_in is not None
    assert timedelta(seconds=20) < waiting.next_in <= timedelta(hours=1) / 97

    free_at(app, A, clock.now())
    assert ready(app)
    assert counted(lease(app)) == {A: 1}


def test_a_pace_outlives_every_worker_and_holds_for_what_comes_back(app: App) -> None:
    make_run(app, readers(A, 5))
    limit(app, A, 100, 3, 0)
    rows = lease(app)
    with app.transaction() as session:
        ledger.release(session, [(row.delivery_id, row.token) for row in rows])

    assert take(app, Rotation()) is None


def test_nobody_minds_how_fast_mails_come_into_a_folder(app: App) -> None:
    make_run(app, readers(A, 5))
    limit(app, A, 100, 3, 1)
    assert counted(take(app, Rotation(heeded=False)) or []) == {A: 5}


def test_no_more_are_in_hands_than_may_be_over_all_workers(app: App) -> None:
    make_run(app, readers(A, 5))
    limit(app, A, 0, None, 2)
    first, second = lease(app)
    assert lease(app, token="worker-b:1") == []

    hand(app, first)
    assert lease(app, token="worker-b:1") == []
    settle(app, first, S.ACCEPTED)
    assert len(lease(app, token="worker-b:1")) == 1

    leases_run_out(app, second.delivery_id)
    recover(app)
    assert len(lease(app, token="worker-b:2")) == 1


def test_many_workers_at_once_share_one_burst(app: App) -> None:
    run_id = make_run(app, readers(A, 30))
    limit(app, A, 60, 7, 0)

    def work(number: int) -> int:
        return sum(len(lease(app, 2, f"worker-{number}:{turn}")) for turn in range(5))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) <= 7
    lease(app)  # what they left to each other in the throng
    assert tally(app, run_id) == {"leased": 7, "planned": 23}


def test_what_the_admin_says_counts_from_the_next_lease_on(app: App) -> None:
    make_run(app, readers(A, 20))
    limit(app, A, 100, 3, 0)
    assert len(lease(app)) == 3

    limit(app, A, 0, None, 5)
    free_at(app, A, LONG_AGO)
    assert len(lease(app)) == 2
    limit(app, A, None, None, None)
    assert len(lease(app)) == 15


def test_a_lane_that_is_let_go_faster_does_not_wait_for_its_old_turn(app: App) -> None:
    make_run(app, readers(A, 20))
    limit(app, A, 4, 1, 0)
    assert len(lease(app)) == 1
    assert (lease(app), ready(app)) == ([], False)  # for a quarter of an hour and more

    limit(app, A, 3_600, 1, 0)
    assert ready(app)
    assert len(lease(app)) == 1
    limit(app, A, 0, None, 0)
    assert len(lease(app)) == 18


def test_no_large_lane_keeps_the_small_ones_waiting(app: App) -> None:
    make_run(app, readers(A, 30) + readers(B, 2) + readers("lvliang.example", 1))
    rotation = Rotation()

    first = counted(take(app, rotation, 6) or [])
    assert first == {A: 2, B: 2, "lvliang.example": 1}
    rest = [counted(take(app, rotation, 20) or []) for _ in range(2)]
    assert rest == [{A: 10}, {A: 18}]  # only now it shows that of the others none is left
    assert take(app, rotation) is None


def test_all_lanes_come_to_their_turn_however_many(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "LOOK", 3)
    domains = [f"{letter}.example" for letter in "abkmzqw7"]
    make_run(app, [reader for domain in domains for reader in readers(domain, 2)])
    rotation, taken = Rotation(), Counter[str]()

    while rows := take(app, rotation, 2):
        taken += counted(rows)

    assert taken == dict.fromkeys(domains, 2)


def test_lanes_that_are_held_up_are_not_even_looked_at(app: App) -> None:
    run_id = make_run(app, readers(A, 3) + readers(B, 3))
    with app.transaction() as session:
        delivery.stop_lane(session, A, by="li")
    limit(app, B, 100, 1, 0)

    with app.reading() as session:
        assert readiness.lanes_ready(session, run_id, "", 10) == [B]
    rotation = Rotation()
    assert counted(take(app, rotation) or []) == {B: 1}
    assert take(app, rotation) is None
    assert rotation.pause is None


def test_a_stop_is_heeded_by_who_knew_the_lane_before(app: App) -> None:
    make_run(app, readers(A, 9))
    rotation = Rotation()
    assert len(take(app, rotation, 2) or []) == 2
    with app.transaction() as session:
        delivery.stop_lane(session, A, by="li")
    assert take(app, rotation, 2) is None


def test_a_lane_that_may_soon_go_on_is_waited_for(app: App) -> None:
    run_id = make_run(app, readers(A, 6) + readers(B, 1))
    limit(app, A, 36_002, 1, 0)  # ten a second
    rotation = Rotation()
    take(app, rotation)
    assert take(app, rotation) is None
    assert rotation.pause is not None
    assert rotation.pause <= timedelta(seconds=0.1)

    with app.transaction() as session:
        ledger.recover(session, dead_worker="worker-a")
    relay = FakeTransport()
    pumped = make_sender(app, relay, connections=3).pump(timedelta(seconds=60))
    assert (pumped.accepted, pumped.more) == (7, False)
    assert tally(app, run_id) == {"accepted": 7}


def test_a_lane_that_gave_nothing_is_remembered_once_however_often_it_is_found(app: App) -> None:
    run_id = make_run(app, readers(A, 4))
    limit(app, A, 0, None, 1)
    rotation = Rotation()
    assert len(take(app, rotation) or []) == 1
    for _ in range(3):
        assert take(app, rotation) is None
    assert list(rotation.places) == [(run_id, A)]

    limit(app, A, None, None, None)
    assert len(take(app, rotation) or []) == 3


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_who_holds_a_lane_does_not_wait_for_one_that_another_host_is_adding(app: App) -> None:
    run_id = make_run(app, [*readers("163.com", 2), "10001@qq.com"])
    limit(app, "netease", 0, None, 1)
    assert counted(take(app, Rotation(only=frozenset({"netease"}))) or []) == {"netease": 1}
    rotation = Rotation(places=deque([(run_id, "netease"), (run_id, "qq")]), _look_again_at=inf)

    with app.transaction() as other_host:
        other_host.add(Lane(name="qq", rests=0, words=""))
        other_host.flush()
        with app.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            assert ledger.lease(session, 1, "worker-a:2", TERMS, rotation) is None
    assert list(rotation.places) == [(run_id, "qq"), (run_id, "netease")]
    assert rotation.pause == timedelta(milliseconds=50)
    assert counted(take(app, rotation, 1) or []) == {"qq": 1}


@only_sqlite
def test_neither_a_lease_nor_the_bell_reads_through_all_that_waits(app: App) -> None:
    make_run(app, readers(A, 3) + readers("163.com", 3))
    asked: list[tuple[str, Any]] = []

    def note(*facts: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        asked.append((facts[2], facts[3]))

    event.listen(app.engine, "before_cursor_execute", note)
    assert len(lease(app)) == 5
    assert ready(app)
    event.remove(app.engine, "before_cursor_execute", note)

    with app.engine.connect() as connection:
        steps = [
            (str(step[3]), statement)
            for statement, words in asked
            if statement.startswith(("SELECT", "UPDATE", "WITH"))
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", words)
        ]
    searched = [step for step, _ in steps if "ix_deliveries_due" in step]
    read_through = [found for found in steps if found[0].startswith("SCAN deliveries")]
    assert len(searched) >= 4
    assert [found for found in read_through if "ix_deliveries_under_way" not in found[0]] == []


def test_a_frequency_limit_of_qq_said_with_550_lets_mail_and_lane_rest(
    environment: dict[str, str],
) -> None:
    refused = {"10001@qq.com": "550 Connection frequency limited"}
    with Sink(refuse=refused) as sink:
        app = open_app(environment | relay_settings(sink, connections=1, batch_size=1))
        run_id = make_run(app, ["10001@qq.com", "10002@foxmail.com", "reader@163.com"])
        app.sender.pump(timedelta(seconds=20))
    rows, rests_until = deliveries(app, run_id), lanes(app)["qq"].resting_until
    app.engine.dispose()

    assert [mail.recipient for mail in sink.accepted] == ["reader@163.com"]
    assert rows["10001@qq.com"].state is S.DEFERRED
    assert rows["10001@qq.com"].next_attempt_at > clock.now() + timedelta(minutes=45)
    assert rows["10002@foxmail.com"].state is S.PLANNED
    assert rests_until is not None
    assert timedelta(minutes=9) < rests_until - clock.now() <= timedelta(minutes=10)
