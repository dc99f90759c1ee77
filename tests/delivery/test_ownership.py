"""Who drains the in-process queue: the living one, and his heir when he is dead."""

import os
import subprocess
import sys

from factories import LONG_AGO, hand, lease, make_run, tally
from sqlalchemy import select, update

from distribution import delivery
from distribution.app import App
from distribution.models import QueueOwner


def claim(app: App, worker: str) -> delivery.Owner | None:
    with app.transaction() as session:
        return delivery.claim(session, worker)


def owner(app: App) -> str | None:
    with app.reading() as session:
        return session.scalar(select(QueueOwner.worker))


def change_owner(app: App, **facts: object) -> None:
    with app.transaction() as session:
        session.execute(update(QueueOwner).values(**facts))


def dead_pid() -> int:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(30)
    return child.pid


def test_a_queue_without_owner_is_anybodys(app: App) -> None:
    assert claim(app, "first") is None
    assert owner(app) == "first"


def test_a_living_owner_keeps_the_queue(app: App) -> None:
    claim(app, "first")

    assert claim(app, "second") == delivery.Owner("first", os.uname().nodename, os.getpid())
    assert owner(app) == "first"
    assert claim(app, "first") is None


def test_a_dead_owners_heir_settles_what_he_held(app: App) -> None:
    run_id = make_run(app, 3)
    claim(app, "first")
    lease(app, 1, "first:1")
    hand(app, *lease(app, 1, "first:2"))
    change_owner(app, pid=dead_pid())

    assert claim(app, "second") is None
    assert owner(app) == "second"
    assert tally(app, run_id) == {"planned": 2, "in_doubt": 1}


def test_a_long_dead_owners_heir_settles_what_he_held_too(app: App) -> None:
    run_id = make_run(app, 1)
    claim(app, "first")
    hand(app, *lease(app, 1, "first:1"))
    change_owner(app, pid=dead_pid(), beat_at=LONG_AGO)

    assert claim(app, "second") is None
    assert tally(app, run_id) == {"in_doubt": 1}


def test_an_owner_whose_heart_has_stopped_is_replaced_but_his_leases_stand(app: App) -> None:
    run_id = make_run(app, 1)
    claim(app, "first")
    lease(app, 1, "first:1")
    change_owner(app, beat_at=LONG_AGO)

    assert claim(app, "second") is None
    assert tally(app, run_id) == {"leased": 1}


def test_nobody_on_another_host_is_declared_dead(app: App) -> None:
    claim(app, "first")
    change_owner(app, host="elsewhere", pid=dead_pid())
    assert claim(app, "second") is not None

    change_owner(app, beat_at=LONG_AGO)
    assert claim(app, "second") is None


def test_claiming_again_is_the_owners_heartbeat(app: App) -> None:
    claim(app, "first")
    change_owner(app, beat_at=LONG_AGO)
    assert claim(app, "first") is None
    assert claim(app, "second") is not None


def test_an_owner_that_was_relieved_learns_it_when_he_claims_again(app: App) -> None:
    claim(app, "first")
    change_owner(app, beat_at=LONG_AGO)
    claim(app, "second")
    relieved_by = claim(app, "first")
    assert relieved_by is not None
    assert relieved_by.worker == "second"


def test_only_the_owner_can_resign(app: App) -> None:
    claim(app, "first")
    with app.transaction() as session:
        delivery.resign(session, "second")
    assert owner(app) == "first"
    with app.transaction() as session:
        delivery.resign(session, "first")
    assert owner(app) is None
