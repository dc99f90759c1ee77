"""Who signed up on the web gets his letter wherever a worker works."""

from collections.abc import Iterator

import dramatiq
import pytest
from runs import add_reader, override

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import NewSubscriber
from distribution.words import LetterPurpose, LetterState
from workers.current import set_app
from workers.sending import ring_if_due


@pytest.fixture(autouse=True)
def _typed(app: App) -> Iterator[None]:
    """Something typed on the web."""
    new = NewSubscriber(audience.read_address("ding.yi@fenhe.example"), "丁一")
    with app.transaction() as session:
        audience.sign_up(session, new, app.keyring.address_hash, at=clock.now())
    set_app(app)
    yield
    set_app(None)
    dramatiq.get_broker().flush_all()


def test_the_ticker_answers_and_posts(app: App) -> None:
    ring_if_due()

    with app.reading() as session:
        (letter,) = delivery.list_letters(session)
        assert letter.state is LetterState.SENT
        assert not audience.sign_ups_due(session)


def test_the_ticker_answers_who_names_another_address(app: App) -> None:
    at = clock.now()
    with app.transaction() as session:
        row = add_reader(session, app, "an.ran@fenhe.example", at)
        address = audience.read_address("an.neu@fenhe.example")
        delivery.ask_to_move(session, app.stationery, row, address, at=at)

    ring_if_due()

    with app.reading() as session:
        letters = delivery.list_letters(session, purpose=LetterPurpose.MOVING)
        assert [letter.state for letter in letters] == [LetterState.SENT]
        assert not delivery.moves_due(session)


def test_a_letter_that_cannot_be_written_keeps_nothing_else_waiting(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    override(app, "confirm/body.txt", "{{", "{{ nothing.of ~ ")
    at = clock.now()
    with app.transaction() as session:
        content = ("题", "文", "")
        delivery.add_letter(session, "k", LetterPurpose.ALERT, "a@a.example", content, at=at)

    ring_if_due()

    with app.reading() as session:
        (letter,) = delivery.list_letters(session)
        assert letter.state is LetterState.SENT
    assert "no letter to who signed up" in caplog.text
    assert "ding.yi" not in caplog.text
