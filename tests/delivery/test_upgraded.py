"""A sender that is still at work when a newer programme upgrades the database."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from factories import make_run, make_sender, tally
from fake_transport import FakeTransport
from moody import LONG
from sqlalchemy import text

from distribution import schema
from distribution.app import App
from distribution.delivery import Envelope, Pace, Terms
from distribution.health import Examiner
from distribution.schema import OtherSchema

NEWER = "2099_01_01_newer"


def upgrade(app: App, revision: str = NEWER) -> None:
    """As `alembic upgrade` of a version to come."""
    with app.transaction() as session:
        changed = text("UPDATE alembic_version SET version_num = :revision")
        session.execute(changed, {"revision": revision})


@pytest.fixture(autouse=True)
def _as_it_was(app: App) -> Iterator[None]:
    """The server's database is used by others after us."""
    yield
    upgrade(app, schema.HEAD)


def test_it_begins_nothing_says_why_at_once_and_is_unwell(app: App) -> None:
    run_id = make_run(app, 2)
    relay = FakeTransport()
    sender = make_sender(app, relay)
    assert Examiner(app).examine().well
    upgrade(app)

    sender.pump(LONG)

    assert (relay.offered, tally(app, run_id)) == ([], {"planned": 2})
    assert isinstance(sender.trouble, OtherSchema)  # not only after some tries, as another trouble
    assert all(word in str(sender.trouble) for word in (NEWER, schema.HEAD, "重新启动"))
    health = Examiner(app).examine()
    assert (health.database, health.schema, health.well) == ("outdated", NEWER, False)


def test_in_the_middle_of_a_run_it_finishes_what_it_has_in_hands(app: App) -> None:
    run_id = make_run(app, 9)
    terms = Terms(lease=timedelta(seconds=0.4), handed=timedelta(minutes=1))

    def upgraded_meanwhile(_envelope: Envelope) -> None:
        upgrade(app)
        time.sleep(terms.lease.total_seconds() / 4)

    relay = FakeTransport(at_finish=upgraded_meanwhile)
    sender = make_sender(app, relay)
    sender.pace = Pace(connections=1, batch_size=1, terms=terms)
    pumped = sender.pump(LONG)

    assert isinstance(pumped.trouble, OtherSchema)
    assert tally(app, run_id) == {"accepted": 1, "planned": 8}
