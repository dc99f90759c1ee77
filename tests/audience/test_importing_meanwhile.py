"""Lists that come in while people act: nobody's word is lost, and nobody waits in a circle."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from threading import Event
from typing import Any

from audience_people import HASHER, NOW, WITHDRAWN, add, say
from import_sheets import people, undo
from runs import make_issue
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audience, delivery, privacy
from distribution.app import App
from distribution.audience import Wishes
from distribution.models import Delivery, ImportRow, Subscriber
from distribution.words import Cause, Purpose, RequestKind, Tracking

ZHANG = "zhang@taihang.example"
A_MOMENT = 1.0
"""Seconds, enough for a list of one row, were it not kept waiting; no test depends on it."""


def arrive(app: App, **row: str) -> object:
    return people(app, list(row.values()), headings=list(row))


def test_what_a_reader_answers_while_a_list_comes_in_is_his(app: App) -> None:
    with app.transaction() as session:
        add(session, ZHANG)
    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            row = audience.find_subscriber(session, ZHANG)
            say(session, row, WITHDRAWN, Purpose.TRACKING)
            say(session, row, WITHDRAWN)
            coming = pool.submit(arrive, app, 姓名="甲", 邮箱=ZHANG, 阅读统计意见="同意")
            wait(coming)
        coming.result(30)
    with app.reading() as session:
        row = audience.find_subscriber(session, ZHANG)
        assert audience.tracking_answers(session, [row.id])[row.id].tracking is Tracking.DENIED
        assert audience.profile(session, row, at=NOW).barrier is Cause.LEFT


def test_who_chooses_while_a_list_comes_in_is_not_in_its_way(app: App) -> None:
    with app.transaction() as session:
        add(session, ZHANG, name="张")
    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            row = audience.find_subscriber(session, ZHANG)
            audience.lock_subscriber(session, row.id)
            coming = pool.submit(arrive, app, 姓名="张三", 邮箱=ZHANG, 关注主题="政策措施")
            wait(coming)
            audience.set_interests(session, row, Wishes(topics=["industry"]), by="reader")
        coming.result(30)
    with app.reading() as session:
        row = audience.find_subscriber(session, ZHANG)
        found = audience.profile(session, row, at=NOW)
        assert [topic.code for topic in found.topics] == ["industry"]
        assert row.name == "张三"


def test_nothing_of_a_list_is_left_of_who_is_erased_meanwhile(app: App) -> None:
    with app.transaction() as session:
        add(session, ZHANG, name="张")
    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            row = audience.find_subscriber(session, ZHANG)
            audience.lock_subscriber(session, row.id)
            coming = pool.submit(arrive, app, 姓名="张三丰", 邮箱=ZHANG, 关注词="液压")
            wait(coming)
            privacy.erase(session, row, HASHER, why=privacy.ASKED, reason="来电", by="test", at=NOW)
        coming.result(30)
    with app.reading() as session:
        rows = session.scalars(select(ImportRow)).all()
        assert "张三丰" not in str([(one.before, one.after, one.reason) for one in rows])
        (gone,) = session.scalars(select(Subscriber))
        assert audience.profile(session, gone, at=NOW).watch_words == ()


def test_who_is_planned_for_while_a_list_is_taken_back_stays(app: App) -> None:
    arrive(app, 姓名="张三", 邮箱=ZHANG)
    undone: list[Future[dict[str, int]]] = []
    with ThreadPoolExecutor(1) as pool:

        @contextmanager
        def slowly() -> Iterator[Session]:
            with app.transaction() as session:
                yield session
                if not undone and session.scalar(select(Delivery.id)):
                    undone.append(pool.submit(undo, app, 1))
                    wait(undone[0])

        delivery.plan(slowly, make_issue(app), app.recipe, by="test", at=NOW)
        done = undone[0].result(30)
    assert (done["undone"], done["kept"]) == (0, 1)
    with app.reading() as session:
        assert session.scalars(select(Subscriber.email)).all() == [ZHANG]


def test_who_is_taken_back_while_a_run_is_planned_is_not_planned_for(app: App) -> None:
    arrive(app, 姓名="张三", 邮箱=ZHANG)
    opened, going_on = Event(), Event()

    def in_turn() -> AbstractContextManager[Session]:
        """The run is opened; then, before the first readers are looked at, others act."""
        if opened.is_set():
            going_on.wait(30)
        opened.set()
        return app.transaction()

    with ThreadPoolExecutor(1) as pool:
        key = make_issue(app)
        planned = pool.submit(delivery.plan, in_turn, key, app.recipe, by="test", at=NOW)
        opened.wait(30)
        with app.transaction() as session:
            audience.undo(session, audience.find_import(session, 1), by="test", at=NOW)
            going_on.set()
            wait(planned)
        planned.result(30)
    with app.reading() as session:
        assert session.scalars(select(Delivery)).all() == []
        assert session.scalars(select(Subscriber)).all() == []


def test_who_asks_for_his_data_while_a_list_is_taken_back_stays(app: App) -> None:
    arrive(app, 姓名="张三", 邮箱=ZHANG)
    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            row = audience.find_subscriber(session, ZHANG)
            privacy.add_request(
                session,
                RequestKind.ACCESS,
                subscriber_id=row.id,
                address_hash=row.address_hash,
                note="来电",
                within=timedelta(days=15),
                by="test",
                at=NOW,
            )
            undone = pool.submit(undo, app, 1)
            wait(undone)
        done = undone.result(30)
    assert (done["undone"], done["kept"]) == (0, 1)


def wait(coming: "Future[Any]") -> None:
    with suppress(TimeoutError):
        coming.result(A_MOMENT)
