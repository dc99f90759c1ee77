"""`distribution db backup`, `restore`, `suspect` and `accept`."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite
from run_desk import deeds, planned_run, start
from sqlalchemy import select

from distribution import calendar, clock
from distribution.app import App
from distribution.cli import common
from distribution.models import Delivery, ScheduleSlot
from distribution.words import DeliveryState, SlotState


@pytest.fixture
def home(environment: dict[str, str]) -> Path:
    return Path(environment["DISTRIBUTION_HOME"])


def closed() -> None:
    """The programme has ended: nobody has the database open."""
    common.installation().engine.dispose()
    common.installation.cache_clear()


def test_a_database_is_distrusted_and_accepted_by_a_person(
    office: Office, app: App, issue: str
) -> None:
    run = planned_run(office, app, issue)
    assert office("db", "accept", "--reason", "无", "--yes").sentence.startswith("数据库没有疑问")

    said = office("db", "suspect", "--reason", "由昨天的转储恢复")
    assert (said.code, said.err) == (0, "")
    assert office("db", "status", "--json").document["suspect"] == "由昨天的转储恢复"
    for words in (("run", "start", run), ("run", "resume", run), ("schedule", "tick")):
        refused = office(*words)
        assert refused.code == 1
        assert "由昨天的转储恢复" in refused.sentence
        assert "distribution db accept" in refused.sentence

    assert "--yes" in office("db", "accept", "--reason", "核对过").sentence
    done = office("db", "accept", "--reason", "核对过", "--yes")

    assert (done.code, done.err) == (0, "")
    assert "停止投递的缘由：由昨天的转储恢复。" in done.out
    assert f"尚未开始的批次 {run} 可能已经投递" in done.out
    assert "存疑 3 封" in done.out
    assert "退订" in done.out
    assert office("db", "status", "--json").document["suspect"] is None
    [(_, detail)] = deeds(app, "db.accept")
    assert (detail["reason"], detail["doubtful"]) == ("核对过", 3)
    with app.reading() as session:
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.IN_DOUBT}


@only_sqlite
def test_slots_since_the_copy_wait_for_a_person(office: Office, app: App, issue: str) -> None:
    assert issue
    at = clock.now()
    office("db", "suspect", "--reason", "恢复")

    done = office("db", "accept", "--reason", "核对过", "--yes")

    with app.reading() as session:
        slots = {slot.month: slot.state for slot in session.scalars(select(ScheduleSlot))}
    assert calendar.month_of(at) in slots
    assert set(slots.values()) == {SlotState.HELD}
    assert f"日程 {calendar.name_of(min(slots))}" in done.out


def older_copy(office: Office, app: App, issue: str, home: Path) -> str:
    """A run that was sent, and then the database of before came back; its number."""
    run = planned_run(office, app, issue)
    app.engine.dispose()
    shutil.copy(home / "distribution.db", home / "copy.db")
    assert start(office, run)
    closed()
    for old in home.glob("distribution.db*"):
        old.unlink()
    shutil.copy(home / "copy.db", home / "distribution.db")
    return run


@only_sqlite
def test_a_run_started_from_an_older_copy_is_refused_before_it_begins(
    office: Office, app: App, issue: str, home: Path
) -> None:
    run = older_copy(office, app, issue, home)

    refused = office("run", "start", run)

    assert refused.code == 1
    assert "这份账本却从未投递过" in refused.sentence
    closed()
    with closing(sqlite3.connect(home / "distribution.db")) as line:
        assert line.execute("SELECT state FROM runs").fetchall() == [("planned",)]


@only_sqlite
def test_an_older_copy_can_be_accepted_before_anybody_has_noticed(
    office: Office, app: App, issue: str, home: Path
) -> None:
    run = older_copy(office, app, issue, home)

    accepted = office("db", "accept", "--reason", "查过 outbox", "--yes")

    assert "存疑 3 封" in accepted.out
    again = office("run", "start", run)
    assert (again.code, again.err) == (0, "")
    verified = office("run", "verify", run, "--json").document
    assert (verified["mismatches"], verified["states"]["accepted"]) == ([], 3)
    assert len(list((home / "outbox").glob("*.eml"))) == 3


@only_sqlite
def test_a_backup_comes_back_and_waits_for_acceptance(
    office: Office, app: App, issue: str, home: Path
) -> None:
    run = planned_run(office, app, issue)
    (home / "distribution.toml").write_text('sender_name = "甲"\n', encoding="utf-8")
    made = office("db", "backup", str(home / "b.db"))
    twice = office("db", "backup", str(home / "b.db"))

    assert (made.code, made.err) == (0, "")
    assert "DISTRIBUTION_SECRET_KEYS 中的密钥" in made.out
    assert str(home / "distribution.toml") in made.out
    assert (twice.code, "已有这个文件" in twice.sentence) == (1, True)
    asked = office("db", "restore", str(home / "b.db"))
    assert "--yes" in asked.sentence
    in_use = office("db", "restore", str(home / "b.db"), "--yes")
    assert in_use.code == 1
    assert "还有进程开着" in in_use.sentence
    app.engine.dispose()
    closed()

    done = office("db", "restore", str(home / "b.db"), "--yes")

    assert (done.code, done.err) == (0, "")
    assert len(list(home.glob("distribution.db.2*"))) == 1
    assert "由 b.db 恢复的" in office("db", "status").out
    assert office("run", "start", run).code == 1
    assert office("db", "accept", "--reason", "核对过", "--yes").code == 0


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_postgresql_is_copied_by_its_own_programme(
    office: Office,
    environment: dict[str, str],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tool = tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    tool.write_text(
        "#!/bin/sh\nfor word; do case $word in --file=*) "
        'echo "$* $PGPASSWORD" > "${word#--file=}";; esac; done\n',
        encoding="utf-8",
    )
    tool.chmod(0o755)
    url = environment["DISTRIBUTION_DATABASE_URL"].replace("postgres@/", "postgres:geheim@/")
    monkeypatch.setenv("DISTRIBUTION_DATABASE_URL", url)
    monkeypatch.setenv("PATH", f"{tool.parent}:/bin:/usr/bin")

    made = office("db", "backup", str(home / "b.dump"))

    assert (made.code, made.err) == (0, "")
    arguments, _, password = (home / "b.dump").read_text().strip().rpartition(" ")
    assert "--format=custom --no-owner" in arguments
    assert " postgresql://postgres@/" in arguments
    assert ("geheim" in arguments, password) == (False, "geheim")
    assert (home / "b.dump").stat().st_mode & 0o777 == 0o600
    tool.write_text("#!/bin/sh\necho 'pg_dump: error: no' >&2\nexit 1\n", encoding="utf-8")
    failed = office("db", "backup", str(home / "c.dump"))
    assert (failed.code, "c.dump（no）：" in failed.sentence) == (1, True)
    assert sorted(path.name for path in home.iterdir()) == ["b.dump"]
    monkeypatch.setenv("PATH", str(tmp_path))
    absent = office("db", "backup", str(home / "c.dump"))
    assert "pg_dump --format=custom" in absent.sentence
    assert "geheim" not in absent.err
    there = office("db", "restore", str(home / "b.dump"), "--yes")
    assert (there.code, "pg_restore" in there.sentence) == (1, True)
