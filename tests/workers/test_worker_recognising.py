"""A worker shows that it lives, and knows its ledger again before anything is due."""

import os
from collections.abc import Iterator

import pytest
from databases import alerts
from sqlalchemy import select

from distribution.app import App
from distribution.delivery.recognising import Mark
from distribution.models import Heartbeat, Installation
from workers import sending
from workers.current import set_app


@pytest.fixture(autouse=True)
def _at_work(app: App) -> Iterator[None]:
    set_app(app)
    yield
    set_app(None)


def test_a_worker_begins_with_a_sign_of_life_and_a_look_at_its_ledger(app: App) -> None:
    tick = sending.watch()
    for _ in range(2):
        tick()

    with app.reading() as session:
        assert session.scalars(select(Heartbeat.pid)).all() == [os.getpid()]
        known = session.scalars(select(Installation)).one()
    mark = Mark.read(app.settings.mark_file)
    assert mark is not None
    assert (mark.name, mark.position, known.position) == (known.name, 1, 1)


def test_a_copy_that_came_back_is_told_though_nothing_is_due(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    Mark("another", 1, 7, "2026-12-01 09:00").write(app.settings.mark_file)

    sending.watch()()

    assert "nothing is sent" in caplog.text
    assert "数据库可能是恢复的旧副本，投递已全部停止" in {one.title for one in alerts(app)}
