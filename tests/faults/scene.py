"""A run that is being sent to a relay, and the judge of what becomes of it.

The judge is the relay's own accept log, never our database.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runs import add_reader, make_issue, plan, relay_settings, start
from sink import Accepted, Sink, Step
from sqlalchemy import select, update

from distribution import clock, delivery
from distribution.app import App, open_app
from distribution.delivery import Pumped, ledger
from distribution.drill import Verdict, judge
from distribution.models import Delivery
from distribution.words import DeliveryState

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Cued(Sink):
    """A relay that lets something happen before it answers.

    A cue is a step it hears for the first time, or the number of mails it has taken.
    """

    def __init__(self, cues: Mapping[Step | int, Callable[[], object]], **settings: float) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self._cues = dict(cues)

    def due(self, step: Step) -> None:
        self._cues.pop(step, lambda: None)()

    def accept(self, mail: Accepted) -> None:
        super().accept(mail)
        self._cues.pop(len(self.accepted), lambda: None)()


@dataclass(frozen=True)
class Scene:
    """An installation, its only run, and the relay."""

    app: App
    environ: Mapping[str, str]
    """For processes that take part."""
    sink: Sink
    run_id: int

    def pump(self, at_most: timedelta = timedelta(seconds=60)) -> Pumped:
        """Send what is due, in this process."""
        return self.app.sender.pump(at_most)

    def rows(self) -> dict[str, Delivery]:
        """The deliveries by recipient."""
        with self.app.reading() as session:
            query = select(Delivery).where(Delivery.run_id == self.run_id).order_by(Delivery.id)
            found = list(session.scalars(query))
            session.expunge_all()
        return {row.recipient: row for row in found}

    def states(self) -> dict[str, DeliveryState]:
        return {recipient: row.state for recipient, row in self.rows().items()}

    def tally(self) -> Counter[DeliveryState]:
        return Counter(self.states().values())

    def copies(self) -> Counter[str]:
        """How often each reader's mail was taken, by the relay's log."""
        return Counter(mail.recipient for mail in self.sink.accepted)

    # -- time passes

    def leases_run_out(self) -> None:
        """The leases of the dead have ended, and what they had in hand is judged."""
        held = update(Delivery).where(Delivery.lease_until.is_not(None))
        with self.app.transaction() as session:
            session.execute(held.values(lease_until=LONG_AGO))
            ledger.recover(session)

    def waits_are_over(self) -> None:
        """Whatever was deferred, or given back with a wait, is due."""
        waiting = update(Delivery).where(
            Delivery.state.in_((DeliveryState.DEFERRED, DeliveryState.PLANNED))
        )
        with self.app.transaction() as session:
            session.execute(waiting.values(next_attempt_at=LONG_AGO))

    # -- the judge

    def assert_nobody_twice_nobody_missed(self) -> None:
        """Of the relay's log against the books, and of the books by themselves."""
        taken = [mail.recipient for mail in self.sink.accepted]
        assert judge(taken, self.states()) == Verdict()
        with self.app.reading() as session:
            assert delivery.verify(session, self.run_id) == []


@contextmanager
def scene(
    environment: Mapping[str, str], sink: Sink, readers: int, **settings: object
) -> Iterator[Scene]:
    """A released run of a short issue to so many readers, over one connection unless said."""
    readers_of_it = [reader(number) for number in range(readers)]
    with scene_of(environment, sink, readers_of_it, **{"connections": 1, **settings}) as here:
        yield here


@contextmanager
def scene_of(
    environment: Mapping[str, str], sink: Sink, readers: Sequence[str], **settings: object
) -> Iterator[Scene]:
    """The same to these readers."""
    environ = {**environment, **relay_settings(sink, **settings)}
    app = open_app(environ)
    at = clock.now()
    with app.transaction() as session:
        for email in readers:
            add_reader(session, app, email, at)
    run_id = start(app, plan(app, make_issue(app), at), at)
    try:
        yield Scene(app, environ, sink, run_id)
    finally:
        app.engine.dispose()


def reader(number: int) -> str:
    """The address of one of them."""
    return f"reader{number}@enterprise.test"
