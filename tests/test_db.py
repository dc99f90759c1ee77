"""Storage: instants, transactions, the database's clock, and two writers at once."""

import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session

from distribution import db
from distribution.app import App
from distribution.db import DatabaseUnusable, database_time
from distribution.models import Audit, Enterprise

NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)


def deed(at: datetime, action: str = "test") -> Audit:
    return Audit(at=at, by="test", action=action, subject="", detail={})


def deeds(session: Session) -> list[str]:
    return list(session.scalars(select(Audit.action).order_by(Audit.id)))


def test_a_naive_datetime_is_refused(app: App) -> None:
    with (
        pytest.raises(StatementError, match="say which time zone you mean"),
        app.transaction() as session,
    ):
        session.add(deed(datetime(2026, 9, 1, 9, 0)))  # noqa: DTZ001 - the point
    with app.reading() as session:
        assert deeds(session) == []


@pytest.mark.parametrize(
    "written",
    [
        NOW,
        NOW.astimezone(ZoneInfo("Asia/Shanghai")),
        NOW.astimezone(timezone(timedelta(hours=-3, minutes=-30))),
        NOW + timedelta(microseconds=1),
        datetime(1986, 5, 4, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(
    session: Session, written: datetime
) -> None:
    session.add(deed(written))
    session.flush()
    session.expire_all()

    found = session.scalars(select(Audit.at)).one()

    assert found == written
    assert found.tzinfo is UTC


def test_nothing_stays_nothing(session: Session) -> None:
    from sqlalchemy import null

    assert session.scalar(select(null().cast(db.Utc()))) is None


def test_the_databases_clock_compares_with_what_is_stored(session: Session) -> None:
    tick = timedelta(minutes=5)
    clock = session.scalars(select(database_time())).one()
    for minutes, action in ((-10, "past"), (-1, "just"), (10, "future")):
        session.add(deed(clock + timedelta(minutes=minutes), action))
    session.flush()

    def before(moment: database_time) -> set[str]:
        return set(session.scalars(select(Audit.action).where(Audit.at < moment)))

    assert clock.tzinfo is UTC
    assert before(database_time()) == {"past", "just"}
    assert before(database_time(-tick)) == {"past"}
    assert before(database_time(3 * tick)) == {"past", "just", "future"}


def test_the_databases_clock_can_be_stored_and_runs_forward(session: Session) -> None:
    first = session.scalars(select(database_time())).one()
    session.add(Audit(at=database_time(), by="t", action="a", subject="", detail={}))
    session.flush()

    stored = session.scalars(select(Audit.at)).one()
    last = session.scalars(select(database_time(timedelta(milliseconds=1)))).one()
    assert first <= stored < last


def test_two_offsets_in_one_statement_are_not_mixed_up(session: Session) -> None:
    row = session.execute(
        select(database_time(timedelta(hours=-1)), database_time(timedelta(hours=1)))
    ).one()

    assert timedelta(hours=2) <= row[1] - row[0] < timedelta(hours=2, minutes=1)


def test_writing_commits_when_its_block_ends(app: App) -> None:
    with app.transaction() as session:
        session.add(deed(NOW))
    with app.reading() as session:
        assert deeds(session) == ["test"]


def test_writing_rolls_back_when_its_block_raises(app: App) -> None:
    class Trouble(Exception):
        pass

    def write() -> None:
        with app.transaction() as session:
            session.add(deed(NOW))
            session.flush()
            raise Trouble

    with pytest.raises(Trouble):
        write()
    with app.reading() as session:
        assert deeds(session) == []


def test_reading_sees_nothing_uncommitted_and_waits_for_nobody(app: App) -> None:
    with app.transaction() as writer:
        writer.add(deed(NOW))
        writer.flush()
        with app.reading() as reader:
            assert deeds(reader) == []
    with app.reading() as reader:
        assert deeds(reader) == ["test"]


def test_reading_keeps_nothing(app: App) -> None:
    with app.reading() as session:
        session.add(deed(NOW))
        session.flush()
    with app.reading() as session:
        assert deeds(session) == []


def test_what_is_written_is_usable_after_its_transaction(app: App) -> None:
    with app.transaction() as session:
        row = deed(NOW)
        session.add(row)

    assert (row.action, row.at) == ("test", NOW)


def test_a_second_writer_waits_instead_of_failing(app: App) -> None:
    inside, go_on = Event(), Event()

    def first() -> None:
        with app.transaction() as session:
            session.add(deed(NOW, "first"))
            session.flush()
            inside.set()
            assert go_on.wait(20)

    def second() -> None:
        assert inside.wait(20)
        go_on.set()
        with app.transaction() as session:
            session.add(deed(NOW, "second"))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result(30)
    with app.reading() as session:
        assert sorted(deeds(session)) == ["first", "second"]


def test_a_pool_without_a_connection_left_is_a_database_that_is_away(app: App) -> None:
    url = app.engine.url.render_as_string(hide_password=False)
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.1)
    with (
        db.reading(engine),
        pytest.raises(DatabaseUnusable, match="都在使用中"),
        db.reading(engine),
    ):
        pass
    engine.dispose()


def test_no_error_of_the_database_shows_what_was_to_be_written(app: App) -> None:
    secret = "liang@sanjin.example"
    with pytest.raises((DatabaseError, DatabaseUnusable)) as told, app.transaction() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": secret})
    assert secret not in f"{told.value}{told.value.__cause__}"


def test_counting_by_many_writers_loses_nothing_where_the_row_is_locked(app: App) -> None:
    with app.transaction() as session:
        session.add(Enterprise(name="太行重工", name_key="x", region="0", created_at=NOW))

    def count(_: int) -> None:
        with app.transaction() as session:
            row = session.scalars(select(Enterprise).with_for_update()).one()
            row.region = str(int(row.region) + 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(20)))
    with app.reading() as session:
        assert session.scalar(select(Enterprise.region)) == "20"


def test_an_upsert_leaves_what_is_there(session: Session) -> None:
    facts = {"name": "太行重工", "region": "", "industry": "", "created_at": NOW}
    for industry in ("first", "second"):
        insert = db.upsert(session, Enterprise).values({**facts, "industry": industry})
        session.execute(insert.on_conflict_do_nothing())

    assert session.scalars(select(Enterprise.industry)).all() == ["first"]


def test_a_word_is_stored_as_its_code_and_documents_as_json(app: App) -> None:
    with app.transaction() as session:
        row = deed(NOW)
        row.detail = {"名": ["𠮷", 1, None]}
        session.add(row)
    with app.reading() as session:
        assert session.scalars(select(Audit.detail)).one() == {"名": ["𠮷", 1, None]}
        assert session.scalar(select(func.count(Audit.id))) == 1


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_sqlite_is_durable_and_checks_references(app: App) -> None:
    def pragma(engine: Engine, name: str) -> object:
        with engine.connect() as connection:
            return connection.scalar(text(f"PRAGMA {name}"))

    settings = {name: pragma(app.engine, name) for name in ("journal_mode", "synchronous")}

    assert settings == {"journal_mode": "wal", "synchronous": 2}
    assert pragma(app.engine, "foreign_keys") == 1


ENGLISH = re.compile(r"[a-z]+ [a-z]+ [a-z]+")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite://",
        "mysql://u:Geheim@h/d",
        "sqlite:////proc/none/a.db",
        "postgresql+none://h/d",
        "postgresql+psycopg://u:Geheim/x@h/d",  # read as a port
        "postgresql+psycopg://u:Geheim@127.0.0.1:1/d?nonsense=1",
        "postgresql+psycopg://u:Geheim@127.0.0.1:1/d?sslmode=nonsense",
    ],
)
def test_a_database_that_cannot_be_is_said_in_a_sentence_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnusable) as fault, db.writing(db.open_engine(url)) as session:
        session.execute(text("SELECT 1"))

    assert fault.value.exit_code == 2
    assert "Geheim" not in f"{fault.value}{fault.value.__cause__}"
    assert not ENGLISH.search(str(fault.value))


def test_a_new_file_is_for_its_account_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    engine = db.open_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE one (n INTEGER)"))
        for path in tmp_path.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    engine.dispose()


_TAKEN_AWAY = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
"""
"""Takes the lock of whoever is the last to leave a database: then nobody else may be in it."""


def test_a_second_connection_takes_no_lock_from_the_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    first, second = db.open_engine(url), db.open_engine(url)
    with first.connect() as connection:
        connection.execute(text("CREATE TABLE t (n)"))
        connection.commit()
        with second.connect() as other:
            other.execute(text("SELECT * FROM t"))
        second.dispose()
        words = [sys.executable, "-c", _TAKEN_AWAY, str(tmp_path / "ledger.db")]
        assert b"BlockingIOError" in subprocess.run(words, capture_output=True, check=False).stderr
    first.dispose()
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
