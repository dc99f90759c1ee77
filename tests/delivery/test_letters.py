"""Single mails: posted once, tried again while the relay says later, in doubt when nobody knows."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy
from threading import Event, Thread

import pytest
from factories import SEPTEMBER
from fake_transport import FakeHandover, FakeTransport, Mishap, Refuse
from runs import add_reader
from sqlalchemy import select, update

from distribution import audience, delivery
from distribution.app import App, open_app
from distribution.db import database_time
from distribution.delivery import Envelope, Evidence, RelayUnavailable, Reply
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState

ADMIN = "admin@federation.example"
ENDING = LetterPurpose.MEMBERSHIP_ENDING


def write(app: App, key: str = "k", recipient: str = ADMIN) -> bool:
    content = ("三家会籍即将到期", "太行重工：2026-12-31\n", "<p>太行重工：2026-12-31</p>")
    with app.transaction() as session:
        return delivery.add_letter(session, key, ENDING, recipient, content, at=SEPTEMBER)


def post(app: App, relay: FakeTransport) -> dict[LetterState, int]:
    return asyncio.run(delivery.post_due(app.transaction, lambda: relay, app.office, at=SEPTEMBER))


def letters(app: App) -> list[Letter]:
    with app.reading() as session:
        rows = list(session.scalars(select(Letter).order_by(Letter.id)))
        session.expunge_all()
    return rows


def due_again(app: App) -> None:
    with app.transaction() as session:
        session.execute(update(Letter).values(next_attempt_at=SEPTEMBER))


def test_a_letter_is_posted_once_however_often_it_is_written(app: App) -> None:
    relay = FakeTransport()
    assert [write(app), write(app)] == [True, False]

    assert post(app, relay) == {LetterState.SENT: 1}
    assert post(app, relay) == {}

    assert relay.recipients == {ADMIN: 1}
    (letter,) = letters(app)
    assert (letter.state, letter.attempts) == (LetterState.SENT, 1)
    mail = message_from_bytes(relay.bodies[0], policy=policy.default)
    assert mail["Subject"] == "三家会籍即将到期"
    assert mail["Message-ID"] == app.addresses.letter_id(letter.id)
    assert app.addresses.sent_as(mail["Message-ID"]) is None  # it is no delivery's
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().split() == ["太行重工：2026-12-31"]


def test_later_is_tried_again_and_no_is_final(app: App) -> None:
    write(app, "later", "later@federation.example")
    write(app, "no", "no@federation.example")
    relay = FakeTransport(
        {
            "later@federation.example": [Refuse(Reply(451, "4.7.1 later"))],
            "no@federation.example": [Refuse(Reply(550, "5.1.1 no such user"))],
        }
    )

    assert post(app, relay) == {LetterState.WAITING: 1, LetterState.FAILED: 1}
    assert post(app, relay) == {}  # its time has not come
    due_again(app)
    assert post(app, relay) == {LetterState.SENT: 1}

    assert [letter.state for letter in letters(app)] == [LetterState.SENT, LetterState.FAILED]
    assert letters(app)[1].reply == "550 5.1.1 no such user"


def test_what_got_lost_is_in_doubt_and_never_sent_again(app: App) -> None:
    write(app)
    relay = FakeTransport({ADMIN: [Mishap.LOST]})

    assert post(app, relay) == {LetterState.IN_DOUBT: 1}
    due_again(app)
    assert post(app, relay) == {}
    assert relay.recipients == {ADMIN: 1}


@pytest.mark.parametrize("tells", [False, True])
def test_after_a_crash_only_what_is_proven_absent_goes_out_again(
    app: App,
    tells: bool,  # noqa: FBT001
) -> None:
    write(app)
    with app.transaction() as session:
        session.execute(
            update(Letter).values(
                state=LetterState.HANDED, handed_at=database_time(-timedelta(days=1))
            )
        )
    relay = FakeTransport(tells=tells)

    post(app, relay)

    expected = LetterState.SENT if tells else LetterState.IN_DOUBT
    assert [letter.state for letter in letters(app)] == [expected]
    assert relay.recipients == ({ADMIN: 1} if tells else {})


def test_two_who_find_the_same_lost_letter_send_one_copy(app: App) -> None:
    write(app)
    with app.transaction() as session:
        session.execute(
            update(Letter).values(
                state=LetterState.HANDED, handed_at=database_time(-timedelta(days=1))
            )
        )
    in_hand, other_is_through = Event(), Event()

    def hold(_envelope: Envelope) -> None:
        in_hand.set()
        other_is_through.wait(10)

    quick = FakeTransport(tells=True, at_finish=hold)
    sends = Thread(target=post, args=(app, quick))

    class Slow(FakeTransport):
        async def evidence(self, message_id: str) -> Evidence:
            found = await super().evidence(message_id)
            sends.start()
            in_hand.wait(10)
            return found

    slow = Slow(tells=True)
    assert post(app, slow) == {}
    other_is_through.set()
    sends.join()

    assert (quick.recipients, slow.recipients) == ({ADMIN: 1}, {})
    assert [letter.state for letter in letters(app)] == [LetterState.SENT]


def test_what_arrived_before_a_key_came_is_not_sent_again(
    app: App, environment: dict[str, str]
) -> None:
    write(app)
    relay = FakeTransport(tells=True)
    post(app, relay)
    with app.transaction() as session:  # the process died before it could write down the reply
        session.execute(
            update(Letter).values(
                state=LetterState.HANDED, handed_at=database_time(-timedelta(days=1))
            )
        )
    keys = f"a-newer-secret-of-the-tests-012345678901,{environment['DISTRIBUTION_SECRET_KEYS']}"
    rotated = open_app(environment | {"DISTRIBUTION_SECRET_KEYS": keys})

    post(rotated, relay)

    assert [letter.state for letter in letters(app)] == [LetterState.SENT]
    assert relay.recipients == {ADMIN: 1}
    rotated.engine.dispose()


def test_a_temporary_550_of_qq_is_tried_again(app: App) -> None:
    write(app, recipient="10001@qq.com")
    relay = FakeTransport({"10001@qq.com": [Refuse(Reply(550, "Connection frequency limited"))]})
    assert post(app, relay) == {LetterState.WAITING: 1}
    due_again(app)
    assert post(app, relay) == {LetterState.SENT: 1}


def test_a_reader_who_is_not_there_is_written_to_no_more(app: App) -> None:
    email = "gone@fenhe.example"
    with app.transaction() as session:
        row = add_reader(session, app, email, SEPTEMBER)
        delivery.welcome(session, app.stationery, row, by="test", at=SEPTEMBER)
    write(app)  # to an admin who is not there either: he is no reader
    gone = Refuse(Reply(550, "5.1.1 User unknown"))
    assert post(app, FakeTransport({email: [gone], ADMIN: [gone]})) == {LetterState.FAILED: 2}
    with app.reading() as session:
        ((found, name, _),) = audience.suppressions(session)
        assert name == email
        assert found.evidence == "550 5.1.1 User unknown（寄信时的应答）"


def test_who_takes_the_recipient_and_refuses_the_letter_buries_nobody(app: App) -> None:
    email = "here@fenhe.example"
    with app.transaction() as session:
        row = add_reader(session, app, email, SEPTEMBER)
        delivery.welcome(session, app.stationery, row, by="test", at=SEPTEMBER)
    relay = FakeTransport({email: [Reply(550, "5.1.1 User unknown")]})
    assert post(app, relay) == {LetterState.FAILED: 1}
    with app.reading() as session:
        assert audience.suppressions(session) == []


@pytest.mark.parametrize("early", [True, False])
def test_a_relay_that_always_says_later_is_believed_only_so_often(app: App, early: bool) -> None:  # noqa: FBT001 - at RCPT, or at the end of the message
    write(app)
    later = Reply(451, "4.7.1 later")
    relay = FakeTransport({ADMIN: [Refuse(later) if early else later] * 20})
    for _ in range(20):
        post(app, relay)
        due_again(app)
    (letter,) = letters(app)
    assert (letter.state, letter.attempts, len(relay.offered)) == (LetterState.FAILED, 8, 8)


def test_a_refusal_that_one_meets_undoes_no_intent_of_another(app: App) -> None:
    write(app)
    in_hand, refused = Event(), Event()

    def hold(_envelope: Envelope) -> None:
        in_hand.set()
        refused.wait(10)

    quick = FakeTransport(at_finish=hold)
    sends = Thread(target=post, args=(app, quick))

    def overtaken(_envelope: Envelope) -> None:
        sends.start()
        in_hand.wait(10)

    slow = FakeTransport({ADMIN: [Refuse(Reply(451, "4.7.1 later"))]}, at_begin=overtaken)
    post(app, slow)
    due_again(app)
    third = FakeTransport()
    assert post(app, third) == {}
    refused.set()
    sends.join()
    assert (quick.recipients, third.recipients) == ({ADMIN: 1}, {})
    assert [letter.state for letter in letters(app)] == [LetterState.SENT]


class OneLaneIsAway(FakeTransport):
    """Its relay does not answer; that of all others does."""

    async def begin(self, envelope: Envelope) -> FakeHandover:
        if envelope.lane == "qq":
            raise RelayUnavailable("中继不应答。", permanent=False, others_go_on=True)
        return await super().begin(envelope)


def test_a_relay_that_is_away_for_one_lane_keeps_no_letter_of_others(app: App) -> None:
    write(app, "first", "10001@qq.com")
    write(app, "second")
    assert post(app, OneLaneIsAway()) == {LetterState.WAITING: 1, LetterState.SENT: 1}
    assert post(app, OneLaneIsAway()) == {}  # it rests for a while, whoever stands behind it
    due_again(app)
    assert post(app, FakeTransport()) == {LetterState.SENT: 1}
    assert [letter.attempts for letter in letters(app)] == [1, 1]
