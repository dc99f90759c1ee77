"""People are erased while a run is under way: nobody of them is written to, the books are right."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from runs import add_reader, make_issue, plan, start, status_of
from sqlalchemy import select

from distribution import clock, delivery, privacy
from distribution.app import App
from distribution.cli.personal import remove_files
from distribution.delivery import UnderWay
from distribution.models import Delivery, Subscriber
from distribution.transports import Outbox
from distribution.words import DeliveryState

READERS, ERASED = 120, 30


def erase_when_possible(app: App, reader: int) -> None:
    """As the admin who is told to wait and tries again."""
    while True:
        try:
            with app.transaction() as session:
                row = session.get_one(Subscriber, reader)
                hasher, at = app.keyring.address_hash, clock.now()
                done = privacy.erase(
                    session, row, hasher, why=privacy.ASKED, reason="来电", by="test", at=at
                )
        except UnderWay:
            continue
        remove_files(app, [done])
        return


def test_the_run_goes_on_around_them(app: App) -> None:
    with app.transaction() as session:
        ids = [
            add_reader(session, app, f"r{number}@fenhe.example", clock.now(), name="甲").id
            for number in range(READERS)
        ]
    run_id = start(app, plan(app, make_issue(app), clock.now()), clock.now())

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(app.sender.pump, timedelta(seconds=60))
        for reader in ids[:: READERS // ERASED]:
            erase_when_possible(app, reader)
        sending.result()

    with app.transaction() as session:
        assert delivery.finish_drained(session, app.keyring, clock.now()) == {run_id: []}
    gone = {f"r{number}@fenhe.example" for number in range(0, READERS, READERS // ERASED)}
    assert not gone & receivers(app.settings.home / "outbox")
    with app.reading() as session:
        assert not gone & set(session.scalars(select(Delivery.recipient)))
    states = status_of(app, run_id).states
    assert states[DeliveryState.ACCEPTED] >= READERS - ERASED
    assert sum(states.values()) == READERS


def receivers(outbox: Path) -> set[str]:
    heads = (path.read_bytes().split(b"\r\n", 2)[1].decode() for path in outbox.glob("*.eml"))
    return {head.removeprefix("X-Receiver: <").removesuffix(">") for head in heads}


def test_a_mail_and_the_drafts_of_it_are_removed_and_no_others(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    names = ("a@x.example.eml", ".a@x.example.0123.tmp", "b@x.example.eml", ".b@x.example.01.tmp")
    for name in names:
        (tmp_path / name).write_text("")

    assert outbox.forget("<a@x.example>")
    assert not outbox.forget("<a@x.example>")

    assert {path.name for path in tmp_path.iterdir()} == set(names[2:])


def test_a_file_that_cannot_be_removed_is_named(app: App) -> None:
    with app.transaction() as session:
        reader = add_reader(session, app, "a@fenhe.example", clock.now()).id
    start(app, plan(app, make_issue(app), clock.now()), clock.now())
    app.sender.pump(timedelta(seconds=60))
    with app.transaction() as session:
        row = session.get_one(Subscriber, reader)
        hasher, at = app.keyring.address_hash, clock.now()
        done = privacy.erase(session, row, hasher, why="x", reason="x", by="test", at=at)
    (mail,) = (app.settings.home / "outbox").glob("*.eml")
    mail.unlink()
    mail.mkdir()  # what no account may unlink, root included

    assert remove_files(app, [done]) == (0, [mail])


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_old_pages_that_somebody_reads_are_said_to_be_left(app: App) -> None:
    with app.reading() as reading:
        reading.scalars(select(Subscriber)).all()
        with app.transaction() as session:
            add_reader(session, app, "a@fenhe.example", clock.now())

        with app.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=50")
        assert not privacy.wipe(app.engine, anew=False)

    assert privacy.wipe(app.engine, anew=True)
