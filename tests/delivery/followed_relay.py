"""A relay whose log is followed, for tests: time passes when the test says so."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from factories import deliveries, hand, lease, leases_run_out, make_run, recover, settle
from postfix_lines import alive, taken
from runs import relay_settings
from sink import Sink
from sqlalchemy import select, update

from distribution import delivery
from distribution.app import App, open_app
from distribution.delivery.ledger import Leased
from distribution.models import Delivery, RelayLog
from distribution.words import Awaited, DeliveryState
from workers.following import Follower

S = DeliveryState
QUARANTINE = timedelta(minutes=16)


class Post:
    """A relay whose log is followed; time passes when the test says so."""

    def __init__(self, app: App, log: Path, sink: Sink) -> None:
        self.app, self.log, self.sink = app, log, sink
        self.follower = Follower()

    def write(self, *lines: str) -> None:
        with self.log.open("a", encoding="utf-8") as file:
            file.writelines(lines)

    def look(self) -> None:
        self.follower.look(self.app)

    def passes(self, time: timedelta) -> None:
        """So much time, in which the log is only looked at at the end."""
        with self.app.transaction() as session:
            for log in session.scalars(select(RelayLog)):
                for name in ("continuous_since", "read_at", "alive_after", "ours_at"):
                    value = getattr(log, name)
                    setattr(log, name, value - time if value else None)
            for row in session.scalars(select(Delivery).where(Delivery.handed_at.is_not(None))):
                row.handed_at = row.handed_at - time if row.handed_at else None

    def quarantine_passes(self) -> None:
        """It passes, and the log is looked at meanwhile and shows that it is alive."""
        self.passes(QUARANTINE)
        self.look()
        self.write(alive())
        self.look()

    @property
    def row(self) -> RelayLog:
        with self.app.reading() as session:
            found = session.scalars(select(RelayLog)).one()
            session.expunge_all()
        return found

    def message_id(self, row: Leased) -> str:
        return self.app.addresses.message_id(row.delivery_id)

    def awaits(self, row: Leased) -> Awaited | None:
        with self.app.reading() as session:
            found = delivery.awaited(session, [row.delivery_id], self.app.quarantine)
        return found.get(row.delivery_id)

    def state(self, row: Leased) -> DeliveryState:
        return deliveries(self.app, row.run_id)[row.recipient].state


@pytest.fixture
def post(environment: dict[str, str], tmp_path: Path) -> Iterator[Post]:
    """A relay whose log has been followed for two minutes."""
    log = tmp_path / "mail.log"
    log.write_text(alive(), encoding="utf-8")
    with Sink() as sink:
        app = open_app(environment | relay_settings(sink, relay_log=log))
        office = Post(app, log, sink)
        office.look()
        office.passes(timedelta(minutes=2))
        yield office
        app.engine.dispose()


def handed(post: Post, readers: int = 2) -> tuple[Leased, Leased]:
    """A mail that went well, and one whose worker died after the intent; the log shows neither."""
    make_run(post.app, readers)
    good, lost = lease(post.app)[:2]
    hand(post.app, good, lost)
    with post.app.transaction() as session:
        relay = post.app.relays[0].identity
        session.execute(update(Delivery).values(relay=relay))
    settle(post.app, good, S.ACCEPTED)
    return good, lost


def in_doubt(post: Post) -> Leased:
    """A mail in doubt; the log shows another one that was taken."""
    good, lost = handed(post)
    post.write(taken("4XyZ0", post.message_id(good)))
    died(post, lost)
    return lost


def died(post: Post, row: Leased) -> None:
    leases_run_out(post.app, row.delivery_id)
    recover(post.app)
    assert post.state(row) is S.IN_DOUBT
