"""Double opt-in: few letters, to those only who are to be asked, and one yes that counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from fake_transport import FakeTransport
from letter_readers import READER, ask, letter, pending, post, say_yes, welcome, written
from runs import add_reader, sample_issue
from sqlalchemy import select

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import Statement
from distribution.delivery import NotToConfirm, Standing
from distribution.models import ConsentEvent, Letter, Subscriber
from distribution.words import (
    Cause,
    Decision,
    LetterPurpose,
    LetterState,
    MailFormat,
    SuppressionReason,
)

A_DAY = timedelta(hours=24)
CONFIRMATION, WELCOME = LetterPurpose.CONFIRMATION, LetterPurpose.WELCOME


def say(app: App, reader: int, decision: Decision, *, after: timedelta = timedelta(0)) -> None:
    with app.transaction() as session:
        said = Statement(decision, "来电", channel="cli")
        at = clock.now() + after
        assert audience.record_consent(session, reader, said, by="test", at=at)


def consents(app: App, reader: int) -> list[ConsentEvent]:
    with app.reading() as session:
        query = select(ConsentEvent).where(ConsentEvent.subscriber_id == reader)
        found = list(session.scalars(query.order_by(ConsentEvent.id)))
        session.expunge_all()
    return found


def barrier(app: App, reader: int) -> Cause | None:
    with app.reading() as session:
        return audience.reader(session, reader).barrier


# -- asking --------------------------------------------------------------------------------------


def test_the_letter_says_who_asks_what_for_and_until_when_and_nothing_of_a_stranger(
    app: App,
) -> None:
    sample_issue(app)
    number = ask(app, pending(app, watch_words=("速来 evil.example",)))

    with app.reading() as session:
        sent = letter(session, number)
        until = clock.for_people(sent.created_at + delivery.VALID)[:10]
        year, month, day = map(int, until.split("-"))
        for part in (sent.text, sent.html):
            assert app.addresses.confirm(number) in part
            assert "三晋装备通讯" in part
            assert "三晋装备产业联合会" in part
            assert f"有效期 30 天，至 {year}年{month}月{day}日" in part.replace("\n", "")
            assert "您不确认，就不会收到期刊邮件" in part.replace("\n", "")
            assert "安然" not in part
            assert "evil" not in part
        assert (sent.recipient, sent.subject) == (
            READER,
            "请确认是否订阅《三晋装备通讯》摘要邮件",
        )


def test_before_the_first_issue_the_sender_speaks_for_himself(app: App) -> None:
    number = ask(app, pending(app))

    with app.reading() as session:
        text = letter(session, number).text
    assert "《编辑部》" in text
    assert f"邮箱：{app.settings.sender_address}" in text


def test_who_wants_text_only_gets_text_only(app: App) -> None:
    reader = pending(app)
    with app.transaction() as session:
        wish = audience.Wishes(format=MailFormat.TEXT)
        audience.set_interests(session, session.get_one(Subscriber, reader), wish, by="reader")

    number = ask(app, reader)

    with app.reading() as session:
        assert letter(session, number).html == ""


def test_one_letter_a_day_and_three_ever(app: App) -> None:
    reader, at = pending(app), clock.now()
    ask(app, reader, at)
    with pytest.raises(NotToConfirm, match="24 小时内不再写"):
        ask(app, reader, at + A_DAY - timedelta(seconds=1))
    ask(app, reader, at + A_DAY)
    with pytest.raises(NotToConfirm, match="24 小时内不再写"):  # it counts from the last one
        ask(app, reader, at + A_DAY + timedelta(hours=1))
    ask(app, reader, at + 2 * A_DAY)

    with pytest.raises(NotToConfirm, match="已写过 3 封"):
        ask(app, reader, at + 300 * A_DAY)

    assert len(written(app, CONFIRMATION)) == 3


def test_two_who_ask_at_once_write_one_letter(app: App) -> None:
    reader = pending(app)

    def try_to() -> bool:
        try:
            ask(app, reader)
        except NotToConfirm:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(try_to) for _ in range(4)]
        assert sorted(one.result() for one in done) == [False, False, False, True]
    assert len(written(app, CONFIRMATION)) == 1


def test_who_is_not_to_be_asked_is_refused_with_a_reason(app: App) -> None:
    at, hasher = clock.now(), app.keyring.address_hash
    with app.transaction() as session:
        agreed = add_reader(session, app, "agreed@fenhe.example", at).id
        nothing = add_reader(session, app, "nothing@fenhe.example", at, consent="").id
    left = pending(app, "left@fenhe.example")
    say(app, left, Decision.WITHDRAWN)
    barred, gone = pending(app, "barred@fenhe.example"), pending(app, "gone@fenhe.example")
    with app.transaction() as session:
        why = SuppressionReason.HARD_BOUNCE
        key = hasher("barred@fenhe.example")
        audience.suppress(session, key, why, evidence="550", at=at)
        audience.depart(session, session.get_one(Subscriber, gone), at=at)

    for reader, reason in (
        (agreed, "已经同意接收"),
        (nothing, "--request"),
        (left, "已经退订"),
        (barred, "已抑制"),
        (gone, "已离任"),
    ):
        with pytest.raises(NotToConfirm, match=reason):
            ask(app, reader)
    assert written(app, CONFIRMATION) == []


# -- posting -------------------------------------------------------------------------------------


def test_a_request_goes_to_who_has_not_answered_yet(app: App) -> None:
    number, relay = ask(app, pending(app)), FakeTransport()

    assert post(app, relay) == {LetterState.SENT: 1}

    assert relay.recipients == {READER: 1}
    assert b"List-Unsubscribe" not in relay.bodies[0]
    with app.reading() as session:
        assert letter(session, number).state is LetterState.SENT


@pytest.mark.parametrize(
    ("decision", "reason"),
    [(Decision.GRANTED, "已经同意，不必再确认"), (Decision.WITHDRAWN, "已退订")],
)
def test_who_answered_meanwhile_is_not_asked_any_more(
    app: App, decision: Decision, reason: str
) -> None:
    reader = pending(app)
    number, relay = ask(app, reader), FakeTransport()
    say(app, reader, decision)

    assert post(app, relay) == {LetterState.CANCELLED: 1}

    assert (relay.recipients, relay.abandoned) == ({}, [READER])
    with app.reading() as session:
        sent = letter(session, number)
        assert (sent.state, sent.reply) == (LetterState.CANCELLED, reason)
        assert (sent.attempts, sent.handed_at) == (0, None)


def test_who_leaves_while_the_relay_answers_gets_no_welcome(app: App) -> None:
    with app.transaction() as session:
        reader = add_reader(session, app, READER, clock.now()).id
    welcome(app, reader)
    relay = FakeTransport(at_begin=lambda _envelope: say(app, reader, Decision.WITHDRAWN))

    assert post(app, relay) == {LetterState.CANCELLED: 1}
    assert relay.recipients == {}


def test_a_letter_to_an_address_he_no_longer_has_is_not_sent(app: App) -> None:
    reader = pending(app)
    ask(app, reader)
    move(app, reader)

    relay = FakeTransport()
    assert post(app, relay) == {LetterState.CANCELLED: 1}
    assert written(app, CONFIRMATION)[0].reply == "邮箱已改"


def move(app: App, reader: int) -> None:
    with app.transaction() as session:
        new = audience.ContactChanges(address=audience.read_address("new@fenhe.example"))
        row = session.get_one(Subscriber, reader)
        audience.change_contact(session, row, new, app.keyring.address_hash)


# -- the reader's yes ----------------------------------------------------------------------------


def test_a_yes_is_his_consent_and_brings_his_welcome(app: App) -> None:
    reader = pending(app)
    number = ask(app, reader)

    assert say_yes(app, number) == (Standing.DONE, True)

    said = consents(app, reader)[-1]
    assert (said.decision, said.channel, said.by) == (
        Decision.GRANTED,
        f"letter-{number}",
        "reader",
    )
    assert (said.wording, said.wording_version) == (delivery.CONSENT_WORDING, "digest-granted-1")
    assert barrier(app, reader) is None
    assert [one.recipient for one in written(app, WELCOME)] == [READER]


def test_a_second_yes_changes_nothing(app: App) -> None:
    reader = pending(app)
    number = ask(app, reader)
    say_yes(app, number)

    assert say_yes(app, number) == (Standing.DONE, False)

    assert [one.decision for one in consents(app, reader)] == [
        Decision.REQUESTED,
        Decision.GRANTED,
    ]
    assert len(written(app, WELCOME)) == 1


def test_many_clicks_at_once_are_one_yes(app: App) -> None:
    reader = pending(app)
    number = ask(app, reader)

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(say_yes, app, number) for _ in range(4)]
        assert sorted(now for _, now in (one.result() for one in done)) == [
            False,
            False,
            False,
            True,
        ]

    assert len(consents(app, reader)) == 2
    assert len(written(app, WELCOME)) == 1


def test_a_link_is_good_for_thirty_days(app: App) -> None:
    reader, at = pending(app), clock.now()
    number = ask(app, reader, at)

    assert say_yes(app, number, at + timedelta(days=30)) == (Standing.EXPIRED, False)
    assert barrier(app, reader) is Cause.PENDING
    last = at + timedelta(days=30) - timedelta(seconds=1)
    assert say_yes(app, number, last) == (Standing.DONE, True)


def test_an_old_link_does_not_bring_back_who_has_left(app: App) -> None:
    reader = pending(app)
    number = ask(app, reader)
    say_yes(app, number)
    say(app, reader, Decision.WITHDRAWN)

    assert say_yes(app, number) == (Standing.LEFT, False)
    assert barrier(app, reader) is Cause.LEFT


def test_a_consent_that_was_a_mistake_cannot_be_given_by_the_same_link_again(app: App) -> None:
    reader = pending(app)
    number = ask(app, reader)
    say_yes(app, number)
    say(app, reader, Decision.VOIDED, after=timedelta(seconds=1))

    assert say_yes(app, number) == (Standing.VOID, False)
    assert barrier(app, reader) is Cause.PENDING


def test_a_link_sent_to_a_former_address_agrees_to_nothing_for_the_new_one(app: App) -> None:
    reader = pending(app)
    number = ask(app, reader)
    move(app, reader)

    assert say_yes(app, number) == (Standing.VOID, False)
    assert barrier(app, reader) is Cause.PENDING


def test_a_broken_template_of_the_office_costs_nobody_his_consent(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    reader = pending(app)
    number = ask(app, reader)
    folder = Path(app.settings.home) / "email_templates" / "welcome"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ nobody_knows_this }}", encoding="utf-8")

    assert say_yes(app, number) == (Standing.DONE, True)

    assert barrier(app, reader) is None
    assert written(app, WELCOME) == []
    assert f"no welcome after letter {number}" in caplog.text
    assert READER not in caplog.text


# -- the welcome ---------------------------------------------------------------------------------


def test_the_welcome_says_what_comes_and_why_and_how_to_leave(app: App) -> None:
    with app.transaction() as session:
        mine = {"topics": ("quality", "policy"), "watch_words": ("液压",)}
        reader = add_reader(session, app, READER, clock.now(), **mine).id
    number, relay = welcome(app, reader), FakeTransport()

    assert post(app, relay) == {LetterState.SENT: 1}

    with app.reading() as session:
        sent = letter(session, number)
    for part in (sent.text, sent.html):
        assert "这些是您自己选择的主题" in part
        assert "主题：质量管理、政策措施" in part
        assert "关注词：液压" in part
        assert app.addresses.letter_preferences(number) in part
        assert app.addresses.letter_unsubscribe(number) in part
    head = relay.bodies[0].decode().partition("\r\n\r\n")[0]
    assert f"List-Unsubscribe: <{app.addresses.letter_unsubscribe(number)}>\r\n" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head


def test_each_is_welcomed_once_and_only_who_may_be_mailed(app: App) -> None:
    with app.transaction() as session:
        reader = add_reader(session, app, READER, clock.now()).id
    welcome(app, reader)
    with pytest.raises(delivery.NotToWelcome, match="已经收过"):
        welcome(app, reader)
    with pytest.raises(delivery.NotToWelcome, match="待本人确认"):
        welcome(app, pending(app, "bo@fenhe.example"))
    assert len(written(app, WELCOME)) == 1


def test_a_letter_that_cannot_be_made_does_not_keep_the_others_waiting(app: App) -> None:
    first = ask(app, pending(app))
    ask(app, pending(app, "bo@fenhe.example"))
    with app.transaction() as session:
        session.get_one(Letter, first).recipient = "a@b@c"

    relay = FakeTransport()
    assert post(app, relay) == {LetterState.FAILED: 1, LetterState.SENT: 1}
    assert relay.recipients == {"bo@fenhe.example": 1}
