"""The sender killed with SIGKILL again and again: nobody twice, nobody missed.

The judge is the relay's accept log, written before it says 250; never our own database.
"""

import random
import signal
import time
from collections import Counter

import processes
from runs import plan_for, relay_settings
from sink import Sink
from sqlalchemy import select

from distribution import delivery
from distribution.app import App, open_app
from distribution.models import Delivery
from distribution.words import DeliveryState, RunState

READERS = 900
KILLS = 4
CONNECTIONS = 8


def test_nobody_gets_two_and_nobody_is_missed_however_often_the_sender_dies(
    environment: dict[str, str],
) -> None:
    chance = random.Random(20261101)  # noqa: S311 - repeatable on purpose
    with Sink(delay=0.002) as sink:
        environment |= relay_settings(sink, connections=CONNECTIONS)
        app = open_app(environment)
        run_id = plan_for(app, READERS)
        kills = 0
        while kills < KILLS and len(sink.accepted) < READERS - 100:
            goal = len(sink.accepted) + chance.randint(60, 180)
            kills += killed_after(environment, run_id, sink, goal)
            go_on(app, run_id)
        last = processes.run(environment, "run", "start", str(run_id))
        if go_on(app, run_id):
            last = processes.run(environment, "run", "start", str(run_id))
        accepted = Counter(mail.recipient for mail in sink.accepted)
    assert last.returncode == 0, last.stderr
    assert kills >= 3
    assert_books(app, run_id, accepted, kills)
    app.engine.dispose()


def go_on(app: App, run_id: int) -> bool:
    """As an admin would: so many doubts trip a wire, which pauses the run."""
    with app.transaction() as session:
        paused = delivery.status(session, run_id).run.state is RunState.PAUSED
        if paused:
            delivery.resume(session, run_id)
        return paused


def killed_after(environment: dict[str, str], run_id: int, sink: Sink, goal: int) -> int:
    """Start the sender, kill it once the relay has accepted `goal` mails; 1 if it was killed."""
    process = processes.start(environment, "run", "start", str(run_id))
    patience = time.monotonic() + 60
    while len(sink.accepted) < goal and process.poll() is None:
        assert time.monotonic() < patience, "the sender does not go on after a kill"
        time.sleep(0.005)
    process.kill()
    return int(process.wait() == -signal.SIGKILL)


def assert_books(app: App, run_id: int, accepted: Counter[str], kills: int) -> None:
    with app.reading() as session:
        status = delivery.status(session, run_id)
        mismatches = delivery.verify(session, run_id)
        states = {
            row[0]: row[1] for row in session.execute(select(Delivery.recipient, Delivery.state))
        }
    assert mismatches == []
    assert status.run.state is RunState.FINISHED
    assert status.total == READERS
    assert set(accepted.values()) == {1}, "somebody got a second copy"
    missed = {who for who, state in states.items() if state is DeliveryState.ACCEPTED}
    assert missed <= accepted.keys(), "booked as accepted, but the relay never had it"
    named = {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}
    assert set(states.values()) <= named, Counter(states.values())
    assert status.count(DeliveryState.IN_DOUBT) <= CONNECTIONS * kills
