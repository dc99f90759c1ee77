"""What the office is told: by whom, once, and never through a lane in trouble."""

from datetime import timedelta

import pytest
from factories import make_run, make_sender
from fake_transport import FakeTransport, Refuse
from sqlalchemy import select

from distribution import clock, delivery
from distribution.app import App
from distribution.delivery import Readership, Reply
from distribution.models import Alert, AlertPost, Letter
from distribution.transports.robots import MOST_BYTES
from distribution.words import GroupRobot, LetterPurpose, Meaning

WECOM, DINGTALK = GroupRobot.WECOM, GroupRobot.DINGTALK
ADMINS = ("10001@qq.com", "li@federation.example")


def note(app: App, key: str, *, editors: bool = False, lane: str = "", ago: int = 0) -> None:
    with app.transaction() as session:
        delivery.raise_alert(
            session,
            key,
            f"提醒 {key}",
            ["第一行"],
            "去看看。",
            at=clock.now() - timedelta(hours=ago),
            urgent=True,
            editors=editors,
            lane=lane,
        )


def tell(app: App, readers: Readership) -> dict[str, str]:
    """Whom it was told to just now, and under which subject."""
    with app.transaction() as session:
        last = session.scalars(select(Letter.id).order_by(Letter.id.desc())).first() or 0
        delivery.tell_alerts(session, app.recipe.templates[-1:], "编辑部", readers, at=clock.now())
        rows = session.scalars(
            select(Letter).where(Letter.id > last, Letter.purpose == LetterPurpose.ALERT)
        ).all()
        return {row.recipient: row.subject for row in rows}


def stop(app: App, lane: str) -> None:
    with app.transaction() as session:
        delivery.stop_lane(session, lane, by="test", meaning=Meaning.CONTENT, words="550")


def test_editors_are_told_what_concerns_them_and_nothing_else(app: App) -> None:
    note(app, "of the admins")
    note(app, "of all", editors=True)
    told = tell(app, Readership(ADMINS, ("wang@federation.example", ADMINS[1])))
    assert told == {
        ADMINS[0]: "2 条提醒：提醒 of the admins 等",
        ADMINS[1]: "2 条提醒：提醒 of the admins 等",
        "wang@federation.example": "提醒 of all",
    }
    assert tell(app, Readership(ADMINS)) == {}


def test_without_any_admin_the_editors_are_told_of_everything(app: App) -> None:
    note(app, "of the admins")
    assert tell(app, Readership((), ADMINS[1:])) == {ADMINS[1]: "提醒 of the admins"}


def test_trouble_of_a_lane_is_not_told_through_it(app: App) -> None:
    stop(app, "qq")
    note(app, "of qq", lane="qq")
    assert tell(app, Readership(ADMINS)) == {ADMINS[1]: "提醒 of qq"}


def test_whom_only_the_lane_reaches_is_told_once_it_goes_on(app: App) -> None:
    stop(app, "qq")
    note(app, "of qq", lane="qq")
    note(app, "of others")
    assert tell(app, Readership(ADMINS[:1])) == {ADMINS[0]: "提醒 of others"}
    assert tell(app, Readership(ADMINS[:1])) == {}
    with app.transaction() as session:
        delivery.resume_lane(session, "qq")
    assert tell(app, Readership(ADMINS[:1])) == {ADMINS[0]: "提醒 of qq"}


def test_each_provider_that_refuses_us_is_told_of_and_not_through_itself(app: App) -> None:
    domains = ("fenhe.example", "taihang.example")
    make_run(app, [f"r{n}@{domain}" for n in range(50) for domain in domains])
    guard(app)
    no = Refuse(Reply(550, "5.0.0 no"))
    refused = {f"r{n}@{domain}": [no] for n in range(10) for domain in domains}
    make_sender(app, FakeTransport(refused)).pump(timedelta(minutes=5))
    guard(app)
    with app.reading() as session:
        lanes = session.scalars(select(Alert.lane).order_by(Alert.id)).all()
    assert lanes == ["", *domains]  # the first tells that the run has begun
    told = tell(app, Readership(("li@fenhe.example", ADMINS[1])))
    counts = {address: subject.partition(" ")[0] for address, subject in told.items()}
    assert counts == {"li@fenhe.example": "2", ADMINS[1]: "3"}


def guard(app: App) -> None:
    """Look at the tripwires."""
    with app.transaction() as session:
        delivery.guard(session, timedelta(0), at=clock.now())


def due(app: App, robot: GroupRobot = WECOM, later: timedelta = timedelta(0)) -> str:
    with app.transaction() as session:
        found = delivery.message_due(session, robot, at=clock.now() + later)
        return found.title if found else ""


def answered(app: App, trouble: str, later: timedelta = timedelta(0)) -> None:
    """Take what is due, and keep the robot's answer."""
    at = clock.now() + later
    with app.transaction() as session:
        found = delivery.message_due(session, WECOM, at=at)
        assert found is not None
        delivery.note_told(session, WECOM, found, trouble, at=at)


def test_each_robot_is_told_once(app: App) -> None:
    note(app, "1")
    note(app, "2")
    assert due(app) == "提醒 1 等 2 条"
    assert due(app) == ""
    assert due(app, DINGTALK) == "提醒 1 等 2 条"


def test_a_providers_words_are_no_link_in_a_group(app: App) -> None:
    with app.transaction() as session:
        words = ["对方原话：550 [click](https://evil.example) <@all> *now* `rm`"]
        delivery.raise_alert(session, "1", "提醒", words, "去看看。", at=clock.now(), urgent=True)
        found = delivery.message_due(session, WECOM, at=clock.now())
    assert found is not None
    title, said, advice = found.text.split("\n")
    assert (title, advice) == ("**提醒**", "去看看。")
    assert not set(said) & set("[]<>*`")


def test_of_many_alerts_a_robot_leaves_none_unsaid(app: App) -> None:
    """What it cuts off a long message nobody would say again."""
    with app.transaction() as session:
        for number in range(20):
            delivery.raise_alert(
                session,
                str(number),
                f"第 {number} 条：{'名' * 180}",
                ["一位订阅者的自动回复说他已离任，系统没有改动他的订阅。" * 3],
                "看看：distribution bounce list。",
                at=clock.now(),
                urgent=True,
            )
        found = delivery.message_due(session, WECOM, at=clock.now())
    assert found is not None
    assert len(found.alert_ids) == 20
    assert [f"第 {number} 条" in found.text for number in range(20)] == [True] * 20
    assert len(found.text.encode()) <= MOST_BYTES
    assert "distribution alert list" in found.text


def test_a_robot_set_up_today_is_not_told_what_was_last_week(app: App) -> None:
    note(app, "long ago", ago=25)
    assert due(app) == ""


def test_what_a_robot_did_not_take_is_told_again_and_given_up_at_last(app: App) -> None:
    note(app, "1")
    answered(app, "HTTP 500")
    assert due(app) == ""
    later = timedelta(0)
    for minutes in (1, 5, 15, 60, 240):
        later += timedelta(minutes=minutes, seconds=1)
        answered(app, "HTTP 500", later)
    assert due(app, later=timedelta(hours=20)) == ""
    with app.reading() as session:
        post = session.scalars(select(AlertPost)).one()
        assert (post.attempts, post.next_attempt_at, post.answer) == (6, None, "HTTP 500")


def test_what_a_process_took_with_it_is_told_by_another(app: App) -> None:
    note(app, "1")
    assert due(app) == "提醒 1"
    assert due(app, later=timedelta(minutes=1)) == ""
    assert due(app, later=timedelta(minutes=3)) == "提醒 1"


@pytest.mark.parametrize("trouble", ["", "HTTP 500"])
def test_what_is_through_keeps_its_answer(app: App, trouble: str) -> None:
    note(app, "1")
    answered(app, trouble)
    with app.reading() as session:
        assert session.scalars(select(AlertPost.answer)).one() == (trouble or "ok")
        assert session.scalars(select(Alert.told_at)).one() is None


def test_a_notice_of_one_line_has_no_blank_where_others_have_a_list(app: App) -> None:
    note(app, "short")
    tell(app, Readership(ADMINS[1:]))
    with app.reading() as session:
        said = session.scalars(select(Letter)).one()
    assert "第一行\n\n去看看。\n" in said.text
    assert '<td class="k"' not in said.html
