"""An older copy of the ledger comes back: nothing leaves before a person accepts it, nobody twice.

The judge is the relay's accept log; never our own database.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import servers
from databases import alerts, only_sqlite
from postfix_lines import alive, taken
from runs import add_reader, make_issue, plan, relay_settings, start, status_of
from sink import Sink
from sqlalchemy import select

from distribution import backup, clock, delivery, schema
from distribution.app import App, open_app
from distribution.backup import CannotBackUp, CannotRestore
from distribution.delivery import Envelope, Handover, Pumped, SuspectLedger, Transport
from distribution.delivery.accepting import IDS_OF_AN_EPOCH, Accepted, NothingToAccept
from distribution.delivery.recognising import Mark
from distribution.delivery.store import letters
from distribution.models import Delivery, Letter, RelayLog
from distribution.words import DeliveryState, LetterPurpose, LetterState, RunState
from workers.following import Follower

READERS, FIRST = 12, 5


class House:
    """An installation whose database can be copied behind its back, and put back the same way."""

    def __init__(self, environment: dict[str, str], sink: Sink, log: Path) -> None:
        self.environment = environment | relay_settings(sink, relay_log=log)
        self.home, self.sink, self.log = Path(environment["DISTRIBUTION_HOME"]), sink, log
        self.app = open_app(self.environment)

    def copy(self) -> None:
        """As somebody does who copies files or dumps, and knows of no command of ours."""
        if self.app.settings.embedded:
            with closing(sqlite3.connect(self.home / "distribution.db")) as line:
                line.execute("VACUUM INTO ?", (str(self.home / "copy.db"),))
        else:
            self._postgresql(f"CREATE DATABASE {self._name}_copy TEMPLATE {self._name}")

    def put_back(self) -> None:
        self.app.engine.dispose()
        if self.app.settings.embedded:
            for old in self.home.glob("distribution.db*"):
                old.unlink()
            shutil.copy(self.home / "copy.db", self.home / "distribution.db")
        else:
            self._postgresql(f"DROP DATABASE {self._name} WITH (FORCE)")
            self._postgresql(f"ALTER DATABASE {self._name}_copy RENAME TO {self._name}")
        self.app = open_app(self.environment)

    def pump(self) -> Pumped:
        return self.app.sender.pump(timedelta(seconds=30))

    def resume(self, run_id: int) -> None:
        with self.app.transaction() as session:
            delivery.resume(session, run_id)

    def accept(self) -> Accepted:
        with self.app.transaction() as session:
            mark = Mark.read(self.app.settings.mark_file)
            return delivery.accepting.accept(
                session, mark, reason="只少半天", by="王秘书", at=clock.now()
            )

    def relay_tells(self) -> None:
        """Its log names all it has taken."""
        with self.app.reading() as session:
            rows = session.execute(select(Delivery.recipient, Delivery.id)).all()
        numbers = {row[0]: row[1] for row in rows}
        lines = [
            taken(f"4Q{number:04}", self.app.addresses.message_id(numbers[mail.recipient]))
            for number, mail in enumerate(self.sink.accepted)
        ]
        with self.log.open("a", encoding="utf-8") as file:
            file.writelines([*lines, alive()])
        Follower().look(self.app)

    @property
    def served(self) -> Counter[str]:
        return Counter(mail.recipient for mail in self.sink.accepted)

    @property
    def _name(self) -> str:
        return str(self.app.engine.url.database)

    def _postgresql(self, statement: str) -> None:
        self.app.engine.dispose()
        folder = str(self.app.engine.url.query["host"])
        with psycopg.connect(host=folder, user="postgres", autocommit=True) as server:
            server.execute(statement)  # type: ignore[call-overload]


@pytest.fixture
def house(environment: dict[str, str], tmp_path: Path) -> Iterator[House]:
    log = tmp_path / "mail.log"
    log.write_text(alive(), encoding="utf-8")
    with Sink() as sink:
        opened = House(environment, sink, log)
        Follower().look(opened.app)
        yield opened
        opened.app.engine.dispose()


def planned(app: App, readers: int) -> int:
    """A planned run of short articles to so many readers; its number."""
    at = clock.now()
    key = make_issue(app, "10")
    with app.transaction() as session:
        for number in range(readers):
            add_reader(session, app, f"reader{number}@enterprise.test", at)
    return plan(app, key, at)


def half_sent(house: House) -> int:
    """A run of which some have gone out, when the copy is made, and then the others."""
    run_id = planned(house.app, READERS)
    delivery.start(
        house.app.transaction, run_id, at=clock.now(), expiry=timedelta(days=1), first=FIRST
    )
    assert house.pump().accepted == FIRST
    house.copy()
    house.resume(run_id)
    assert house.pump().accepted == READERS - FIRST
    house.put_back()
    return run_id


def test_nothing_leaves_until_accepted_then_evidence_settles_and_nobody_gets_two(
    house: House,
) -> None:
    run_id = half_sent(house)

    pumped = house.pump()

    assert isinstance(pumped.trouble, SuspectLedger)
    assert isinstance(house.app.sender.trouble, SuspectLedger)  # waiting cannot help
    assert "distribution db accept" in str(pumped.trouble)
    assert "数据库可能是恢复的旧副本，投递已全部停止" in {one.title for one in alerts(house.app)}
    with pytest.raises(SuspectLedger):
        house.resume(run_id)
    with pytest.raises(SuspectLedger):
        start(house.app, run_id, clock.now())

    accepted = house.accept()

    assert (accepted.paused, accepted.doubtful) == ([run_id], READERS - FIRST)
    assert house.pump().trouble is None
    assert status_of(house.app, run_id).count(DeliveryState.IN_DOUBT) == READERS - FIRST
    house.relay_tells()
    house.resume(run_id)
    assert house.pump().accepted == 0
    with house.app.transaction() as session:
        assert delivery.finish_drained(session, house.app.keyring, clock.now()) == {run_id: []}
    assert status_of(house.app, run_id).count(DeliveryState.ACCEPTED) == READERS
    assert status_of(house.app, run_id).run.state is RunState.FINISHED
    assert house.served == Counter({f"reader{n}@enterprise.test": 1 for n in range(READERS)})


@pytest.mark.parametrize("state", [DeliveryState.DEFERRED, DeliveryState.IN_DOUBT])
def test_a_log_proves_no_absence_of_what_may_have_been_tried_again(
    house: House, state: DeliveryState
) -> None:
    """As the copy knows it, the mail was tried two hours ago and its log has been read since."""
    run_id, hour = planned(house.app, 1), timedelta(hours=1)
    start(house.app, run_id, clock.now())
    with house.app.transaction() as session:
        now = delivery.database_now(session)
        row, log = session.scalars(select(Delivery)).one(), session.scalars(select(RelayLog)).one()
        row.state, row.relay, row.handed_at = state, log.relay, now - 2 * hour
        row.lease_token, row.next_attempt_at = "token", now + hour
        log.continuous_since = now - 3 * hour
        log.read_at = log.alive_after = log.ours_at = now - hour
        delivery.recognising.distrust(session, "由转储恢复")

    house.accept()
    Follower().look(house.app)

    assert status_of(house.app, run_id).count(DeliveryState.IN_DOUBT) == 1


class Copying:
    """A transport in the middle of whose work somebody copies the database."""

    def __init__(self, transport: Transport, copy: Callable[[], None]) -> None:
        self._transport, self._copy, self._begun = transport, copy, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)

    async def begin(self, envelope: Envelope) -> Handover:
        self._begun += 1
        if self._begun == FIRST:
            await asyncio.to_thread(self._copy)
        return await self._transport.begin(envelope)


@only_sqlite
def test_a_copy_made_in_the_middle_of_a_stint_is_noticed(house: House) -> None:
    start(house.app, planned(house.app, READERS), clock.now())
    open_transport = house.app.sender.open_transport
    house.app.sender.open_transport = lambda: Copying(open_transport(), house.copy)  # type: ignore[return-value,assignment]
    assert house.pump().accepted == READERS
    house.put_back()

    assert isinstance(house.pump().trouble, SuspectLedger)
    assert set(house.served.values()) == {1}


def test_another_host_sends_nothing_either_once_one_has_noticed(
    house: House, tmp_path: Path
) -> None:
    half_sent(house)
    house.pump()
    elsewhere = {**house.environment, "DISTRIBUTION_HOME": str(tmp_path / "elsewhere")}
    database = house.app.engine.url.render_as_string(hide_password=False)
    other = open_app(elsewhere | {"DISTRIBUTION_DATABASE_URL": database})

    assert isinstance(other.sender.pump(timedelta(seconds=30)).trouble, SuspectLedger)
    with other.reading() as session:
        assert not delivery.anything_to_do(session)
    other.engine.dispose()
    assert set(house.served.values()) == {1}


def test_what_was_leased_before_somebody_noticed_is_not_handed_over(house: House) -> None:
    run_id = planned(house.app, 2)
    start(house.app, run_id, clock.now())
    terms = house.app.sender.pace.terms
    with house.app.transaction() as session:
        [row] = delivery.ledger.lease(session, 1, "token", terms) or []
        delivery.recognising.distrust(session, "有人这么说")
    with house.app.transaction() as session:
        handed = delivery.ledger.hand_over(session, [(row.delivery_id, row.token)], terms)
        assert delivery.ledger.lease(session, 1, "another", terms) is None

    assert handed == set()


def test_letters_wait_too_and_are_in_doubt_afterwards(house: House) -> None:
    with house.app.transaction() as session:
        for key, purpose in (("a", LetterPurpose.WELCOME), ("b", LetterPurpose.ALERT)):
            content = ("题", "文", "<p>文</p>")
            delivery.add_letter(session, key, purpose, f"{key}@x.test", content, at=clock.now())
    house.copy()
    assert post(house) == {LetterState.SENT: 2}
    house.put_back()

    with pytest.raises(SuspectLedger):
        post(house)
    with house.app.transaction() as session:
        assert not delivery.letters_due(session, house.app.patience)
        assert not letters.mark_letter_handed(session, 1)
    assert house.accept().letters == 1
    assert post(house) == {LetterState.SENT: 1}  # an admin may well be told twice
    with house.app.reading() as session:
        found = {row[0]: row[1] for row in session.execute(select(Letter.key, Letter.state))}
    assert found["a"] is LetterState.IN_DOUBT
    assert house.served["a@x.test"] == 1


def post(house: House) -> dict[LetterState, int]:
    app = house.app
    return asyncio.run(
        delivery.post_due(app.transaction, app.open_transport, app.office, at=clock.now())
    )


def test_links_of_forgotten_mails_lead_to_nobody_else(house: House) -> None:
    half_sent(house)
    house.pump()
    house.accept()
    known = set(ids(house.app))

    run_id = plan(house.app, make_issue(house.app, "12"), clock.now())

    new = set(ids(house.app)) - known
    assert run_id >= 2 * IDS_OF_AN_EPOCH
    assert len(new) == READERS
    assert min(new) >= 2 * IDS_OF_AN_EPOCH
    with house.app.transaction() as session:
        delivery.add_letter(
            session, "c", LetterPurpose.ALERT, "c@x.test", ("题", "文", ""), at=clock.now()
        )
        assert min(session.scalars(select(Letter.id).where(Letter.key == "c"))) >= min(new)


def ids(app: App) -> list[int]:
    with app.reading() as session:
        return list(session.scalars(select(Delivery.id)))


def test_an_issue_that_may_have_gone_out_is_named(house: House) -> None:
    key = make_issue(house.app)
    waiting = planned(house.app, 2)
    house.app.sender.recognise()
    house.copy()
    house.app.sender.recognise()
    house.put_back()
    house.pump()
    accepted = house.accept()

    assert [f"{issue.year}-{issue.label}" for issue in accepted.issues] == [key]
    assert (accepted.paused, accepted.unstarted, accepted.doubtful) == ([], [waiting], 2)
    start(house.app, waiting, clock.now())
    assert house.pump().accepted == 0


def test_a_ledger_that_has_lost_nothing_is_never_suspected(house: House) -> None:
    run_id = planned(house.app, 3)
    start(house.app, run_id, clock.now())
    for _ in range(2):
        assert house.pump().trouble is None
    house.app.engine.dispose()
    house.app = open_app(house.environment)

    assert house.pump().trouble is None
    with pytest.raises(NothingToAccept):
        house.accept()


def test_a_copy_from_before_an_acceptance_is_suspected_again(house: House) -> None:
    house.app.sender.recognise()
    house.copy()
    with house.app.transaction() as session:
        delivery.recognising.distrust(session, "有人这么说")
    house.accept()
    house.app.sender.recognise()
    house.put_back()

    with pytest.raises(SuspectLedger):
        house.app.sender.recognise()
    house.accept()
    house.app.sender.recognise()
    assert Mark.read(house.app.settings.mark_file).epoch == 3  # type: ignore[union-attr]


@pytest.mark.parametrize("content", ["", "{}", '{"name": 1}', "\0"])
@only_sqlite
def test_a_mark_that_is_none_is_no_evidence(house: House, content: str) -> None:
    house.app.settings.mark_file.write_text(content, encoding="utf-8")

    house.app.sender.recognise()

    assert Mark.read(house.app.settings.mark_file) is not None


@only_sqlite
def test_a_host_that_can_keep_no_mark_sends_all_the_same(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.app.settings.mark_file.mkdir()
    start(house.app, planned(house.app, 1), clock.now())

    assert house.pump().accepted == 1
    assert "no mark of the ledger can be kept" in caplog.text
    assert list(house.home.glob(".ledger.mark*")) == []


@only_sqlite
def test_the_ledger_of_another_installation_is_suspected_and_accepted_once(house: House) -> None:
    house.app.sender.recognise()
    house.app.engine.dispose()
    (house.home / "distribution.db").unlink()
    house.app = open_app(house.environment)

    with pytest.raises(SuspectLedger, match="从未投递过"):
        house.app.sender.recognise()
    house.accept()
    house.app.sender.recognise()


# -- backups of SQLite ---------------------------------------------------------------------------


def backed_up(house: House) -> Path:
    target = house.home / "backup.db"
    backup.back_up_sqlite(house.home / "distribution.db", target, at=clock.now())
    return target


@only_sqlite
def test_a_backup_into_a_folder_that_is_not_there_says_so(house: House) -> None:
    database = house.home / "distribution.db"
    with pytest.raises(CannotBackUp, match=f"没有文件夹 {house.home / 'no'}"):
        backup.back_up_sqlite(database, house.home / "no" / "b.db", at=clock.now())


@only_sqlite
def test_a_backup_is_whole_private_and_suspect_by_birth(house: House) -> None:
    run_id = planned(house.app, 3)
    start(house.app, run_id, clock.now())
    with house.app.transaction() as session:  # somebody is writing
        session.get_one(Delivery, ids(house.app)[0])
        target = backed_up(house)

    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in house.home.glob("*backup*")] == ["backup.db"]
    assert house.pump().accepted == 3  # only the copy is suspect
    house.app.engine.dispose()
    shutil.copy(target, house.home / "distribution.db")
    house.app.settings.mark_file.unlink()  # a new machine
    house.app = open_app(house.environment)
    trouble = house.pump().trouble
    assert isinstance(trouble, SuspectLedger)
    assert "的备份" in str(trouble)


@only_sqlite
def test_a_backup_never_replaces_a_file(house: House) -> None:
    backed_up(house)

    with pytest.raises(CannotBackUp, match="已有这个文件"):
        backed_up(house)


@only_sqlite
def test_what_is_put_back_keeps_the_other_aside(house: House) -> None:
    target = backed_up(house)
    run_id = planned(house.app, 1)
    database = house.home / "distribution.db"
    with house.app.reading() as session:
        session.connection()
        with pytest.raises(CannotRestore, match="还有进程开着"):
            backup.restore_sqlite(target, database, at=clock.now())
    house.app.engine.dispose()

    restored = backup.restore_sqlite(target, database, at=clock.now())

    assert restored.revision == schema.HEAD
    assert restored.aside is not None
    assert database.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(restored.aside)) as old:
        assert old.execute("SELECT id FROM runs").fetchall() == [(run_id,)]
    house.app = open_app(house.environment)
    assert ids(house.app) == []
    assert isinstance(house.pump().trouble, SuspectLedger)


@only_sqlite
def test_a_damaged_database_can_be_replaced_and_a_damaged_copy_cannot(house: House) -> None:
    target = backed_up(house)
    database = house.home / "distribution.db"
    house.app.engine.dispose()
    database.write_bytes(b"no database at all" * 1000)
    broken = house.home / "broken.db"
    broken.write_bytes(target.read_bytes()[:5000])

    with pytest.raises(CannotRestore, match=r"读不懂|已损坏"):
        backup.restore_sqlite(broken, database, at=clock.now())
    assert database.read_bytes().startswith(b"no database")
    backup.restore_sqlite(target, database, at=clock.now())
    house.app = open_app(house.environment)
    assert ids(house.app) == []


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_a_real_dump_comes_back_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = servers._binaries()
    if not (tools / "pg_restore").exists():
        pytest.skip("this PostgreSQL has no pg_dump of its own")
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    planned(house.app, 3)
    known, target = ids(house.app), house.home / "b.dump"
    name, folder = house._name, str(house.app.engine.url.query["host"])

    backup.back_up_postgresql(house.app.settings.database, target)
    house._postgresql(f"CREATE DATABASE {name}_new")
    to = ["--host", folder, "--username", "postgres", "--dbname", f"{name}_new"]
    subprocess.run([tools / "pg_restore", "--no-owner", *to, target], check=True)
    house._postgresql(f"DROP DATABASE {name} WITH (FORCE)")
    house._postgresql(f"ALTER DATABASE {name}_new RENAME TO {name}")
    house.app = open_app(house.environment)

    assert target.stat().st_mode & 0o777 == 0o600
    assert ids(house.app) == known
    assert house.pump().trouble is None  # nothing had been sent
