"""The emergency switch: a file, looked for before each lease and each hand-over."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from factories import finish, make_run, make_sender, tally
from fake_transport import FakeTransport
from runs import SEPTEMBER

from distribution import delivery
from distribution.app import App
from distribution.delivery import Envelope, sending
from distribution.health import Examiner
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState

SOON = timedelta(seconds=60)


@pytest.fixture
def switch(app: App) -> Path:
    """Where it lies, once it is on."""
    return app.settings.home / "STOP"


def sender(app: App, relay: FakeTransport, **more: int) -> delivery.Sender:
    made = make_sender(app, relay, **more)
    made.switch = app.settings.stop_file
    return made


def test_while_it_is_there_nothing_is_leased(app: App, switch: Path) -> None:
    run_id = make_run(app, 3)
    switch.touch()
    relay = FakeTransport()

    sender(app, relay).pump(SOON)
    assert (relay.offered, tally(app, run_id)) == ([], {"planned": 3})
    switch.unlink()
    sender(app, relay).pump(SOON)

    assert tally(app, run_id) == {"accepted": 3}
    assert finish(app) == {run_id: []}


def test_a_mail_that_was_offered_is_not_handed_over(
    app: App, switch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LOOK", 0.0)
    run_id = make_run(app, 20)

    def stop_now(_envelope: Envelope) -> None:
        if len(relay.offered) == 5:
            switch.symlink_to("nowhere")  # whatever it is

    relay = FakeTransport(at_begin=stop_now)
    sender(app, relay, connections=1).pump(SOON)

    assert (len(relay.offered), len(relay.abandoned), len(relay.accepted)) == (5, 1, 4)
    assert tally(app, run_id) == {"accepted": 4, "planned": 16}


def test_health_tells_and_is_no_alarm(app: App, switch: Path) -> None:
    switch.touch()

    found = Examiner(app).examine()

    assert (found.sender, found.well) == ("halted", True)


def test_letters_wait_too(app: App, switch: Path) -> None:
    switch.touch()
    with app.transaction() as session:
        delivery.add_letter(
            session, "key", LetterPurpose.PROOF, "a@fenhe.example", ("题", "文", ""), at=SEPTEMBER
        )
    relay = FakeTransport()

    done = asyncio.run(delivery.post_due(app.transaction, lambda: relay, app.office, at=SEPTEMBER))

    assert (done, relay.offered) == ({}, [])
    with app.reading() as session:
        assert session.query(Letter).one().state is LetterState.WAITING
