"""Who looks after the house: what is told of a run, the disk, the queue; each once."""

import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import dramatiq
import pytest
from databases import only_sqlite
from sqlalchemy import select, update
from worker_office import started_run

from distribution import clock, delivery, staff
from distribution.app import App, open_app
from distribution.audience import read_address
from distribution.models import Alert, Delivery, Enterprise, Inbox, Letter, ReturnedMail
from distribution.words import GroupRobot, Meaning, Returned, Signal, StaffRole
from workers import overseeing
from workers.broker import BrokerAway
from workers.current import set_app
from workers.overseeing import Overseer
from workers.sending import ring_if_due, send


@pytest.fixture
def house(environment: dict[str, str]) -> Iterator[App]:
    opened = open_app(environment)
    set_app(opened)
    yield opened
    set_app(None)
    dramatiq.get_broker().flush_all()
    opened.engine.dispose()


def titles(app: App) -> list[str]:
    with app.reading() as session:
        return list(session.scalars(select(Alert.title).order_by(Alert.id)))


def lines(app: App) -> list[str]:
    """Of the last alert."""
    with app.reading() as session:
        return session.scalars(select(Alert).order_by(Alert.id.desc())).first().lines


def employ(app: App, name: str, address: str, *roles: StaffRole) -> None:
    with app.transaction() as session:
        staff.add(session, name, read_address(address), roles, by="test", at=clock.now())


def subjects(environment: dict[str, str]) -> set[tuple[str, str]]:
    """Whom the office's mails went to, and what they said above."""
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (Path(environment["DISTRIBUTION_HOME"]) / "outbox").glob("*.eml")
    ]
    return {(mail["To"], mail["Subject"]) for mail in mails if "批次" in mail["Subject"]}


def test_a_run_is_told_of_when_it_begins_and_when_it_is_through(
    house: App, environment: dict[str, str]
) -> None:
    employ(house, "王秘书", "wang@federation.example", StaffRole.ADMIN)
    employ(house, "李编辑", "li@federation.example", StaffRole.EDITOR)
    employ(house, "赵理事", "zhao@federation.example", StaffRole.BOARD)
    run_id = started_run(house, 2)
    assert titles(house) == [f"批次 {run_id} 开始投递：2026-11 期（月度投递）"]
    assert lines(house)[0].startswith("共 2 封。至迟到 ")
    send()
    assert titles(house)[1:] == [f"批次 {run_id} 投递完成：2026-11 期（月度投递）"]
    assert lines(house) == ["共 2 封：已交中继 2。"]
    for _ in range(2):
        ring_if_due()
    assert subjects(environment) == {
        (address, f"2 条提醒：批次 {run_id} 开始投递：2026-11 期（月度投递） 等")
        for address in ("wang@federation.example", "li@federation.example")
    }


def test_a_full_disk_is_told_once_a_day(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(environment | {"DISTRIBUTION_DISK_ALERT_MB": "1000000"})
    for _ in range(2):
        overseeing.see_to_disk(app)
    assert len(titles(app)) == 1
    assert titles(app)[0].endswith("的磁盘快满了")
    tomorrow = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    overseeing.see_to_disk(app)
    assert len(titles(app)) == 2
    app.engine.dispose()


def test_a_disk_with_room_is_not_told_of(house: App) -> None:
    overseeing.see_to_disk(house)
    assert titles(house) == []


@pytest.mark.parametrize(("minutes", "told"), [(14, False), (16, True)])
def test_mails_that_nobody_takes_are_told_of(house: App, minutes: int, told: bool) -> None:  # noqa: FBT001
    started_run(house, 2)
    ago = clock.now() - timedelta(minutes=minutes)
    with house.transaction() as session:
        session.execute(update(Delivery).values(next_attempt_at=ago))
    overseeing.see_to_queue(house)
    assert ("到期的投递没有进程处理" in titles(house)) is told


def bounce(app: App, count: int) -> None:
    """The first mails that went out came back."""
    at = clock.now()
    with app.transaction() as session:
        for mail in session.scalars(select(Delivery).order_by(Delivery.id).limit(count)):
            came = Inbox(signal=Signal.MAIL, at=at, content={}, judged_at=at)
            session.add(came)
            session.flush()
            session.add(
                ReturnedMail(
                    inbox_id=came.id,
                    kind=Returned.BOUNCE,
                    delivery_id=mail.id,
                    meaning=Meaning.BAD_ADDRESS,
                    status="5.1.1",
                    at=at,
                )
            )


@pytest.mark.parametrize(("count", "told"), [(5, False), (6, True)])
def test_too_much_that_comes_back_is_told_once(house: App, count: int, told: bool) -> None:  # noqa: FBT001
    run_id = started_run(house, 8)
    send()
    bounce(house, count)
    for _ in range(2):
        overseeing.see_to_bounces(house)
    assert titles(house)[2:] == [f"批次 {run_id} 的退信与拒收超过 5%"] * told
    if told:
        assert lines(house)[0] == "共 8 封：退回 6 封，投递时被拒 0 封。"


@only_sqlite
def test_counting_what_came_back_keeps_nobody_from_writing(house: App) -> None:
    started_run(house, 8)
    send()
    with house.transaction() as session:
        session.execute(update(Delivery).values(attempts=1))
        overseeing.see_to_bounces(house)


def test_what_is_dear_to_count_is_looked_for_seldom(
    house: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    monkeypatch.setattr(overseeing, "see_to_disk", lambda _app: looks.append("disk"))
    monkeypatch.setattr(overseeing, "see_to_bounces", lambda _app: looks.append("bounces"))
    overseer, begin = Overseer(), time.monotonic()
    for minutes in (0, 2, 4, 11):
        monkeypatch.setattr(time, "monotonic", lambda now=begin + minutes * 60: now)
        overseer.look(house)
    assert (looks.count("disk"), looks.count("bounces")) == (4, 2)


def test_one_process_looks_once_a_minute(house: App, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    monkeypatch.setattr(overseeing, "see_to_disk", looks.append)
    overseer = Overseer()
    for _ in range(3):
        overseer.look(house)
    assert len(looks) == 1


def will_end(app: App) -> None:
    """A membership ends within days."""
    with app.transaction() as session:
        session.add(
            Enterprise(
                name="太行重工",
                name_key="太行重工",
                member_until=clock.today() + timedelta(days=9),
                created_at=clock.now(),
            )
        )


def test_memberships_that_end_are_told_by_whoever_looks(house: App) -> None:
    employ(house, "王秘书", "wang@federation.example", StaffRole.ADMIN)
    will_end(house)
    for _ in range(2):
        Overseer().look(house)
    with house.reading() as session:
        assert session.scalars(select(Letter.subject)).all() == ["1 家会员企业的会籍即将到期"]
    with house.transaction() as session:  # the robots of groups as well, and nobody by mail again
        later = clock.now() + timedelta(hours=2)
        found = delivery.message_due(session, GroupRobot.WECOM, at=later)
        assert found is not None
        assert "太行重工" in found.text
        assert not delivery.alerts_due(session, at=later)


def test_memberships_that_end_are_told_to_editors_where_there_is_no_admin(house: App) -> None:
    will_end(house)
    Overseer().look(house)  # nobody is there to be told: it waits
    employ(house, "李编辑", "li@federation.example", StaffRole.EDITOR)
    Overseer().look(house)
    with house.reading() as session:
        assert session.scalars(select(Letter.recipient)).all() == ["li@federation.example"]


@only_sqlite
def test_memberships_that_end_are_told_to_a_robot_alone(environment: dict[str, str]) -> None:
    robot = {"DISTRIBUTION_WECOM_ROBOT": "https://robot.example/send?key=made-up"}
    app = open_app(environment | robot)
    will_end(app)
    for _ in range(2):
        overseeing.see_to_endings(app)
    assert titles(app) == ["1 家会员企业的会籍即将到期"]
    app.engine.dispose()


def test_redis_that_stays_away_is_told_of(house: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise BrokerAway("Redis 无法连接（refused）：请检查")

    monkeypatch.setattr(overseeing, "refuse_absent", away)
    moment = [0.0]
    monkeypatch.setattr(overseeing.time, "monotonic", lambda: moment[0])
    overseer = Overseer()
    overseer.look(house)
    assert titles(house) == []
    moment[0] = 61.0
    overseer.look(house)
    assert titles(house) == ["Redis 无法连接"]
