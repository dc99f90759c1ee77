"""Letters go out by themselves wherever a worker works: the ticker finds them, no run is needed."""

from collections.abc import Iterator

import dramatiq
import pytest
from ears import bells, ears
from runs import add_reader, relay_settings
from sink import Sink

from distribution import clock, delivery
from distribution.app import App, open_app
from distribution.models import Subscriber
from distribution.words import LetterState
from workers.current import set_app
from workers.sending import ring_if_due


@pytest.fixture
def written(app: App) -> Iterator[int]:
    """A letter that waits; its number."""
    set_app(app)
    yield write(app, "an.ran@fenhe.example")
    set_app(None)
    dramatiq.get_broker().flush_all()


def write(app: App, email: str) -> int:
    at = clock.now()
    with app.transaction() as session:
        row: Subscriber = add_reader(session, app, email, at)
        return delivery.welcome(session, app.stationery, row, by="test", at=at)


def state(app: App, number: int) -> LetterState:
    with app.reading() as session:
        return delivery.find_letter(session, number).state


def test_a_letter_that_waits_rings_the_bell(written: int) -> None:
    assert written
    with ears("sending"):
        ring_if_due()
        assert bells("sending") == [("send_due", [])]


def test_the_ticker_posts_where_nobody_hears_it_and_is_silent_afterwards(
    app: App, written: int
) -> None:
    ring_if_due()

    assert state(app, written) is LetterState.SENT
    assert len(list((app.settings.home / "outbox").glob("*.eml"))) == 1
    with ears("sending"):
        ring_if_due()
        assert bells("sending") == []


def test_a_sender_that_is_to_stop_posts_nothing(app: App, written: int) -> None:
    app.sender.stop()
    ring_if_due()
    assert state(app, written) is LetterState.WAITING


def test_a_relay_that_is_away_is_no_defect_and_the_letter_waits(
    environment: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with Sink() as sink:
        settings = relay_settings(sink)
    app = open_app(environment | settings)
    set_app(app)
    number = write(app, "an.ran@fenhe.example")

    with caplog.at_level("INFO"):
        ring_if_due()

    assert state(app, number) is LetterState.WAITING
    assert "letters wait" in caplog.text
    assert "an.ran" not in caplog.text
    set_app(None)
    app.engine.dispose()
