"""An office with readers and a relay, and the programmes that work in it."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sink import Sink

from distribution import audience, clock, delivery, issues
from distribution.app import App
from distribution.bundle import sample
from distribution.delivery import Status

DISTRIBUTION = str(Path(sys.executable).with_name("distribution"))
DRAMATIQ = str(Path(sys.executable).with_name("dramatiq"))
TOPICS = ("policy", "equipment", "quality", "shanxi")
CONNECTIONS = 2
PATIENCE = 40
QUICK = {"dramatiq_worker_timeout": "200"}
"""Dramatiq's own setting, in milliseconds: how soon an idle thread sees that it is to stop."""


def relay_settings(sink: Sink) -> dict[str, str]:
    """Real mail to the sink, slowly enough that something can happen meanwhile."""
    return {
        "DISTRIBUTION_TRANSPORT": "smtp",
        "DISTRIBUTION_SMTP_HOST": sink.host,
        "DISTRIBUTION_SMTP_PORT": str(sink.port),
        "DISTRIBUTION_SMTP_SECURITY": "none",
        "DISTRIBUTION_BASE_URL": "https://journal.test",
        "DISTRIBUTION_SENDER_ADDRESS": "digest@journal.test",
        "DISTRIBUTION_CONNECTIONS": str(CONNECTIONS),
        "DISTRIBUTION_BATCH_SIZE": "10",
        "DISTRIBUTION_TICKER_SECONDS": "1",
    }


def started_run(app: App, readers: int) -> int:
    """A run of the sample issue that is to be sent to so many readers; its number."""
    data, at = sample("issue.txt").read_bytes(), clock.now()
    with app.transaction() as session:
        done = issues.save_issue(session, issues.read_issue(data, "issue"), data, "issue", at)
        issues.approve(session, done.key, by="test", at=at)
        for number in range(readers):
            new = audience.NewSubscriber(
                address=audience.read_address(f"reader{number}@enterprise.test"),
                name=f"读者{number}",
                topics=(TOPICS[number % len(TOPICS)],),
                consent="test",
            )
            audience.add_subscriber(session, new, app.keyring.address_hash, by="test", at=at)
    run_id = delivery.plan(app.transaction, done.key, app.recipe, by="test", at=at)
    delivery.start(app.transaction, run_id, at=at, expiry=timedelta(days=1))
    return run_id


def status_of(app: App, run_id: int) -> Status:
    with app.reading() as session:
        found = delivery.status(session, run_id)
        session.expunge_all()
    return found


def copies(sink: Sink) -> Counter[int]:
    """How many readers got how many copies, by the relay's own log."""
    return Counter(Counter(mail.recipient for mail in sink.accepted).values())


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that must happen."""
    patience = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < patience, f"in vain: {what}"
        time.sleep(0.05)


@dataclass
class Programme:
    """A programme that runs, and what it has said."""

    process: subprocess.Popen[bytes]
    said: Path

    @property
    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def says(self, words: str) -> None:
        """Wait until it does."""
        until(lambda: words in self.words, f"{words!r} in {self.words!r}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@contextmanager
def programme(environ: dict[str, str], folder: Path, *words: str) -> Iterator[Programme]:
    """Run it beside the block, in a folder where nothing of ours lies."""
    said = folder / f"said-{len(list(folder.iterdir()))}"
    with said.open("wb") as log:
        process = subprocess.Popen(
            words,
            env={"PATH": os.environ["PATH"], **QUICK, **environ},
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started = Programme(process, said)
    try:
        yield started
        assert "Traceback" not in started.words
    except BaseException:
        sys.stderr.write(started.words)  # shown with the failure
        raise
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # the processes it started, too
            process.wait(10)
