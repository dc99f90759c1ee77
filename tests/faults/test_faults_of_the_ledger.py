"""F8 and F11: a ledger that is full, and one that is upgraded in the middle of a run."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from scene import Cued, Scene, scene
from sqlalchemy import Connection, Engine, event, text

from distribution import db, schema
from distribution.app import open_app
from distribution.bundle import bundled
from distribution.db import DatabaseUnusable
from distribution.delivery import ledger_writer
from distribution.words import DeliveryState as S

READERS = 60


# -- full ------------------------------------------------------------------------------------------


_REFUSE = """
CREATE TABLE full_disk (since timestamptz);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM full_disk) THEN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON delivery_events
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
"""
"""A commit that fails as where the disk is full: of results, while intents still find room."""
_FORGET = "DROP TRIGGER refuse ON delivery_events; DROP FUNCTION refuse; DROP TABLE full_disk;"


class Disk:
    """Where the ledger lies; it can be filled up."""

    def __init__(self, here: Scene) -> None:
        self._engine, self._full = here.app.engine, False
        if self._engine.dialect.name == "sqlite":
            with closing(sqlite3.connect(str(self._engine.url.database))) as database:
                database.execute("VACUUM")  # what the migrations freed would last for a while
            event.listen(self._engine, "begin", self._limit)
        else:
            self._say(_REFUSE)

    def fill(self) -> None:
        self._full = True
        if self._engine.dialect.name == "postgresql":
            self._say("INSERT INTO full_disk VALUES (now())")

    def clear(self) -> None:
        self._full = False
        if self._engine.dialect.name == "postgresql":
            self._say(_FORGET)

    def _say(self, words: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(words))

    def _limit(self, connection: Connection) -> None:
        """As many pages as there are, or plenty; what is free already may be written to."""
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        most = pages if self._full else 1_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")


def test_after_the_first_commit_that_fails_no_mail_is_ended_until_there_is_room(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_writer, "RESULT_PATIENCE", timedelta(seconds=0.3))
    under_way: list[set[str]] = []
    """At each commit that failed: whose mails were done, or past their intent."""

    def note(_counts: object) -> None:
        done = (S.HANDED, S.ACCEPTED)
        under_way.append({who for who, state in here.states().items() if state in done})

    monkeypatch.setattr(type(ledger_writer.counts), "ledger_failed", note)
    connections = 4 if "DISTRIBUTION_DATABASE_URL" in environment else 1
    sink = Cued({5: lambda: disk.fill()}, delay=0.002)  # noqa: PLW0108 - the disk comes later
    with sink, scene(environment, sink, READERS, connections=connections) as here:
        disk = Disk(here)
        assert isinstance(here.pump().trouble, DatabaseUnusable)
        taken = len(sink.accepted)
        assert here.copies().keys() <= under_way[0], "begun after a commit had failed"
        here.pump()
        assert len(sink.accepted) == taken, "sent without a ledger"
        disk.clear()
        here.leases_run_out()
        here.pump()
        here.waits_are_over()
        here.pump()
        assert here.tally() == {S.ACCEPTED: READERS}
        here.assert_nobody_twice_nobody_missed()


# -- upgraded in the middle of a run ---------------------------------------------------------------

_LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "later", "{head}"


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("deliveries", sa.Column("later", sa.Text))
    op.create_index("ix_deliveries_later", "deliveries", ["later"])


def downgrade():
    op.drop_index("ix_deliveries_later")
    op.drop_column("deliveries", "later")
    op.drop_table("later")
"""
"""What a programme of next year may add: nobody of this year misses it."""


@pytest.fixture
def newer_programme(tmp_path: Path) -> Callable[[str], Path]:
    """Where what comes with a programme lies that knows one revision more."""
    folder = tmp_path / "newer"
    shutil.copytree(bundled("migrations"), folder / "migrations")
    later = folder / "migrations" / "versions" / "later.py"
    later.write_text(_LATER.format(head=schema.HEAD), encoding="utf-8")
    shutil.copy(bundled("alembic.ini"), folder)
    return folder.joinpath


def test_an_upgrade_and_its_taking_back_in_the_middle_of_a_run_lose_nobody(
    environment: dict[str, str],
    newer_programme: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schema, "bundled", newer_programme)

    def change(move: Callable[[Engine, str], object], target: str) -> None:
        """What an admin does beside the sender."""
        other = db.open_engine(here.app.settings.database)
        move(other, target)
        other.dispose()

    cues = {
        10: lambda: change(schema.upgrade, "head"),
        30: lambda: change(schema.downgrade, schema.HEAD),
    }
    with Cued(cues) as sink, scene(environment, sink, READERS, batch_size=5) as here:
        assert here.pump().trouble is None
        assert here.tally() == {S.ACCEPTED: READERS}
        here.assert_nobody_twice_nobody_missed()


def test_a_programme_of_before_does_not_start_on_what_a_newer_one_has_upgraded(
    environment: dict[str, str],
    newer_programme: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_app(environment)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "bundled", newer_programme)
        schema.upgrade(app.engine)
    with pytest.raises(DatabaseUnusable, match="later"):
        open_app(environment)
    monkeypatch.setattr(schema, "bundled", newer_programme)
    schema.downgrade(app.engine, schema.HEAD)  # others use this database after us
    app.engine.dispose()
