"""An address that is asked, and nobody's yet, may bounce or complain: it is asked no more."""

from collections.abc import Callable

import pytest
from event_samples import GRANTED, departures, judge_mails, sent_to, suppressed
from event_samples import letter as mail_to
from returned_mails import bounce, complaint

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import NewSubscriber, read_address
from distribution.models import Letter, Subscriber
from distribution.words import LetterState, Returned

STRANGER = "ding.yi@fenhe.example"


def sign_up(app: App) -> None:
    at, new = clock.now(), NewSubscriber(audience.read_address(STRANGER), "丁一")
    with app.transaction() as session:
        audience.sign_up(session, new, app.keyring.address_hash, at=at)
    delivery.answer_sign_ups(app.transaction, app.stationery, at=at)


def test_who_complains_about_being_asked_is_not_asked_again(app: App) -> None:
    sign_up(app)
    with app.reading() as session:
        (letter,) = delivery.list_letters(session)
        message_id = app.addresses.letter_id(letter.id)

    (outcome,) = judge_mails(app, complaint(message_id))

    assert outcome.left
    assert list(suppressed(app)) == [app.keyring.address_hash(STRANGER)]
    sign_up(app)
    with app.reading() as session:
        assert len(delivery.list_letters(session)) == 1
        assert audience.count_sign_ups(session) == 0


def named_as_new_address(app: App) -> Letter:
    """A letter to an address that a reader has named as his new one."""
    (mail,) = sent_to(app, GRANTED)
    with app.transaction() as session:
        row, address = session.get_one(Subscriber, mail.subscriber_id), read_address(STRANGER)
        delivery.ask_to_move(session, app.stationery, row, address, at=clock.now())
    delivery.answer_moves(app.transaction, app.stationery, at=clock.now())
    return the_letter(app)


def typed_on_the_web(app: App) -> Letter:
    sign_up(app)
    return the_letter(app)


def the_letter(app: App) -> Letter:
    """The only one, which has gone out."""
    with app.transaction() as session:
        (letter,) = delivery.list_letters(session)
        letter.state = LetterState.SENT
        session.flush()
        session.expunge(letter)
    return letter


@pytest.mark.parametrize("asked", [typed_on_the_web, named_as_new_address])
def test_an_asked_address_that_bounces_for_good_is_suppressed(
    app: App, asked: Callable[[App], Letter]
) -> None:
    raw = bounce(STRANGER, to=app.addresses.letter_return_path(asked(app).id))

    (outcome,) = judge_mails(app, raw)

    assert outcome.suppressed
    assert list(suppressed(app)) == [app.keyring.address_hash(STRANGER)]
    assert departures(app) == []


def test_who_is_asked_by_a_readers_wish_complains_for_himself_and_not_for_him(app: App) -> None:
    letter = named_as_new_address(app)

    (outcome,) = judge_mails(app, complaint(app.addresses.letter_id(letter.id)))

    assert outcome.left
    assert list(suppressed(app)) == [app.keyring.address_hash(STRANGER)]
    assert departures(app) == []


def test_nor_does_he_leave_for_him(app: App) -> None:
    letter = named_as_new_address(app)
    raw = mail_to(app.addresses.letter_return_path(letter.id), "退订")

    (outcome,) = judge_mails(app, raw)

    assert outcome.kind is Returned.LEAVE
    assert departures(app) == []
