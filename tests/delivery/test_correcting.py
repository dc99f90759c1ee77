"""A correction: the same issue once more, with its reason, its own number and its own approval."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from factories import (
    KEY,
    cancel,
    deliveries,
    finish,
    hand,
    lease,
    leave,
    make_run,
    make_sender,
    make_subscriber,
    mismatches,
    pause,
    plan,
    settle,
    start,
    tally,
    the_run,
)
from fake_transport import FakeTransport
from runs import SEPTEMBER, approve, override

from distribution import audience, delivery, issues, staff
from distribution.app import App
from distribution.delivery import ledger
from distribution.delivery.ledger import Leased
from distribution.words import Addressees, Cause, DeliveryState, RunKind, StaffRole

S = DeliveryState
REASON = "第 2 篇的电话有误，已改正"
MANY, FEW = 500, 1
SOON = timedelta(seconds=30)


@pytest.fixture
def original(app: App) -> Iterator[int]:
    """A finished run of four: two accepted, one refused, one in doubt."""
    run_id = make_run(app, 4)
    first, second, third, fourth = lease(app)
    hand(app, first, second, fourth)
    settle(app, first, S.ACCEPTED)
    settle(app, second, S.ACCEPTED)
    settle(app, third, S.FAILED, cause=Cause.POLICY)
    settle(app, fourth, S.IN_DOUBT)
    finish(app)
    return run_id


def correct(
    app: App,
    run_id: int,
    to: Addressees = Addressees.ALL,
    reason: str = REASON,
    *,
    again: bool = True,
) -> int:
    errand = delivery.correcting.Errand(reason, to, again)
    return delivery.correcting.plan(
        app.transaction, run_id, errand, app.recipe, by="maker", at=SEPTEMBER
    )


def put_right(app: App) -> None:
    """The issue is opened again, changed and approved."""
    with app.transaction() as session:
        issues.reopen(session, KEY)
        issues.Desk(session, KEY, by="test", at=SEPTEMBER).edit(2, {"title": "改好的标题"})
    approve(app, KEY)


def text_of(body: bytes) -> str:
    mail = message_from_bytes(body, policy=policy.default)
    return "".join(part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]


def release(app: App, row: Leased) -> None:
    with app.transaction() as session:
        ledger.release(session, [(row.delivery_id, row.token)])


def approve_run(app: App, run_id: int, by: str, above: int = MANY) -> bool:
    with app.transaction() as session:
        return delivery.approving.approve(session, run_id, above=above, by=by, at=SEPTEMBER)


@pytest.mark.parametrize(
    ("to", "reached"),
    [
        (Addressees.ALL, {1, 2, 3, 4}),
        (Addressees.ACCEPTED, {1, 2}),
        (Addressees.FAILED, {3}),
        (Addressees.IN_DOUBT, {4}),
    ],
)
def test_it_reaches_those_it_is_for(
    app: App, original: int, to: Addressees, reached: set[int]
) -> None:
    correction = correct(app, original, to)

    assert set(deliveries(app, correction)) == {f"r{n}@fenhe.example" for n in reached}
    run = the_run(app, correction)
    assert (run.kind, run.resend_number, run.original_id) == (RunKind.CORRECTION, 1, original)
    assert (run.reason, run.addressees) == (REASON, to)
    assert mismatches(app, correction) == []


def test_what_nobody_put_right_is_no_correction(app: App, original: int) -> None:
    with pytest.raises(delivery.correcting.NothingPutRight, match="--again"):
        correct(app, original, again=False)

    put_right(app)
    first = correct(app, original, again=False)
    approve_run(app, first, "other")
    start(app, first)
    rows = lease(app)
    hand(app, *rows)
    for row in rows:
        settle(app, row, S.ACCEPTED)
    finish(app)
    with pytest.raises(delivery.correcting.NothingPutRight):
        correct(app, first, again=False)
    assert correct(app, original, again=False) > first


def test_its_mail_says_what_was_wrong_and_holds_what_is_right(app: App, original: int) -> None:
    put_right(app)
    correction = correct(app, original, Addressees.ACCEPTED)
    approve_run(app, correction, "other")
    start(app, correction)
    relay = FakeTransport()

    make_sender(app, relay).pump(at_most=SOON)

    assert relay.recipients == {"r1@fenhe.example": 1, "r2@fenhe.example": 1}
    mail = message_from_bytes(relay.bodies[0], policy=policy.default)
    assert str(mail["Subject"]).startswith("【更正】《山西机电信息》")
    assert str(mail["Feedback-ID"]).split(":")[:3] == [KEY, "digest", "correction"]
    for part in mail.iter_parts():  # type: ignore[attr-defined]
        text = part.get_content()
        assert REASON in text
        assert "改好的标题" in text
    assert mismatches(app, correction) == []
    assert tally(app, original) == {"accepted": 2, "failed": 1, "in_doubt": 1}


def test_who_left_meanwhile_gets_no_correction(app: App, original: int) -> None:
    leave(app, "r1@fenhe.example")

    correction = correct(app, original, Addressees.ACCEPTED)

    assert set(deliveries(app, correction)) == {"r2@fenhe.example"}
    assert the_run(app, correction).excluded == {"left": 1}


def test_late_readers_of_the_run_are_among_them(app: App, original: int) -> None:
    make_subscriber(app, "new@fenhe.example")
    late = delivery.late.plan(app.transaction, original, app.recipe, by="test", at=SEPTEMBER)
    start(app, late)
    (row,) = lease(app)
    with pytest.raises(delivery.WrongState, match=f"批次 {late} .*先暂停"):
        correct(app, original)  # whoever gets his mail meanwhile would miss the correction
    hand(app, row)
    settle(app, row, S.ACCEPTED)
    finish(app)

    correction = correct(app, original, Addressees.ACCEPTED)

    assert "new@fenhe.example" in deliveries(app, correction)


def test_the_first_version_is_not_tried_again_after_the_correction(app: App, original: int) -> None:
    correct(app, original, Addressees.FAILED)
    with app.transaction() as session:
        retried = delivery.retry(session, original, {"policy"}, by="admin")

    assert (retried.planned, retried.barred) == (0, {Cause.ALREADY: 1})
    assert tally(app, original)["failed"] == 1


def test_it_is_not_started_before_somebody_approves_it(app: App, original: int) -> None:
    correction = correct(app, original)

    with pytest.raises(delivery.approving.NotReleased, match=f"run approve {correction}"):
        start(app, correction)
    assert approve_run(app, correction, "maker")
    assert not approve_run(app, correction, "other")
    start(app, correction)

    run = the_run(app, correction)
    assert (run.approved_by, run.approved_at, run.planned) == ("maker", SEPTEMBER, 4)


def test_for_many_it_must_be_another_person(app: App, original: int) -> None:
    correction = correct(app, original)

    with pytest.raises(delivery.approving.SecondPersonNeeded, match="maker"):
        approve_run(app, correction, "maker", above=FEW)
    with app.transaction() as session:
        address = audience.read_address("maker@jikan.example")
        staff.add(session, "maker", address, [StaffRole.EDITOR], by="root", at=SEPTEMBER)
        staff.change(session, "maker", staff.Changes(name="maker 2"), by="root", at=SEPTEMBER)
    with pytest.raises(delivery.approving.SecondPersonNeeded, match="maker"):
        approve_run(app, correction, "maker 2", above=FEW)
    assert the_run(app, correction).approved_at is None
    assert approve_run(app, correction, "other", above=FEW)


def test_only_a_correction_that_waits_can_be_approved(app: App, original: int) -> None:
    with pytest.raises(delivery.approving.NothingToApprove, match="月度投递"):
        approve_run(app, original, "other")
    correction = correct(app, original)
    cancel(app, correction)
    with pytest.raises(delivery.approving.NothingToApprove, match="已取消"):
        approve_run(app, correction, "other")


def test_one_at_a_time_and_each_with_a_number_of_its_own(app: App, original: int) -> None:
    first = correct(app, original)
    with pytest.raises(delivery.correcting.OneIsOpen, match=f"批次 {first}"):
        correct(app, original)
    cancel(app, first)

    second = correct(app, original)

    assert the_run(app, second).resend_number == 2
    assert len(deliveries(app, second)) == 4


def test_an_interrupted_plan_is_gone_on_with(
    app: App, original: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.delivery.planning.SLICE", 1)
    with monkeypatch.context() as broken:
        broken.setattr("distribution.delivery.correcting._plan_slice", lambda *_: False)
        begun = correct(app, original)

    assert correct(app, original) == begun
    assert len(deliveries(app, begun)) == 4
    assert mismatches(app, begun) == []


def test_while_the_run_sends_nothing_is_corrected(app: App) -> None:
    run_id = make_run(app, 2)
    row, other = lease(app)
    hand(app, row)
    with pytest.raises(delivery.WrongState, match="先暂停"):
        correct(app, run_id)
    pause(app, run_id)
    release(app, other)
    with pytest.raises(delivery.correcting.StillInHands, match="1 封"):
        correct(app, run_id)
    settle(app, row, S.ACCEPTED)

    correction = correct(app, run_id)

    assert set(deliveries(app, correction)) == {row.recipient}  # the other waits for his mail


def test_a_run_that_is_stopped_on_its_way_is_put_right_for_all_of_its_readers(app: App) -> None:
    run_id = make_run(app, 3)
    got, *_ = rows = lease(app)
    hand(app, got)
    settle(app, got, S.ACCEPTED)
    pause(app, run_id)
    for row in rows[1:]:
        release(app, row)
    with app.transaction() as session, pytest.raises(issues.HasRun, match="run correct 更正"):
        issues.reopen(session, KEY)
    cancel(app, run_id)
    put_right(app)

    correction, rest = correct(app, run_id), plan(app)
    approve_run(app, correction, "other")
    for released in (correction, rest):
        start(app, released)
    relay = FakeTransport()
    make_sender(app, relay).pump(at_most=SOON)

    assert relay.recipients == {f"r{n}@fenhe.example": 1 for n in (1, 2, 3)}
    subjects = {
        envelope.recipient: str(message_from_bytes(body, policy=policy.default)["Subject"])
        for envelope, body in zip(relay.accepted, relay.bodies, strict=True)
    }
    assert {who for who, said in subjects.items() if "更正" in said} == {got.recipient}
    assert all("改好的标题" in text_of(body) for body in relay.bodies)
    assert tally(app, run_id) == {"accepted": 1, "cancelled": 2}


def test_a_run_without_such_mails_has_nothing_to_correct(app: App) -> None:
    run_id = make_run(app, 1)
    cancel(app, run_id)

    with pytest.raises(delivery.correcting.NobodyToCorrect, match="存疑"):
        correct(app, run_id, Addressees.IN_DOUBT)
    assert plan(app) > run_id


def test_templates_that_do_not_tell_are_refused(app: App, original: int) -> None:
    override(app, "digest/subject.txt", "【更正】", "")

    with pytest.raises(delivery.correcting.ReasonNotShown, match="subject"):
        correct(app, original)
