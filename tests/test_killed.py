"""The sender killed with SIGKILL again and again: nobody twice, nobody missed.

The judge is the relay's accept log, written before it says 250; never our own database.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sink import Sink
from sqlalchemy import select

from distribution import audience, clock, delivery, issues
from distribution.app import App, open_app
from distribution.bundle import sample
from distribution.models import Delivery
from distribution.words import DeliveryState, RunState

DISTRIBUTION = Path(sys.executable).with_name("distribution")
READERS = 2_000
KILLS = 5
CONNECTIONS = 8
TOPICS = ("policy", "equipment", "quality", "shanxi")


def test_nobody_gets_two_and_nobody_is_missed_however_often_the_sender_dies(
    environment: dict[str, str],
) -> None:
    chance = random.Random(20261101)  # noqa: S311 - repeatable on purpose
    with Sink(delay=0.002) as sink:
        environment |= relay_settings(sink)
        app = open_app(environment)
        run_id = planned_run(app)
        kills = 0
        while kills < KILLS and len(sink.accepted) < READERS - 200:
            goal = len(sink.accepted) + chance.randint(60, 300)
            kills += killed_after(environment, run_id, sink, goal)
        last = subprocess.run(
            [str(DISTRIBUTION), "run", "start", str(run_id)],
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        accepted = Counter(mail.recipient for mail in sink.accepted)
    assert last.returncode == 0, last.stderr
    assert kills >= 3
    assert_books(app, run_id, accepted, kills)
    app.engine.dispose()


def relay_settings(sink: Sink) -> dict[str, str]:
    return {
        "DISTRIBUTION_TRANSPORT": "smtp",
        "DISTRIBUTION_SMTP_HOST": sink.host,
        "DISTRIBUTION_SMTP_PORT": str(sink.port),
        "DISTRIBUTION_SMTP_SECURITY": "none",
        "DISTRIBUTION_BASE_URL": "https://journal.test",
        "DISTRIBUTION_SENDER_ADDRESS": "digest@journal.test",
        "DISTRIBUTION_CONNECTIONS": str(CONNECTIONS),
    }


def planned_run(app: App) -> int:
    data, at = sample("issue.txt").read_bytes(), clock.now()
    with app.transaction() as session:
        done = issues.save_issue(
            session, issues.read_issue(data, "issue.txt"), data, "issue.txt", at
        )
        issues.approve(session, done.key, by="test", at=at)
        for number in range(READERS):
            new = audience.NewSubscriber(
                address=audience.read_address(f"reader{number}@enterprise.test"),
                name=f"读者{number}",
                topics=(TOPICS[number % len(TOPICS)],),
                consent="test",
            )
            audience.add_subscriber(session, new, app.keyring.address_hash, by="test", at=at)
    return delivery.plan(app.transaction, done.key, app.recipe, by="test", at=at)


def killed_after(environment: dict[str, str], run_id: int, sink: Sink, goal: int) -> int:
    """Start the sender, kill it once the relay has accepted `goal` mails; 1 if it was killed."""
    process = subprocess.Popen(
        [str(DISTRIBUTION), "run", "start", str(run_id)],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
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
