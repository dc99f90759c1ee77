"""What a refusal while sending leads to: for the address, for the lane, or for nobody."""

from datetime import timedelta

import pytest
from databases import alerts, lanes
from factories import (
    deliveries,
    lease,
    make_run,
    make_sender,
    make_subscriber,
    plan,
    recover,
    start,
    tally,
    time_is_up,
    waits_are_over,
)
from fake_transport import FakeTransport, Refuse
from runs import make_issue
from sqlalchemy import select, update

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.delivery import Pumped, Reply
from distribution.delivery.store import lanes as store
from distribution.models import Delivery, Lane, Letter, Suppression
from distribution.words import Cause, LetterPurpose, Meaning, SuppressionReason
from distribution.words import DeliveryState as S

UNKNOWN_USER = Reply(550, "5.1.1 User unknown")
FULL = Reply(552, "5.2.2 mailbox full")
INACTIVE = Reply(550, "5.2.1 This account has been disabled")
CONTENT = Reply(550, "Mail content denied")
FREQUENCY = Reply(550, "Connection frequency limited")
READER, OTHER = "r1@fenhe.example", "r2@fenhe.example"


def pump(app: App, relay: FakeTransport) -> Pumped:
    return make_sender(app, relay, connections=1, batch_size=1).pump(timedelta(seconds=20))


def suppressions(app: App) -> dict[str, Suppression]:
    """By address hash."""
    with app.reading() as session:
        rows = session.scalars(select(Suppression)).all()
        session.expunge_all()
    return {row.address_hash: row for row in rows}


def next_issue(app: App, label: str) -> int:
    """A run of another issue that is being sent."""
    run_id = plan(app, make_issue(app, label))
    start(app, run_id)
    return run_id


# -- the address ---------------------------------------------------------------------------------


def test_who_is_not_there_is_suppressed_at_once_with_what_was_said(app: App) -> None:
    run_id = make_run(app, [READER, OTHER])
    pump(app, FakeTransport({READER: [Refuse(UNKNOWN_USER)]}))

    gone = deliveries(app, run_id)[READER]
    assert (gone.state, gone.cause) == (S.FAILED, Cause.BAD_ADDRESS)
    assert gone.meaning is Meaning.BAD_ADDRESS
    found = suppressions(app)
    assert list(found) == [gone.address_hash]
    assert found[gone.address_hash].reason is SuppressionReason.HARD_BOUNCE
    assert found[gone.address_hash].evidence == (
        f"550 5.1.1 User unknown（批次 {run_id} 投递时的应答）"
    )
    assert alerts(app) == []


def test_who_took_the_recipient_and_refuses_the_message_buries_nobody(app: App) -> None:
    run_id = make_run(app, [READER])
    pump(app, FakeTransport({READER: [UNKNOWN_USER]}))
    assert deliveries(app, run_id)[READER].state is S.FAILED
    assert suppressions(app) == {}


def test_the_evidence_names_nobody(app: App) -> None:
    make_run(app, [READER])
    words = f"5.1.1 <{READER}>: Recipient address rejected: User unknown"
    pump(app, FakeTransport({READER: [Refuse(Reply(550, words))]}))
    ((_, found),) = suppressions(app).items()
    assert "@" not in found.evidence
    assert "User unknown" in found.evidence


def test_an_address_that_fails_three_issues_in_a_row_is_suppressed(app: App) -> None:
    make_subscriber(app, READER)
    for label, so_far in (("07", 0), ("08", 0), ("09", 1)):
        run_id = next_issue(app, label)
        pump(app, FakeTransport({READER: [Refuse(INACTIVE)]}))
        assert tally(app, run_id) == {"failed": 1}
        assert len(suppressions(app)) == so_far
    ((_, found),) = suppressions(app).items()
    assert found.reason is SuppressionReason.SOFT_BOUNCES


def test_one_issue_that_arrives_makes_what_was_before_forgotten(app: App) -> None:
    make_subscriber(app, READER)
    for label, refused in (("05", True), ("06", True), ("07", False), ("08", True), ("09", True)):
        next_issue(app, label)
        pump(app, FakeTransport({READER: [Refuse(INACTIVE)]} if refused else {}))
    assert suppressions(app) == {}
    next_issue(app, "10")
    pump(app, FakeTransport({READER: [Refuse(INACTIVE)]}))
    assert len(suppressions(app)) == 1


def test_what_was_refused_for_a_reason_of_ours_says_nothing_of_the_mailbox(app: App) -> None:
    make_subscriber(app, READER)
    for label, said in (("06", INACTIVE), ("07", CONTENT), ("08", INACTIVE), ("09", INACTIVE)):
        next_issue(app, label)
        assert len(suppressions(app)) == 0
        pump(app, FakeTransport({READER: [Refuse(said)]}))
        with app.transaction() as session:
            delivery.resume_lane(session, "fenhe.example")
    assert len(suppressions(app)) == 1


def test_a_mailbox_full_until_the_run_is_over_counts_as_an_issue(app: App) -> None:
    make_subscriber(app, READER)
    for label in ("07", "08"):
        run_id = next_issue(app, label)
        pump(app, FakeTransport({READER: [Refuse(FULL)]}))
        assert tally(app, run_id) == {"deferred": 1}
        time_is_up(app, run_id)
        recover(app)
        assert tally(app, run_id) == {"expired": 1}
    assert suppressions(app) == {}
    next_issue(app, "09")
    pump(app, FakeTransport({READER: [Refuse(INACTIVE)]}))
    assert len(suppressions(app)) == 1


def test_a_mailbox_that_is_full_for_now_is_counted_only_when_the_mail_is_given_up(app: App) -> None:
    make_subscriber(app, READER)
    for label, said in (("07", INACTIVE), ("08", INACTIVE), ("09", FULL)):
        run_id = next_issue(app, label)
        pump(app, FakeTransport({READER: [Refuse(said)]}))
    assert tally(app, run_id) == {"deferred": 1}
    assert suppressions(app) == {}


def test_what_was_counted_before_a_release_counts_no_more(app: App) -> None:
    make_subscriber(app, READER)
    for label in ("07", "08", "09"):
        next_issue(app, label)
        pump(app, FakeTransport({READER: [Refuse(INACTIVE)]}))
    (address_hash,) = suppressions(app)
    with app.transaction() as session:
        assert audience.release(session, address_hash, at=clock.now())
    next_issue(app, "10")
    pump(app, FakeTransport({READER: [Refuse(INACTIVE)]}))
    assert suppressions(app) == {}


# -- the lane ------------------------------------------------------------------------------------


def test_what_speaks_of_us_stops_the_lane_and_no_other(app: App) -> None:
    run_id = make_run(app, ["10001@qq.com", "10002@qq.com", "reader@163.com"])
    pump(app, FakeTransport({"10001@qq.com": [Refuse(CONTENT)]}))

    assert tally(app, run_id) == {"failed": 1, "planned": 1, "accepted": 1}
    assert deliveries(app, run_id)["10002@qq.com"].state is S.PLANNED
    assert suppressions(app) == {}
    stopped = lanes(app)["qq"]
    assert stopped.stopped_at is not None
    assert (stopped.meaning, stopped.words) == (Meaning.CONTENT, "550 Mail content denied")

    with app.reading() as session:
        assert delivery.status(session, run_id).waiting.stopped == 1
        assert not delivery.anything_to_do(session)
    (alert,) = alerts(app)
    assert alert.title == "线路 QQ 邮箱 已停止：内容被拒"
    assert "对方原话：550 Mail content denied" in alert.lines
    assert "distribution lane resume qq" in alert.advice


def test_a_lane_that_is_resumed_goes_on_where_it_stood(app: App) -> None:
    run_id = make_run(app, ["10001@qq.com", "10002@qq.com"])
    pump(app, FakeTransport({"10001@qq.com": [Refuse(CONTENT)]}))
    assert pump(app, FakeTransport()).tried == 0
    with app.transaction() as session:
        lane = delivery.resume_lane(session, "qq")
    assert lane is not None
    assert lane.meaning is Meaning.CONTENT
    with app.transaction() as session:
        assert delivery.resume_lane(session, "qq") is None
    pump(app, FakeTransport())
    assert tally(app, run_id) == {"failed": 1, "accepted": 1}


def test_one_companys_gateway_stops_nobody_else(app: App) -> None:
    run_id = make_run(app, ["a@fenhe.example", "b@fenhe.example", "c@taihang.example"])
    refusal = Reply(554, "5.7.1 Message blocked by our content policy: spam detected")
    pump(app, FakeTransport({"a@fenhe.example": [refusal]}))
    assert list(lanes(app)) == ["fenhe.example"]
    assert tally(app, run_id) == {"failed": 1, "planned": 1, "accepted": 1}


def test_a_rate_limit_lets_the_lane_rest_and_then_it_goes_on(app: App) -> None:
    run_id = make_run(app, ["10001@qq.com", "10002@qq.com", "reader@163.com"])
    pump(app, FakeTransport({"10001@qq.com": [Refuse(FREQUENCY)]}))

    assert tally(app, run_id) == {"deferred": 1, "planned": 1, "accepted": 1}
    rests = lanes(app)["qq"]
    assert rests.stopped_at is None
    assert rests.resting_until is not None
    assert rests.resting_until > clock.now() + timedelta(minutes=5)
    assert lease(app) == []
    assert (suppressions(app), alerts(app)) == ({}, [])

    waits_are_over(app)
    pump(app, FakeTransport())
    assert tally(app, run_id) == {"accepted": 3}


def test_a_lane_keeps_no_address_of_a_reader(app: App) -> None:
    make_run(app, ["10001@qq.com"])
    words = "451 4.7.0 <10001@qq.com>: Connection frequency limited"
    pump(app, FakeTransport({"10001@qq.com": [Refuse(Reply(451, words))]}))
    assert lanes(app)["qq"].words == "451 451 4.7.0 <…>: Connection frequency limited"


def test_a_lane_rests_as_long_as_was_asked_for_and_no_longer_than_the_last_step(app: App) -> None:
    said, steps = (Meaning.RATE_LIMIT, "451 slow down"), [timedelta(minutes=10)]
    for asked in (timedelta(0), timedelta(hours=3), timedelta(0)):
        with app.transaction() as session:
            until = store.rest(session, "qq", steps, asked, said)
            assert until is not None
            least = max(asked, *steps)
            assert least - timedelta(minutes=1) < until - clock.now() <= least
            session.execute(update(Lane).values(resting_until=clock.now()))


def test_a_lane_that_kept_still_for_days_begins_with_a_short_rest_again(app: App) -> None:
    said, steps = (Meaning.RATE_LIMIT, "451 slow down"), [timedelta(minutes=10), timedelta(hours=1)]
    for ago, rests in ((timedelta(0), 1), (timedelta(hours=23), 2), (timedelta(days=2), 1)):
        with app.transaction() as session:
            session.execute(update(Lane).values(resting_until=clock.now() - ago))
            session.expire_all()
            store.rest(session, "qq", steps, timedelta(0), said)
        assert lanes(app)["qq"].rests == rests


def test_a_lane_that_rests_can_be_resumed(app: App) -> None:
    said = (Meaning.RATE_LIMIT, "451 slow down")
    with app.transaction() as session:
        store.rest(session, "qq", [timedelta(hours=1)], timedelta(0), said)
        assert delivery.resume_lane(session, "qq") is not None
        assert delivery.held_lanes(session) == []
    assert lanes(app)["qq"].rests == 0


def test_a_lane_that_is_stopped_keeps_the_words_that_stopped_it(app: App) -> None:
    with app.transaction() as session:
        delivery.stop_lane(session, "qq", by="li", words="对" * 600)
        store.rest(session, "qq", [timedelta(hours=1)], timedelta(0), (Meaning.RATE_LIMIT, "451"))
    assert lanes(app)["qq"].words == "对" * 500


def test_a_lane_that_asks_again_rests_longer_and_many_at_once_are_one_reason(app: App) -> None:
    make_run(app, [f"1000{number}@qq.com" for number in range(1, 5)])
    busy = FakeTransport(
        {f"1000{number}@qq.com": [Refuse(FREQUENCY)] * 3 for number in range(1, 5)}
    )
    sender = make_sender(app, busy, connections=4, batch_size=4)
    sender.pump(timedelta(seconds=20))
    first = lanes(app)["qq"]
    assert first.rests == 1
    with app.transaction() as session:
        just_now = clock.now() - timedelta(minutes=1)
        session.execute(update(Lane).values(resting_until=just_now))
    with app.transaction() as session:
        session.execute(update(Delivery).values(next_attempt_at=just_now))
    sender.pump(timedelta(seconds=20))
    second = lanes(app)["qq"]
    assert second.rests == 2
    assert second.resting_until is not None
    assert second.resting_until > clock.now() + timedelta(minutes=50)


def test_a_lane_whose_rest_is_over_holds_nothing_that_could_be_resumed(app: App) -> None:
    make_run(app, ["10001@qq.com"])
    pump(app, FakeTransport({"10001@qq.com": [Refuse(FREQUENCY)]}))
    waits_are_over(app)
    with app.transaction() as session:
        assert delivery.held_lanes(session) == []
        assert delivery.resume_lane(session, "qq") is None


def test_a_stopped_lane_is_stopped_once(app: App) -> None:
    with app.transaction() as session:
        assert delivery.stop_lane(session, "qq", by="li", words="对方要求") is not None
        assert delivery.stop_lane(session, "qq", by="wang") is None
    assert (lanes(app)["qq"].stopped_by, lanes(app)["qq"].words) == ("li", "对方要求")
    with app.reading() as session:
        assert [lane.name for lane in delivery.held_lanes(session)] == ["qq"]


def test_a_run_with_a_stopped_lane_ends_with_its_time(app: App) -> None:
    run_id = make_run(app, ["10001@qq.com", "10002@qq.com"])
    pump(app, FakeTransport({"10001@qq.com": [Refuse(CONTENT)]}))
    time_is_up(app, run_id)
    with app.reading() as session:
        assert delivery.anything_to_do(session)
    pump(app, FakeTransport())
    assert tally(app, run_id) == {"failed": 1, "expired": 1}


# -- those who must know -------------------------------------------------------------------------


@pytest.fixture
def stopped(app: App) -> App:
    make_run(app, ["10001@qq.com"])
    tell(app, "li@federation.example")  # that the run began
    pump(app, FakeTransport({"10001@qq.com": [Refuse(CONTENT)]}))
    return app


def tell(app: App, *admins: str, later: timedelta = timedelta(0)) -> int:
    folders, at = app.recipe.templates[-1:], clock.now() + later
    with app.transaction() as session:
        return delivery.tell_alerts(session, folders, "编辑部", delivery.Readership(admins), at=at)


def told(app: App) -> list[Letter]:
    with app.reading() as session:
        query = select(Letter).where(Letter.purpose == LetterPurpose.ALERT).order_by(Letter.id)
        rows = list(session.scalars(query))
        session.expunge_all()
    return rows


def test_each_admin_is_told_once(stopped: App) -> None:
    assert tell(stopped, "li@federation.example", "wang@federation.example") == 1
    assert tell(stopped, "li@federation.example", "wang@federation.example") == 0
    letters = told(stopped)[1:]
    assert [letter.recipient for letter in letters] == [
        "li@federation.example",
        "wang@federation.example",
    ]
    assert letters[0].subject == "线路 QQ 邮箱 已停止：内容被拒"
    for content in (letters[0].text, letters[0].html):
        assert "550 Mail content denied" in content
        assert "distribution lane resume qq" in content
    with stopped.reading() as session:
        assert not delivery.alerts_due(session, at=clock.now())


def test_the_same_trouble_after_a_resume_is_told_again(stopped: App) -> None:
    with stopped.transaction() as session:
        delivery.resume_lane(session, "qq")
    make_subscriber(stopped, "10002@qq.com")
    next_issue(stopped, "10")
    pump(stopped, FakeTransport({"10002@qq.com": [Refuse(CONTENT)]}))
    assert len(alerts(stopped)) == 2


def note(app: App, number: int, *, urgent: bool = False) -> None:
    with app.transaction() as session:
        delivery.raise_alert(
            session,
            f"n:{number}",
            f"提醒 {number}",
            ["第一行", "第二行"],
            "去看看。",
            at=clock.now(),
            urgent=urgent,
        )


def test_what_is_not_urgent_is_gathered_into_one_mail(app: App) -> None:
    for number in range(1, 4):
        note(app, number)
    assert tell(app, "li@federation.example") == 0
    assert tell(app, "li@federation.example", later=timedelta(minutes=61)) == 3
    (letter,) = told(app)
    assert letter.subject == "3 条提醒：提醒 1 等"
    assert all(f"提醒 {number}" in letter.text for number in range(1, 4))


def test_what_is_urgent_takes_the_others_with_it(app: App) -> None:
    note(app, 1)
    note(app, 2, urgent=True)
    assert tell(app, "li@federation.example") == 2
    (letter,) = told(app)
    assert letter.subject == "2 条提醒：提醒 2 等"


def test_a_flood_of_alerts_is_told_in_few_portions(app: App) -> None:
    """As where an admin is named only now."""
    for number in range(105):
        note(app, number, urgent=True)
    assert [tell(app, "li@federation.example") for _ in range(3)] == [100, 5, 0]
