"""An address that somebody typed on the web may complain: it is asked no more."""

from event_samples import judge_mails, suppressed
from returned_mails import complaint

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import NewSubscriber

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
