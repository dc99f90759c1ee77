"""The scheduler as a process, a thread of `up`, and one that meets trouble."""

import logging
import signal
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from databases import alerts, only_sqlite
from processes import PROGRAMME, running, until
from sqlalchemy import select, text

from distribution import calendar, clock, delivery
from distribution.app import App, open_app
from distribution.calendar import House, Watch
from distribution.models import Letter
from distribution.schema import OtherSchema
from distribution.words import LetterPurpose
from workers import scheduling
from workers.scheduling import Scheduler


def looked_at(app: App) -> datetime | None:
    with app.reading() as session:
        last = calendar.last_look(session)
    return last.at if last else None


@only_sqlite
def test_the_scheduler_looks_until_it_is_stopped(
    app: App, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with running(environment, tmp_path, PROGRAMME, "scheduler") as programme:
        programme.says("正在看日程")
        until(lambda: looked_at(app), "a look")
        assert programme.stop(signal.SIGTERM) == 0


@only_sqlite
def test_up_looks_at_the_calendar_too_unless_it_is_switched_off(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = app.settings.model_copy(update={"schedule": "off"})
    monkeypatch.setattr(type(app), "settings", off)
    with scheduling.scheduling(app):
        assert looked_at(app) is None
    monkeypatch.undo()
    with scheduling.scheduling(app):
        until(lambda: looked_at(app), "a look")


@only_sqlite
def test_a_database_that_is_away_is_waited_for_and_no_jump_forgotten(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = iter([0.0, 20.0, 40.0])  # of a clock that nobody sets
    scheduler = Scheduler(app, Event(), Watch(lambda: next(seconds)))
    scheduler.look()
    file = app.settings.home / "distribution.db"
    app.engine.dispose()
    kept = file.rename(file.with_suffix(".away"))
    file.mkdir()
    moment = clock.now() + timedelta(hours=2)
    with caplog.at_level(logging.INFO), pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: moment)
        scheduler.look()
        assert "waits for the database" in caplog.text
        app.engine.dispose()
        file.rmdir()
        kept.rename(file)
        scheduler.look()
    assert "looked at again" in caplog.text
    assert [alert.title for alert in alerts(app) if alert.key.startswith("clock:jump")] != []


def test_a_calendar_that_cannot_be_used_is_told_once_a_day(app: App) -> None:
    own = app.settings.home / "holidays.toml"
    own.write_text("[[day]]\n", encoding="utf-8")
    scheduler = Scheduler(app, Event())
    scheduler.look()
    scheduler.look()
    (alert,) = alerts(app)
    assert (alert.urgent, "第 1 个 [[day]]" in alert.lines[0]) == (True, True)
    own.unlink()
    scheduler.look()
    assert looked_at(app) is not None


@only_sqlite
def test_an_errand_that_fails_keeps_none_of_the_others(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = []

    def fails(_house: House, _at: datetime) -> None:
        raise KeyError("errand")

    def works(_house: House, at: datetime) -> None:
        done.append(at)

    monkeypatch.setattr(calendar, "ERRANDS", {"the first": fails, "the second": works})
    Scheduler(app, Event()).look()
    assert (len(done), "the first failed" in caplog.text) == (1, True)


def test_a_schema_of_another_programme_ends_the_scheduler(app: App) -> None:
    with app.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '2030_01_01_new'"))
    with pytest.raises(OtherSchema, match="2030_01_01_new"):
        Scheduler(app, Event()).keep()


@only_sqlite
def test_letters_are_posted_where_all_workers_have_died(app: App) -> None:
    with app.transaction() as session:
        content = ("提醒", "正文", "<p>正文</p>")
        delivery.add_letter(
            session, "a", LetterPurpose.ALERT, "wang@federation.example", content, at=clock.now()
        )
    scheduler = Scheduler(app, Event())
    for _ in range(14):
        scheduler.look()
    assert not list(app.settings.home.glob("outbox/*.eml"))
    scheduler.look()
    assert len(list(app.settings.home.glob("outbox/*.eml"))) == 1


@only_sqlite
def test_a_defect_keeps_no_errand_from_being_done_and_is_told(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    done = []
    monkeypatch.setattr(calendar, "tick", broken)
    monkeypatch.setattr(calendar, "ERRANDS", {"an errand": lambda *_: done.append(1)})
    scheduler = Scheduler(app, Event())
    scheduler.look()
    scheduler.look()
    assert len(done) == 2
    assert [alert.title for alert in alerts(app)] == ["日程没有在看：到日子不会投递"]
    assert "ZeroDivisionError" in alerts(app)[0].lines[0]


@only_sqlite
def test_that_a_clock_is_wrong_is_told_though_nothing_else_is_done_by_it(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(environment | {"DISTRIBUTION_ADMIN_ADDRESSES": "wang@federation.example"})

    def off(house: House, *, at: datetime, **_: object) -> calendar.Ticked:
        calendar.tell_unusable(house, "时钟不准", at=at)
        return calendar.Ticked(clock_off=timedelta(hours=1))

    done = []
    monkeypatch.setattr(calendar, "tick", off)
    monkeypatch.setattr(calendar, "ERRANDS", {"an errand": lambda *_: done.append(1)})
    Scheduler(app, Event()).look()
    with app.reading() as session:
        letters = session.scalars(select(Letter.subject)).all()
    app.engine.dispose()
    assert (letters, done) == (["日程没有在看：到日子不会投递"], [])
