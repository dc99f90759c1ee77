"""Gathering: commits are shared, nothing is answered before it is stored, memory is bounded."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from threading import Event

import pytest
from databases import inbox
from web_office import asked, plan

from distribution import events
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.web import collecting
from distribution.web.collecting import Announcer, GroupCommit, Opens

WAIT = 30


class SlowStore:
    """A store whose commits end when the test says so."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.begun, self.go_on = Event(), Event()

    def __call__(self, requests: Sequence[events.Request]) -> list[events.Received | None]:
        self.begun.set()
        self.go_on.wait(WAIT)
        first = sum(self.batches)
        self.batches.append(len(requests))
        return [stored(first + number) for number in range(len(requests))]


def stored(inbox_id: int) -> events.Received:
    return events.Received(inbox_id, run_id=1)


def silent() -> Announcer:
    return Announcer(lambda _ids: None)


def run(scene: Callable[[], Awaitable[None]]) -> None:
    async def within_time() -> None:
        await asyncio.wait_for(scene(), WAIT)

    asyncio.run(within_time())


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_nothing_is_answered_while_its_commit_is_under_way() -> None:
    store = SlowStore()

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        answer = asyncio.create_task(clicks.add(asked()))
        await asyncio.to_thread(store.begun.wait, WAIT)
        await settle()
        assert not answer.done()
        store.go_on.set()
        assert await answer == stored(0)

    run(scene)


def test_what_comes_during_a_commit_shares_the_next() -> None:
    store = SlowStore()

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        first = asyncio.create_task(clicks.add(asked()))
        await asyncio.to_thread(store.begun.wait, WAIT)
        others = [asyncio.create_task(clicks.add(asked())) for _ in range(200)]
        await settle()
        store.go_on.set()
        assert await asyncio.gather(first, *others) == [stored(number) for number in range(201)]

    run(scene)
    assert store.batches == [1, 200]


def test_no_commit_grows_beyond_its_bound() -> None:
    store = SlowStore()

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        asks = [asyncio.create_task(clicks.add(asked())) for _ in range(2 * collecting.BATCH + 7)]
        await settle()
        store.go_on.set()
        assert await asyncio.gather(*asks) == [
            stored(number) for number in range(2 * collecting.BATCH + 7)
        ]

    run(scene)
    assert max(store.batches) == collecting.BATCH


def test_many_clicks_at_once_are_each_stored_once_and_announced(app: App) -> None:
    plan(app)
    commits, rung = [], list[int]()

    def store(requests: Sequence[events.Request]) -> list[events.Received | None]:
        commits.append(len(requests))
        with app.transaction() as session:
            return events.receive(session, requests)

    async def scene() -> None:
        announcer = Announcer(rung.extend)
        clicks = GroupCommit(store, announcer)
        asks = [clicks.add(asked(number % 7 + 1)) for number in range(210)]
        ids = await asyncio.gather(*asks)
        await announcer.silence()
        assert [one.inbox_id for one in ids if one is not None] == sorted(rung)
        assert [one is None for one in ids] == [n % 7 > 4 for n in range(210)]

    run(scene)
    assert len(inbox(app)) == len(rung) == 150
    assert len(commits) < 10


def test_those_who_share_a_failed_commit_hear_of_it_and_the_next_succeeds() -> None:
    fails = [True]

    def store(requests: Sequence[events.Request]) -> list[events.Received | None]:
        if fails:
            fails.pop()
            raise DatabaseUnusable("away")
        return [stored(1)] * len(requests)

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        asks = [clicks.add(asked()) for _ in range(5)]
        answers = await asyncio.gather(*asks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [DatabaseUnusable] * 5
        assert await clicks.add(asked()) == stored(1)

    run(scene)


def test_a_reader_who_goes_away_takes_nobodys_click_with_him() -> None:
    store = SlowStore()

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        gone, stays = (asyncio.create_task(clicks.add(asked())) for _ in range(2))
        await asyncio.to_thread(store.begun.wait, WAIT)
        gone.cancel()
        store.go_on.set()
        assert await stays == stored(1)

    run(scene)
    assert store.batches == [2]


def test_who_gave_up_before_his_commit_began_is_not_stored() -> None:
    store = SlowStore()

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        first = asyncio.create_task(clicks.add(asked()))
        await asyncio.to_thread(store.begun.wait, WAIT)
        others = [asyncio.create_task(clicks.add(asked())) for _ in range(5)]
        await settle()
        for impatient in others[1:4]:
            impatient.cancel()
        await settle()
        store.go_on.set()
        assert await asyncio.gather(first, others[0], others[4]) == [
            stored(number) for number in range(3)
        ]

    run(scene)
    assert store.batches == [1, 2]


def test_a_commit_that_nobody_waits_for_any_longer_is_left_out() -> None:
    store = SlowStore()

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        first = asyncio.create_task(clicks.add(asked()))
        await asyncio.to_thread(store.begun.wait, WAIT)
        impatient = asyncio.create_task(clicks.add(asked()))
        await settle()
        impatient.cancel()
        await settle()
        store.go_on.set()
        await first
        assert await clicks.add(asked()) == stored(1)

    run(scene)
    assert store.batches == [1, 1]


def test_opens_are_stored_together_and_the_rest_at_the_end() -> None:
    kept: list[int] = []

    def store(requests: Sequence[events.Request]) -> list[events.Received | None]:
        kept.append(len(requests))
        return [None] * len(requests)

    async def scene() -> None:
        opens = Opens(store, silent())
        for _ in range(collecting.OPENS_AT_ONCE + 3):
            opens.add(asked())
        opens.stop()
        await opens.store_until_stopped()

    run(scene)
    assert kept == [collecting.OPENS_AT_ONCE, 3]


def test_opens_wait_for_the_database_and_the_newest_are_dropped_when_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(collecting, "MOST_OPENS", 20)
    monkeypatch.setattr(collecting, "PAUSE_SECONDS", 0.01)
    kept: list[int] = []
    away, tried = Event(), Event()
    away.set()

    def store(requests: Sequence[events.Request]) -> list[events.Received | None]:
        tried.set()
        if away.is_set():
            raise DatabaseUnusable("away")
        kept.extend(request.row for request in requests)
        return [None] * len(requests)

    async def scene() -> None:
        opens = Opens(store, silent())
        storing = asyncio.create_task(opens.store_until_stopped())
        for row in range(25):
            opens.add(asked(row=row))
        await asyncio.to_thread(tried.wait, WAIT)
        away.clear()
        opens.stop()
        await storing

    with caplog.at_level(logging.WARNING):
        run(scene)
    assert kept == list(range(20))
    assert "5 opens were dropped" in caplog.text


def test_opens_that_cannot_be_stored_to_the_end_are_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = SlowStore()

    async def scene() -> None:
        opens = Opens(store, silent())
        for _ in range(3):
            opens.add(asked())
        opens.stop()
        storing = asyncio.create_task(opens.store_until_stopped())
        await asyncio.to_thread(store.begun.wait, WAIT)
        storing.cancel()
        await asyncio.wait({storing})
        store.go_on.set()

    with caplog.at_level(logging.WARNING):
        run(scene)
    assert "3 opens are lost" in caplog.text


def test_one_defect_does_not_end_the_storing_of_opens(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(collecting, "PAUSE_SECONDS", 0.01)
    seen: list[int] = []
    failed = Event()

    def store(requests: Sequence[events.Request]) -> list[events.Received | None]:
        seen.append(len(requests))
        if not failed.is_set():
            failed.set()
            raise RuntimeError("a defect")
        return [None] * len(requests)

    async def scene() -> None:
        opens = Opens(store, silent())
        opens.add(asked())
        storing = asyncio.create_task(opens.store_until_stopped())
        await asyncio.to_thread(failed.wait, WAIT)
        await settle()
        opens.add(asked())
        opens.add(asked())
        opens.stop()
        await storing

    run(scene)
    assert sum(seen[1:]) in (2, 3)
    assert "1 opens cannot be stored" in caplog.text


def test_a_connection_that_hangs_holds_up_its_own_batch_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collecting, "COMMIT_SECONDS", 0.2)
    hanging = Event()
    over = Event()

    def store(requests: Sequence[events.Request]) -> list[events.Received | None]:
        if not hanging.is_set():
            hanging.set()
            over.wait(WAIT)
        return [stored(1)] * len(requests)

    async def scene() -> None:
        clicks = GroupCommit(store, silent())
        first = asyncio.create_task(clicks.add(asked()))
        await asyncio.to_thread(hanging.wait, WAIT)
        assert await clicks.add(asked()) == stored(1)
        with pytest.raises(DatabaseUnusable):
            await first
        over.set()

    run(scene)


def test_nobody_waits_for_the_bell_and_it_is_not_rung_without_end() -> None:
    held, go_on = Event(), Event()
    rung: list[list[int]] = []

    def ring(ids: list[int]) -> None:
        rung.append(ids)
        held.set()
        go_on.wait(WAIT)

    async def scene() -> None:
        announcer = Announcer(ring)
        announcer.announce([stored(1), None])
        await asyncio.to_thread(held.wait, WAIT)
        for number in range(collecting.MOST_RINGS + 5):
            announcer.announce([stored(number)])
        announcer.announce([])
        go_on.set()
        await announcer.silence()

    run(scene)
    assert rung[0] == [1]
    assert sum(map(len, rung)) == 1 + collecting.MOST_RINGS
    assert max(map(len, rung)) == collecting.BATCH
