"""Mails that came back: which delivery each speaks of, and what follows for its reader."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from databases import inbox, returned
from event_samples import (
    GRANTED,
    UNKNOWN,
    arrive,
    audits,
    departures,
    judge_mails,
    letter,
    mails_of,
    make_reader,
    plan,
    put_in_doubt,
    sent_to,
    state_of,
    strangers,
    suppressed,
)
from returned_mails import bounce, complaint
from runs import make_issue

from distribution import clock, events
from distribution.app import App
from distribution.delivery import Sent
from distribution.words import Consequence, DeliveryState, FoundBy, Returned

OTHER = "other@fenhe.example"


def back(app: App, mail: Sent) -> str:
    return app.addresses.return_path(mail.delivery_id)


# -- bounces -------------------------------------------------------------------------------------


def test_a_mailbox_that_does_not_exist_is_not_written_to_again(app: App) -> None:
    mail, _other = sent_to(app, GRANTED, OTHER)
    (outcome,) = judge_mails(app, bounce(mail.recipient, to=back(app, mail)))
    assert outcome.kind is Returned.BOUNCE
    assert outcome.found_by is FoundBy.RETURN_PATH
    assert (outcome.delivery_id, outcome.recipient) == (mail.delivery_id, mail.recipient)
    assert outcome.status == "5.1.1"
    assert outcome.suppressed
    assert not outcome.left
    (evidence,) = [suppressed(app)[mail.address_hash]]
    assert list(suppressed(app)) == [mail.address_hash]
    assert evidence.startswith("550 5.1.1 ")
    assert "as the mail system says" in evidence
    assert str(outcome.inbox_id) in evidence
    assert "@" not in evidence


def test_the_words_of_the_mail_system_are_kept(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    (outcome,) = judge_mails(app, bounce(mail.recipient, to=back(app, mail)))
    (row,) = returned(app)
    (kept,) = inbox(app)
    assert row.inbox_id == kept.id == outcome.inbox_id
    assert row.kind is Returned.BOUNCE
    assert row.delivery_id == mail.delivery_id
    assert row.found_by is FoundBy.RETURN_PATH
    assert row.consequence is Consequence.SUPPRESSED
    assert row.status == "5.1.1"
    assert "as the mail system says" in row.diagnostic
    assert row.at == kept.at
    assert kept.judged_at is not None
    assert kept.raw is not None


def test_a_relay_may_shout_the_return_path(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    (outcome,) = judge_mails(app, bounce(mail.recipient.upper(), to=back(app, mail).upper()))
    assert outcome.found_by is FoundBy.RETURN_PATH
    assert outcome.suppressed


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("5.2.2", "failed"),
        ("5.7.1", "failed"),
        ("4.4.7", "failed"),
        ("4.1.1", "delayed"),
        ("5.1.1", "delayed"),
        ("5.2.1", "failed"),
        ("2.0.0", "delivered"),
    ],
)
def test_any_other_bounce_is_only_recorded(app: App, status: str, action: str) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = bounce(mail.recipient, to=back(app, mail), status=status, action=action)
    (outcome,) = judge_mails(app, raw)
    assert outcome.delivery_id == mail.delivery_id
    assert not outcome.suppressed
    assert suppressed(app) == {}
    assert len(returned(app)) == 1


@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.1.2"])
def test_an_address_or_a_domain_that_is_not_there_is_suppressed(app: App, status: str) -> None:
    (mail,) = sent_to(app, GRANTED)
    (outcome,) = judge_mails(app, bounce(mail.recipient, to=back(app, mail), status=status))
    assert outcome.suppressed
    assert len(suppressed(app)) == 1


@pytest.mark.parametrize("about", ["somebody-else@fenhe.example", OTHER, "", "no address"])
def test_a_bounce_that_does_not_name_the_reader_suppresses_nobody(app: App, about: str) -> None:
    mail, _other = sent_to(app, GRANTED, OTHER)
    (outcome,) = judge_mails(app, bounce(about, to=back(app, mail)))
    assert not outcome.suppressed
    assert suppressed(app) == {}


def test_a_forged_bounce_finds_nothing(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    foreign = strangers(app)
    (by_path, by_id, unknown) = judge_mails(
        app,
        bounce(mail.recipient, to=foreign.return_path(mail.delivery_id)),
        bounce(mail.recipient, message_id=foreign.message_id(mail.delivery_id)),
        bounce(mail.recipient, to=app.addresses.return_path(2**40 - 1)),
    )
    assert {by_path.delivery_id, by_id.delivery_id, unknown.delivery_id} == {None}
    assert by_path.kind is by_id.kind is unknown.kind is Returned.BOUNCE
    assert suppressed(app) == {}
    assert [row.delivery_id for row in returned(app)] == [None] * 3


def test_a_bounce_without_our_return_path_is_found_by_its_message_id(app: App) -> None:
    mail, _other = sent_to(app, GRANTED, OTHER)
    message_id = app.addresses.message_id(mail.delivery_id)
    (outcome,) = judge_mails(app, bounce(mail.recipient, message_id=message_id))
    assert (outcome.found_by, outcome.delivery_id) == (FoundBy.MESSAGE_ID, mail.delivery_id)
    assert outcome.suppressed


def test_a_bounce_without_any_token_is_found_by_its_recipient(app: App) -> None:
    mail, _other = sent_to(app, GRANTED, OTHER)
    (outcome,) = judge_mails(app, bounce(mail.recipient))
    assert (outcome.found_by, outcome.delivery_id) == (FoundBy.RECIPIENT, mail.delivery_id)
    assert outcome.suppressed


def test_a_recipient_tells_nothing_long_after_his_mail(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    much_later = clock.now() + timedelta(days=11)
    with app.transaction() as session:
        inbox_id, _new = events.receive_mail(session, bounce(mail.recipient), much_later)
        (outcome,) = events.judge_mails(session, [inbox_id], app.desk, much_later)
    assert outcome.delivery_id is None
    assert suppressed(app) == {}


def test_a_bounce_proves_that_a_doubtful_mail_was_taken(app: App) -> None:
    mail, other = sent_to(app, GRANTED, OTHER)
    put_in_doubt(app, mail)
    put_in_doubt(app, other)
    judge_mails(app, bounce(mail.recipient, to=back(app, mail), status="4.2.2", action="delayed"))
    assert state_of(app, mail) is DeliveryState.ACCEPTED
    assert state_of(app, other) is DeliveryState.IN_DOUBT


# -- complaints and letters ----------------------------------------------------------------------


def test_who_complains_leaves(app: App) -> None:
    mail, _other = sent_to(app, GRANTED, OTHER)
    message_id = app.addresses.message_id(mail.delivery_id)
    (outcome,) = judge_mails(app, complaint(message_id))
    assert (outcome.kind, outcome.found_by) == (Returned.COMPLAINT, FoundBy.MESSAGE_ID)
    assert outcome.left
    assert departures(app) == [(mail.subscriber_id, "complaint", mail.delivery_id)]
    assert list(suppressed(app)) == [mail.address_hash]
    assert audits(app, "reader.leave") == 1


def test_a_complaint_without_any_token_may_be_anybodys(app: App) -> None:
    mail, _other = sent_to(app, GRANTED, OTHER)
    (outcome,) = judge_mails(app, complaint(about=mail.recipient))
    assert outcome.found_by is FoundBy.RECIPIENT
    assert not outcome.left
    assert (departures(app), suppressed(app)) == ([], {})


def test_a_complaint_about_one_reader_with_the_token_of_another_is_nobodys(app: App) -> None:
    mail, other = sent_to(app, GRANTED, OTHER)
    message_id = app.addresses.message_id(mail.delivery_id)
    (outcome,) = judge_mails(app, complaint(message_id, about=other.recipient))
    assert not outcome.left
    assert (departures(app), suppressed(app)) == ([], {})


def test_a_mail_to_the_unsubscribe_address_is_enough_to_leave(app: App) -> None:
    mail, _other = sent_to(app, GRANTED, OTHER)
    (outcome,) = judge_mails(app, letter(back(app, mail), "unsubscribe"))
    assert (outcome.kind, outcome.found_by) == (Returned.LEAVE, FoundBy.RETURN_PATH)
    assert outcome.left
    assert departures(app) == [(mail.subscriber_id, "mail", mail.delivery_id)]


def test_who_asks_to_leave_somewhere_else_is_only_recorded(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    answered = app.addresses.message_id(mail.delivery_id)
    raw = letter("digest@magazine.example", "unsubscribe", In_Reply_To=answered)
    (outcome,) = judge_mails(app, raw)
    assert not outcome.left
    assert departures(app) == []
    assert len(returned(app)) == 1


@pytest.mark.parametrize(
    ("subject", "headers", "kind"),
    [
        ("自动回复：本人休假", {"Auto_Submitted": "auto-replied"}, Returned.AUTO_REPLY),
        ("请问如何投稿", {}, Returned.OTHER),
    ],
)
def test_other_letters_are_recorded_and_change_nothing(
    app: App, subject: str, headers: dict[str, str], kind: Returned
) -> None:
    (mail,) = sent_to(app, GRANTED)
    (outcome,) = judge_mails(app, letter(back(app, mail), subject, **headers))
    assert (outcome.kind, outcome.delivery_id) == (kind, mail.delivery_id)
    assert not outcome.left
    assert not outcome.suppressed
    assert (departures(app), suppressed(app)) == ([], {})
    assert [row.kind for row in returned(app)] == [kind]


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\xfe", b"\r\n" * 50, "不是邮件".encode("gbk")])
def test_what_cannot_be_read_is_recorded_too(app: App, raw: bytes) -> None:
    (outcome,) = judge_mails(app, raw)
    assert outcome.delivery_id is None
    assert len(returned(app)) == 1
    assert inbox(app)[0].judged_at is not None


# -- once ----------------------------------------------------------------------------------------


def test_the_same_mail_twice_has_one_outcome(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    raw = bounce(mail.recipient, to=back(app, mail))
    assert len(judge_mails(app, raw, raw)) == 1
    assert judge_mails(app, raw.replace(b"\r\n", b"\n")) == []
    assert len(returned(app)) == len(inbox(app)) == 1


def test_two_mails_about_one_delivery_are_both_recorded(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    first = bounce(mail.recipient, to=back(app, mail))
    second = first.replace(b"Undelivered", b"Undelivered again")
    message_id = app.addresses.message_id(mail.delivery_id)
    outcomes = judge_mails(
        app, first, second, complaint(message_id), complaint(message_id, to="f@a.example")
    )
    assert [outcome.suppressed for outcome in outcomes] == [True, False, False, False]
    assert [outcome.left for outcome in outcomes] == [False, False, True, False]
    assert [row.consequence.value for row in returned(app)] == [
        "suppressed",
        "none",
        "left",
        "none",
    ]
    assert len(departures(app)) == audits(app, "reader.leave") == 1


def test_outcomes_come_in_the_order_of_the_mails(app: App) -> None:
    mail, other = sent_to(app, GRANTED, OTHER)
    raws = [bounce(each.recipient, to=back(app, each)) for each in (other, mail)]
    outcomes = judge_mails(app, *raws, b"unreadable")
    assert [outcome.recipient for outcome in outcomes] == [other.recipient, mail.recipient, ""]


def test_ids_that_name_no_waiting_mail_are_passed_over(app: App) -> None:
    with app.transaction() as session:
        assert events.judge_mails(session, [], app.desk, clock.now()) == []
        assert events.judge_mails(session, [-1, 0, 10**9], app.desk, clock.now()) == []


def test_two_judges_at_once_judge_each_mail_once(app: App) -> None:
    sent = sent_to(app, *(f"r{number}@fenhe.example" for number in range(8)))
    raws = [bounce(mail.recipient, to=back(app, mail)) for mail in sent]
    raws += [complaint(app.addresses.message_id(mail.delivery_id)) for mail in reversed(sent)]
    ids = arrive(app, *raws)
    outcomes: list[events.Outcome] = []
    together = Barrier(2, timeout=20)

    def work(mine: list[int]) -> None:
        together.wait()
        with app.transaction() as session:
            judged = events.judge_mails(session, mine, app.desk, clock.now())
        outcomes.extend(judged)

    threads = [Thread(target=work, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcome.inbox_id for outcome in outcomes) == ids
    assert len(suppressed(app)) == len(departures(app)) == 8


# -- afterwards ----------------------------------------------------------------------------------


def test_the_next_run_leaves_out_exactly_those_who_bounced_or_left(app: App) -> None:
    names = ("gone", "full", "complains", "leaves", "stays", "auto")
    gone, full, complains, leaves, stays, auto = sent_to(
        app, *(f"{name}@fenhe.example" for name in names)
    )
    judge_mails(
        app,
        bounce(gone.recipient, to=back(app, gone)),
        bounce(full.recipient, to=back(app, full), status="5.2.2"),
        complaint(app.addresses.message_id(complains.delivery_id)),
        letter(back(app, leaves), "unsubscribe"),
        letter(back(app, auto), "自动回复", Auto_Submitted="auto-replied"),
        bounce(stays.recipient, to=strangers(app).return_path(stays.delivery_id)),
    )
    next_run = plan(app, make_issue(app, label="10"))
    assert {mail.recipient for mail in mails_of(app, next_run)} == {
        full.recipient,
        stays.recipient,
        auto.recipient,
    }


def test_leaving_twice_is_leaving_once(app: App) -> None:
    mail, _other = sent_to(app, GRANTED, UNKNOWN)
    whose, said = (mail.subscriber_id, mail.delivery_id), {"channel": "web", "wording": "退订"}
    with app.transaction() as session:
        assert events.leave(session, *whose, **said, at=clock.now())
    with app.transaction() as session:
        assert not events.leave(session, *whose, **said, at=clock.now())
    assert departures(app) == [(mail.subscriber_id, "web", mail.delivery_id)]
    assert audits(app, "reader.leave") == 1


def test_an_address_with_chinese_domain_is_recognised_however_it_is_written(app: App) -> None:
    make_reader(app, "wang@例子.中国")
    (other,) = sent_to(app, GRANTED)
    mail = next(each for each in mails_of(app, other.run_id) if each != other)
    assert mail.recipient == "wang@xn--fsqu00a.xn--fiqs8s"
    (outcome,) = judge_mails(app, bounce("Wang@XN--FSQU00A.xn--fiqs8s", to=back(app, mail)))
    assert outcome.suppressed


def test_words_alone_suppress_nobody_where_no_token_says_whose_mail_it_was(app: App) -> None:
    mail = sent_to(app, GRANTED)[0]
    raw = (
        "From: MAILER-DAEMON@mx.example\nTo: bounces@journal.test\nSubject: failure notice\n\n"
        "Hi. This is the qmail-send program at mx.example.\n\n"
        f"<{mail.recipient}>:\nSorry, no mailbox here by that name.\n"
    ).encode()
    (outcome,) = judge_mails(app, raw)
    assert (outcome.kind, outcome.found_by) == (Returned.BOUNCE, FoundBy.RECIPIENT)
    assert not outcome.suppressed
