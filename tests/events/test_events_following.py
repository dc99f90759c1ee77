"""What follows from what came back: for lanes, letters, those who write, those who have left."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from databases import alerts, lanes, returned
from event_samples import (
    GRANTED,
    arrive,
    departures,
    judge_mails,
    letter,
    mails_of,
    make_reader,
    plan,
    sent_to,
    suppressed,
)
from returned_mails import bounce, complaint
from runs import make_issue, start
from sqlalchemy import select, update

from distribution import audience, clock, delivery, events
from distribution.app import App
from distribution.delivery import Sent
from distribution.delivery.store.barring import letter_barred
from distribution.events import Desk, Outcome
from distribution.models import Delivery, Lane, Letter
from distribution.words import (
    Consequence,
    FoundBy,
    LetterPurpose,
    LetterState,
    Meaning,
    Returned,
    SuppressionReason,
)

OTHER, ON_QQ = "other@fenhe.example", "10001@qq.com"
EDITORS = ("editor@federation.example", "chief@federation.example")
FULL = {"status": "5.2.2", "words": "552 5.2.2 mailbox full"}


def back(app: App, mail: Sent) -> str:
    return app.addresses.return_path(mail.delivery_id)


def letters(app: App, purpose: LetterPurpose) -> list[Letter]:
    with app.reading() as session:
        query = select(Letter).where(Letter.purpose == purpose).order_by(Letter.id)
        rows = list(session.scalars(query))
        session.expunge_all()
    return rows


def judge_at(app: App, *mails: bytes, editors: Sequence[str] = EDITORS) -> list[Outcome]:
    """Judge mails at a desk whose editors are known."""
    ids = arrive(app, *mails)
    desk = Desk(app.addresses, editors=tuple(editors))
    with app.transaction() as session:
        return events.judge_mails(session, ids, desk, clock.now())


# -- lanes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("550 Mail content denied", Meaning.CONTENT),
        ("550 5.7.1 Message rejected: poor sender reputation", Meaning.REPUTATION),
        ("550 5.7.26 This mail is blocked because the sender is unauthenticated", Meaning.AUTH),
    ],
)
def test_a_report_that_speaks_of_us_stops_the_lane_and_touches_nobody(
    app: App, words: str, meaning: Meaning
) -> None:
    mail, _ = sent_to(app, ON_QQ, GRANTED)
    raw = bounce(ON_QQ, to=back(app, mail), status="5.7.1", words=words)
    (outcome,) = judge_mails(app, raw)
    assert (outcome.meaning, outcome.consequence) == (meaning, Consequence.STOPPED)
    assert list(lanes(app)) == ["qq"]
    assert lanes(app)["qq"].meaning is meaning
    (alert,) = alerts(app)
    assert meaning.label in alert.title
    assert alert.lines[0].count("5.7.") == 1
    assert any(words.split(" ", 1)[1] in line for line in alert.lines)
    assert "@" not in "".join([alert.title, alert.advice, *alert.lines])
    assert (suppressed(app), departures(app)) == ({}, [])
    (row,) = returned(app)
    assert (row.lane, row.meaning, row.consequence) == ("qq", meaning, Consequence.STOPPED)
    assert row.rule


def test_what_went_out_before_a_lane_was_resumed_does_not_stop_it_again(app: App) -> None:
    first, second, later = sent_to(app, ON_QQ, "10002@qq.com", "10003@qq.com")

    def denied(mail: Sent) -> Consequence:
        words = "550 Mail content denied"
        raw = bounce(mail.recipient, to=back(app, mail), status="5.7.1", words=words)
        return judge_mails(app, raw)[0].consequence

    assert denied(first) is Consequence.STOPPED
    with app.transaction() as session:
        assert delivery.resume_lane(session, "qq") is not None
    assert denied(second) is Consequence.NONE
    assert (lanes(app)["qq"].stopped_at, len(alerts(app))) == (None, 1)

    with app.transaction() as session:
        went_out = {"accepted_at": clock.now() + timedelta(minutes=1)}
        session.execute(update(Delivery).where(Delivery.id == later.delivery_id).values(**went_out))
    assert denied(later) is Consequence.STOPPED
    assert len(alerts(app)) == 2


def test_what_went_out_before_a_rest_makes_no_longer_one(app: App) -> None:
    mails = sent_to(app, ON_QQ, "10002@qq.com")
    for mail, expected in zip(mails, (Consequence.SLOWED, Consequence.NONE), strict=True):
        words = "550 Domain frequency limited"
        raw = bounce(mail.recipient, to=back(app, mail), status="5.0.0", words=words)
        assert judge_mails(app, raw)[0].consequence is expected
        with app.transaction() as session:
            over = clock.now() - timedelta(seconds=1)
            session.execute(update(Delivery).values(accepted_at=over - timedelta(hours=1)))
            session.execute(update(Lane).values(resting_until=over))
    assert lanes(app)["qq"].rests == 1


def test_a_rate_limit_in_a_report_lets_the_lane_rest(app: App) -> None:
    (mail,) = sent_to(app, ON_QQ)
    words = "550 Domain frequency limited"
    (outcome,) = judge_mails(app, bounce(ON_QQ, to=back(app, mail), status="5.0.0", words=words))
    assert outcome.consequence is Consequence.SLOWED
    assert lanes(app)["qq"].stopped_at is None
    assert lanes(app)["qq"].resting_until is not None
    assert (alerts(app), suppressed(app)) == ([], {})


def test_without_a_token_nobody_can_stop_a_lane(app: App) -> None:
    sent_to(app, ON_QQ)
    (outcome,) = judge_mails(app, bounce(ON_QQ, status="5.7.1", words="550 Mail content denied"))
    assert outcome.found_by is FoundBy.RECIPIENT
    assert outcome.consequence is Consequence.NONE
    assert lanes(app) == {}


def test_a_report_about_somebody_else_stops_no_lane(app: App) -> None:
    (mail,) = sent_to(app, ON_QQ)
    raw = bounce("x@a.example", to=back(app, mail), status="5.7.1", words="550 Mail content denied")
    (outcome,) = judge_mails(app, raw)
    assert outcome.consequence is Consequence.NONE
    assert lanes(app) == {}


# -- three issues in a row -----------------------------------------------------------------------


def next_mail(app: App, label: str, recipient: str) -> Sent:
    """Another issue has gone to everybody; the mail of one of them."""
    run_id = start(app, plan(app, make_issue(app, label)), clock.now())
    app.sender.pump(timedelta(seconds=50))
    return next(mail for mail in mails_of(app, run_id) if mail.recipient == recipient)


def test_a_full_mailbox_suppresses_after_three_issues_in_a_row_only(app: App) -> None:
    mails = [sent_to(app, GRANTED, OTHER)[0]]
    (first,) = judge_mails(app, bounce(GRANTED, to=back(app, mails[0]), **FULL))
    assert first.consequence is Consequence.COUNTED
    mails.append(next_mail(app, "10", GRANTED))
    (second,) = judge_mails(app, bounce(GRANTED, to=back(app, mails[1]), **FULL))
    assert second.consequence is Consequence.COUNTED
    assert suppressed(app) == {}
    mails.append(next_mail(app, "11", GRANTED))
    (third,) = judge_mails(app, bounce(GRANTED, to=back(app, mails[2]), **FULL))
    assert third.consequence is Consequence.SUPPRESSED
    assert list(suppressed(app)) == [mails[0].address_hash]
    with app.reading() as session:
        ((row, _, _),) = audience.suppressions(session)
        assert row.reason is SuppressionReason.SOFT_BOUNCES


def test_many_reports_about_one_issue_count_once(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = bounce(GRANTED, to=back(app, mail), **FULL)
    many = [raw.replace(b"Undelivered", f"Undelivered {n}".encode()) for n in range(5)]
    assert {one.consequence for one in judge_mails(app, *many)} == {Consequence.COUNTED}
    assert suppressed(app) == {}


def test_a_mail_that_was_only_late_has_arrived(app: App) -> None:
    mails = [sent_to(app, GRANTED)[0]]
    mails += [next_mail(app, label, GRANTED) for label in ("10", "11", "12")]
    for mail, action in zip(mails, ("failed", "failed", "delayed", "failed"), strict=True):
        judge_mails(app, bounce(GRANTED, to=back(app, mail), action=action, **FULL))
    assert suppressed(app) == {}


def test_a_new_address_begins_without_what_was_counted_against_the_old(app: App) -> None:
    mails = [sent_to(app, GRANTED)[0]]
    mails.append(next_mail(app, "10", GRANTED))
    for mail in mails:
        judge_mails(app, bounce(GRANTED, to=back(app, mail), **FULL))
    with app.transaction() as session:
        row = audience.find_subscriber(session, GRANTED)
        new = audience.ContactChanges(address=audience.read_address(OTHER))
        audience.change_contact(session, row, new, app.keyring.address_hash)
    mail = next_mail(app, "11", OTHER)
    (outcome,) = judge_mails(app, bounce(OTHER, to=back(app, mail), **FULL))
    assert outcome.consequence is Consequence.COUNTED
    assert suppressed(app) == {}


def test_a_report_that_speaks_of_us_is_no_arrival(app: App) -> None:
    mails = [sent_to(app, GRANTED)[0]]
    judge_mails(app, bounce(GRANTED, to=back(app, mails[0]), **FULL))
    for label, said in (("10", FULL), ("11", {"words": "550 Mail content denied"}), ("12", FULL)):
        assert suppressed(app) == {}
        mail = next_mail(app, label, GRANTED)
        judge_mails(app, bounce(GRANTED, to=back(app, mail), **said))
        with app.transaction() as session:
            delivery.resume_lane(session, "fenhe.example")
    assert list(suppressed(app)) == [mails[0].address_hash]


def test_what_is_said_of_where_he_forwards_to_is_not_counted_against_him(app: App) -> None:
    mail, _ = sent_to(app, GRANTED, OTHER)
    judge_mails(app, bounce(OTHER, to=back(app, mail), **FULL))
    mail = next_mail(app, "10", GRANTED)
    judge_mails(app, bounce(OTHER, to=back(app, mail), **FULL))
    mail = next_mail(app, "11", GRANTED)
    (outcome,) = judge_mails(app, bounce(GRANTED, to=back(app, mail), **FULL))
    assert outcome.consequence is Consequence.COUNTED
    assert suppressed(app) == {}


def test_an_issue_between_that_arrived_is_a_new_beginning(app: App) -> None:
    mails = [sent_to(app, GRANTED)[0]]
    judge_mails(app, bounce(GRANTED, to=back(app, mails[0]), **FULL))
    for label, bounced in (("10", True), ("11", False), ("12", True), ("13", True)):
        mail = next_mail(app, label, GRANTED)
        if bounced:
            judge_mails(app, bounce(GRANTED, to=back(app, mail), **FULL))
    assert suppressed(app) == {}


def test_what_may_arrive_yet_suppresses_nobody_whatever_is_said(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    words = "550 5.1.1 User unknown"
    late = bounce(GRANTED, to=back(app, mail), status="5.1.1", action="delayed", words=words)
    (outcome,) = judge_mails(app, late)
    assert (outcome.kind, outcome.consequence) == (Returned.DELAYED, Consequence.NONE)
    assert suppressed(app) == {}


def test_what_follows_from_two_reports_on_a_mail_follows_once(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    first, second = (
        bounce(GRANTED, to=back(app, mail), words=f"550 5.1.1 User unknown ({number})")
        for number in (1, 2)
    )
    outcomes = judge_mails(app, first, second)
    assert [one.consequence for one in outcomes] == [Consequence.SUPPRESSED, Consequence.NONE]


def test_who_complains_after_he_has_left_is_not_written_to_again(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    with app.transaction() as session:
        events.leave(
            session, mail.subscriber_id, None, channel="web", wording="退订", at=clock.now()
        )
    (outcome,) = judge_mails(app, complaint(app.addresses.message_id(mail.delivery_id)))
    assert outcome.consequence is Consequence.LEFT
    assert mail.address_hash in suppressed(app)


def test_a_lane_that_gave_up_on_a_mail_for_our_name_is_stopped(app: App) -> None:
    """A relay tried in vain for days what was refused for the time being."""
    (mail,) = sent_to(app, ON_QQ)
    words = f"451 4.7.1 <{ON_QQ}>: Message rejected: poor sender reputation"
    (outcome,) = judge_mails(app, bounce(ON_QQ, to=back(app, mail), status="4.7.1", words=words))
    assert (outcome.meaning, outcome.consequence) == (Meaning.REPUTATION, Consequence.STOPPED)
    (alert,) = alerts(app)
    assert "@" not in lanes(app)["qq"].words + "".join(alert.lines)


# -- whose it is ---------------------------------------------------------------------------------


def test_a_report_on_many_is_read_for_our_reader(app: App) -> None:
    """Of two recipients the dead one is not ours: our reader's mailbox is only full."""
    mail, other = sent_to(app, GRANTED, OTHER)
    fields = (
        "Reporting-MTA: dns; mx.fenhe.example\n\n"
        f"Final-Recipient: rfc822; {OTHER}\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{OTHER}>: User unknown\n\n"
        f"Final-Recipient: rfc822; {GRANTED}\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox full\n"
    )
    plain = bounce("", to=back(app, mail)).replace(b"\r\n", b"\n").decode()
    start_of, _, rest = plain.partition("Reporting-MTA")
    raw = start_of + fields + "\n--" + rest.partition("\n--")[2]
    (outcome,) = judge_mails(app, raw.encode())
    assert outcome.meaning is Meaning.MAILBOX_FULL
    assert outcome.consequence is Consequence.COUNTED
    assert suppressed(app) == {}
    assert other.address_hash not in suppressed(app)


def test_the_unsubscribe_link_in_the_returned_part_names_the_delivery(app: App) -> None:
    mail, _ = sent_to(app, GRANTED, OTHER)
    link = app.addresses.unsubscribe(mail.delivery_id)
    raw = bounce(GRANTED).replace(
        b"Subject: x", f"List-Unsubscribe: <{link}>\r\nSubject: x".encode()
    )
    (outcome,) = judge_mails(app, raw)
    assert (outcome.found_by, outcome.delivery_id) == (FoundBy.UNSUBSCRIBE_LINK, mail.delivery_id)
    assert outcome.suppressed


def test_somebody_elses_unsubscribe_link_suppresses_nobody(app: App) -> None:
    mail, other = sent_to(app, GRANTED, OTHER)
    link = app.addresses.unsubscribe(other.delivery_id)
    raw = bounce(GRANTED).replace(
        b"Subject: x", f"List-Unsubscribe: <{link}>\r\nSubject: x".encode()
    )
    (outcome,) = judge_mails(app, raw)
    assert outcome.delivery_id == other.delivery_id
    assert suppressed(app) == {}
    assert mail.address_hash not in suppressed(app)


# -- letters -------------------------------------------------------------------------------------


def welcomed(app: App, email: str) -> Letter:
    """A reader to whom a single mail has gone."""
    make_reader(app, email)
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        delivery.welcome(session, app.stationery, row, by="test", at=clock.now())
    (letter_row,) = [one for one in letters(app, LetterPurpose.WELCOME) if one.recipient == email]
    with app.transaction() as session:
        session.get_one(Letter, letter_row.id).state = LetterState.SENT
    return letter_row


def test_a_letter_that_bounces_is_found_and_its_dead_address_suppressed(app: App) -> None:
    one = welcomed(app, GRANTED)
    raw = bounce(GRANTED, to=app.addresses.letter_return_path(one.id))
    (outcome,) = judge_mails(app, raw)
    assert (outcome.letter_id, outcome.delivery_id) == (one.id, None)
    assert outcome.recipient == GRANTED
    assert outcome.suppressed
    (after,) = letters(app, LetterPurpose.WELCOME)
    assert after.state is LetterState.FAILED
    assert after.reply.startswith("550 5.1.1")
    assert returned(app)[0].letter_id == one.id


def test_a_letter_to_an_address_that_was_changed_since_suppresses_nobody(app: App) -> None:
    one = welcomed(app, GRANTED)
    with app.transaction() as session:
        row = audience.find_subscriber(session, GRANTED)
        new = audience.ContactChanges(address=audience.read_address("new@fenhe.example"))
        audience.change_contact(session, row, new, app.keyring.address_hash)
    (outcome,) = judge_mails(app, bounce(GRANTED, to=app.addresses.letter_return_path(one.id)))
    assert outcome.letter_id == one.id
    assert suppressed(app) == {}


def test_a_letter_that_is_to_go_out_again_waits_all_the_same(app: App) -> None:
    one = welcomed(app, GRANTED)
    with app.transaction() as session:
        session.get_one(Letter, one.id).state = LetterState.WAITING
    judge_mails(app, bounce(GRANTED, to=app.addresses.letter_return_path(one.id), **FULL))
    assert letters(app, LetterPurpose.WELCOME)[0].state is LetterState.WAITING


def test_a_letter_for_a_full_mailbox_buries_nobody(app: App) -> None:
    one = welcomed(app, GRANTED)
    (outcome,) = judge_mails(
        app, bounce(GRANTED, to=app.addresses.letter_return_path(one.id), **FULL)
    )
    assert outcome.consequence is Consequence.NONE
    assert letters(app, LetterPurpose.WELCOME)[0].state is LetterState.FAILED
    assert suppressed(app) == {}


def test_a_letter_that_is_only_late_stays_what_it_is(app: App) -> None:
    one = welcomed(app, GRANTED)
    raw = bounce(GRANTED, to=app.addresses.letter_return_path(one.id), action="delayed")
    (outcome,) = judge_mails(app, raw)
    assert (outcome.kind, outcome.letter_id) == (Returned.DELAYED, one.id)
    assert letters(app, LetterPurpose.WELCOME)[0].state is LetterState.SENT
    assert suppressed(app) == {}


def test_a_complaint_about_a_letter_is_a_complaint(app: App) -> None:
    one = welcomed(app, GRANTED)
    (outcome,) = judge_mails(app, complaint(app.addresses.letter_id(one.id)))
    assert outcome.left
    assert len(departures(app)) == len(suppressed(app)) == 1


def test_the_token_of_a_letter_is_no_deliverys(app: App) -> None:
    mail = sent_to(app, OTHER)[0]
    one = welcomed(app, GRANTED)
    token = app.addresses.letter_return_path(one.id).removeprefix("l-")
    (outcome,) = judge_mails(app, bounce(OTHER, to=f"b-{token}"))
    assert (outcome.delivery_id, outcome.letter_id) == (None, None)
    assert mail.address_hash not in suppressed(app)


# -- people who write ----------------------------------------------------------------------------


def answer(app: App, mail: Sent, text: str = "请问如何投稿？", **headers: str) -> bytes:
    """A reader answers his digest."""
    answered = {"In_Reply_To": app.addresses.message_id(mail.delivery_id), **headers}
    return letter("digest@magazine.example", "回复：第 9 期", text, **answered)


def test_a_readers_answer_is_passed_on_to_every_editor_once(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = answer(app, mail)
    (outcome,) = judge_at(app, raw)
    assert (outcome.kind, outcome.consequence) == (Returned.OTHER, Consequence.FORWARDED)
    assert judge_at(app, raw) == []

    passed = letters(app, LetterPurpose.FORWARDED)
    assert [one.recipient for one in passed] == list(EDITORS)
    for one in passed:
        assert one.subject == "读者来信：回复：第 9 期"
        assert "请问如何投稿？" in one.text
        assert "reader@fenhe.example" in one.text
        assert one.reply_to == "reader@fenhe.example"
        assert one.subscriber_id == mail.subscriber_id
    assert (departures(app), suppressed(app)) == ([], {})


def test_what_is_passed_on_can_be_answered(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    judge_at(app, answer(app, mail))
    one = letters(app, LetterPurpose.FORWARDED)[0]
    message = delivery.message_of(one, app.office, at=clock.now()).decode()
    assert "Reply-To: <reader@fenhe.example>" in message


def test_who_asks_to_leave_in_an_answer_is_shown_to_the_editors(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    answered = app.addresses.message_id(mail.delivery_id)
    raw = letter("digest@magazine.example", "退订", In_Reply_To=answered)
    (outcome,) = judge_at(app, raw)
    assert (outcome.kind, outcome.consequence) == (Returned.LEAVE, Consequence.FORWARDED)
    one = letters(app, LetterPurpose.FORWARDED)[0]
    assert one.subject == "读者来信：退订"
    assert f"distribution subscriber unsubscribe {GRANTED}" in one.text
    assert departures(app) == []


def test_an_answer_from_another_address_is_marked(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    from_elsewhere = answer(app, mail)
    judge_at(app, from_elsewhere.replace(b"reader@fenhe.example", GRANTED.encode()), from_elsewhere)
    first, second = letters(app, LetterPurpose.FORWARDED)[:: len(EDITORS)]
    assert "请先核实" not in first.text
    assert "与我们所寄的不同：请先核实是否本人" in second.text


def test_what_comes_back_from_an_editor_is_not_the_readers(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    judge_at(app, answer(app, mail))
    one = letters(app, LetterPurpose.FORWARDED)[0]
    back_from_editor = app.addresses.letter_return_path(one.id)
    outcomes = judge_at(
        app,
        bounce(EDITORS[0], to=back_from_editor),
        bounce(GRANTED, to=back_from_editor),
        complaint(app.addresses.letter_id(one.id)),
        letter(back_from_editor, "退订"),
        letter(back_from_editor, "回复", "好的"),
    )
    assert {outcome.consequence for outcome in outcomes} == {Consequence.NONE}
    assert (departures(app), suppressed(app)) == ([], {})


def test_signs_that_are_no_text_are_left_out(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    written = "甲\x00\x1b[31m乙\x9b\n丙\u3000丁"
    raw = answer(app, mail, written).replace(b"Subject: ", b"Subject: \x00\r\x1b")
    (outcome,) = judge_at(app, raw)
    assert outcome.consequence is Consequence.FORWARDED
    one = letters(app, LetterPurpose.FORWARDED)[0]
    assert "甲[31m乙\n丙\u3000丁" in one.text
    assert one.subject.startswith("读者来信：")
    assert one.subject.isprintable()
    assert delivery.message_of(one, app.office, at=clock.now())


@pytest.mark.parametrize(
    "writer",
    ["nobody", "a@b@c.example", "x@fenhe.example\r\nBcc: y@z.example", "读者@fenhe.example"],
)
def test_an_address_that_is_none_becomes_no_header(app: App, writer: str) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = answer(app, mail).replace(b"From: reader@fenhe.example", f"From: {writer}".encode())
    judge_at(app, raw)
    for one in letters(app, LetterPurpose.FORWARDED):
        assert one.reply_to is None or one.reply_to.endswith("@fenhe.example")
        message = delivery.message_of(one, app.office, at=clock.now())
        assert b"\nBcc:" not in message.partition(b"\r\n\r\n")[0]


def test_who_has_left_is_heard_all_the_same(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    with app.transaction() as session:
        events.leave(
            session,
            mail.subscriber_id,
            mail.delivery_id,
            channel="web",
            wording="退订",
            at=clock.now(),
        )
    judge_at(app, answer(app, mail))
    with app.reading() as session:
        ids = [one.id for one in letters(app, LetterPurpose.FORWARDED)]
        assert [letter_barred(session, one, app.keyring.address_hash) for one in ids] == ["", ""]


def test_strangers_are_not_passed_on(app: App) -> None:
    sent_to(app, GRANTED)
    raw = letter("digest@magazine.example", "发票代开", "联系我")
    (outcome,) = judge_at(app, raw)
    assert outcome.consequence is Consequence.NONE
    assert letters(app, LetterPurpose.FORWARDED) == []


def test_machines_and_bounces_are_not_passed_on(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    judge_at(app, answer(app, mail, Auto_Submitted="auto-replied"), bounce(GRANTED, **FULL))
    assert letters(app, LetterPurpose.FORWARDED) == []


def test_nobody_to_pass_it_on_to(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    (outcome,) = judge_at(app, answer(app, mail), editors=())
    assert outcome.consequence is Consequence.NONE


def test_a_flood_of_answers_ends(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    judge_at(app, *(answer(app, mail, f"第 {number} 次") for number in range(15)))
    assert len(letters(app, LetterPurpose.FORWARDED)) == 10
    with app.transaction() as session:
        session.execute(update(Letter).values(created_at=clock.now() - timedelta(days=2)))
    (outcome,) = judge_at(app, answer(app, mail, "又过了两天"))
    assert outcome.consequence is Consequence.FORWARDED


# -- people who have left their employer ---------------------------------------------------------


def test_an_automatic_answer_that_he_has_left_is_shown_to_the_admin_once(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = letter(
        back(app, mail),
        "自动回复",
        "您好，王某已从本公司离职，请联系他人。",
        Auto_Submitted="auto-replied",
    )
    (first,) = judge_mails(app, raw)
    (second,) = judge_mails(app, raw + b"\n.")
    assert (first.consequence, second.consequence) == (Consequence.SHOWN, Consequence.NONE)
    (alert,) = alerts(app)
    assert "离任" in alert.title
    assert f"bounce show {first.inbox_id}" in "".join(alert.lines)
    assert GRANTED not in "".join([alert.title, alert.advice, *alert.lines])
    assert (suppressed(app), departures(app)) == ({}, [])


def test_a_holiday_is_nobodys_business(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = letter(
        back(app, mail), "自动回复", "本人休假至 10 月 8 日。", Auto_Submitted="auto-replied"
    )
    (outcome,) = judge_mails(app, raw)
    assert outcome.consequence is Consequence.NONE
    assert alerts(app) == []


# -- what a provider says -------------------------------------------------------------------------


def notified(app: App, source: str, raw: bytes) -> Outcome:
    """A provider's notice, whose signature was checked, has come and is judged."""
    with app.transaction() as session:
        inbox_id, new = events.receive_notice(session, source, "event-1", raw, clock.now())
        assert new
    with app.transaction() as session:
        (outcome,) = events.judge_mails(session, [inbox_id], app.desk, clock.now())
    return outcome


def ses_complaint(reader: str) -> bytes:
    """Amazon SES tells of a complaint, without any trace of our mail but the reader."""
    told = {
        "notificationType": "Complaint",
        "complaint": {"complainedRecipients": [{"emailAddress": reader}]},
        "mail": {"destination": [reader], "source": "bounces@journal.test", "messageId": "x"},
    }
    return json.dumps(told).encode()


def test_a_providers_own_word_for_the_reader_is_enough(app: App) -> None:
    mail, _ = sent_to(app, GRANTED, OTHER)
    outcome = notified(app, "sns", ses_complaint(GRANTED))
    assert (outcome.kind, outcome.found_by) == (Returned.COMPLAINT, FoundBy.RECIPIENT)
    assert outcome.left
    assert departures(app) == [(mail.subscriber_id, "complaint", mail.delivery_id)]
    assert list(suppressed(app)) == [mail.address_hash]


def test_a_provider_knows_nothing_of_those_we_never_wrote_to(app: App) -> None:
    make_reader(app, OTHER)
    outcome = notified(app, "sns", ses_complaint(OTHER))
    assert outcome.delivery_id is None
    assert (departures(app), suppressed(app)) == ([], {})


def test_a_notice_of_an_unknown_source_is_kept_and_changes_nothing(app: App) -> None:
    sent_to(app, GRANTED)
    outcome = notified(app, "somebody", ses_complaint(GRANTED))
    assert outcome.kind is Returned.UNREADABLE
    assert (departures(app), suppressed(app)) == ([], {})


def test_a_report_that_is_no_complaint_is_nobodys_letter(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = complaint(app.addresses.message_id(mail.delivery_id)).replace(b"abuse", b"not-spam")
    (outcome,) = judge_at(app, raw)
    assert outcome.consequence is Consequence.NONE
    assert letters(app, LetterPurpose.FORWARDED) == []
