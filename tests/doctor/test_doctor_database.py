"""The doctor on databases: away, empty, older, newer, read-only, in other letters, on far disks."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from databases import only_sqlite
from patients import line, lines, patient, troubles
from sqlalchemy import text

from distribution import clock, delivery, schema
from distribution.app import App
from distribution.doctor import clocks, database

GONE = "postgresql+psycopg://postgres@/t?host=/nowhere"


def test_all_is_well_on_either_database(environment: dict[str, str], app: App) -> None:
    assert app
    assert troubles(database.check, environment) == []
    assert troubles(clocks.check, environment) == []


@only_sqlite
def test_a_server_that_is_away_is_one_line(environment: dict[str, str]) -> None:
    said = line(database.check, environment, database_url=GONE)

    assert said.startswith("✗ 数据库无法使用（/nowhere/.s.PGSQL.5432 上没有数据库服务）：")
    assert troubles(clocks.check, environment, database_url=GONE) == []


@only_sqlite
def test_what_is_no_database_is_said(environment: dict[str, str]) -> None:
    Path(environment["DISTRIBUTION_HOME"], "distribution.db").write_bytes(b"nothing" * 1000)

    assert "数据库文件已损坏或不是数据库" in line(database.check, environment)


@only_sqlite
def test_a_folder_that_is_not_there_holds_no_database(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/none/new.db"

    said = line(database.check, environment, database_url=url)

    assert said.startswith(f"✗ 没有放数据库的文件夹 {tmp_path}/none：请建立它")


@only_sqlite
def test_to_look_makes_no_database(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "new.db"

    assert line(database.check, environment, database_url=f"sqlite:///{file}").startswith(
        "! 还没有"
    )
    assert not file.exists()


def test_an_empty_postgresql_is_said(empty_postgresql: str, tmp_path: Path) -> None:
    environment = {
        "DISTRIBUTION_HOME": str(tmp_path),
        "DISTRIBUTION_DATABASE_URL": empty_postgresql,
    }

    assert line(database.check, environment) == (
        f"✗ 数据库还是空的：请运行 distribution db upgrade（需要 {schema.HEAD}）"
    )


@pytest.mark.parametrize(
    ("environment", "revision", "said"),
    [
        (
            "sqlite",
            "2099_01_01_future",
            "✗ 数据库的版本 2099_01_01_future 比本程序新：请升级本程序",
        ),
        (
            "sqlite",
            "2026_11_26_networks",
            "! 数据库的版本是 2026_11_26_networks，比本程序旧：下次使用时自动",
        ),
        ("postgresql", "2026_11_26_networks", "✗ 数据库的版本是 2026_11_26_networks，比本程序旧"),
    ],
    indirect=["environment"],
)
def test_another_schema_is_said(environment: dict[str, str], revision: str, said: str) -> None:
    name_revision(environment, revision)
    try:
        assert line(database.check, environment).startswith(said)
    finally:
        name_revision(environment, schema.HEAD)  # the server is shared


def name_revision(environment: dict[str, str], revision: str) -> None:
    with patient(environment) as app, app.engine.begin() as connection:
        change = "UPDATE alembic_version SET version_num = :revision"
        connection.execute(text(change), {"revision": revision})


def test_a_standby_is_said(
    postgresql_folder: str, postgresql_database: str, tmp_path: Path
) -> None:
    name = postgresql_database.split("/")[3].split("?", maxsplit=1)[0]
    change = f"ALTER DATABASE {name} SET default_transaction_read_only"
    url = {"DISTRIBUTION_HOME": str(tmp_path), "DISTRIBUTION_DATABASE_URL": postgresql_database}
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute(f"{change} = on")  # type: ignore[call-overload]
        said = line(database.check, url)
        server.execute(f"{change} = off")  # type: ignore[call-overload]

    assert said == "✗ 数据库现在只读：它可能是备库或被设为只读，请检查"


def test_letters_that_do_not_hold_chinese_are_said(postgresql_folder: str, tmp_path: Path) -> None:
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE latin ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'")
    url = f"postgresql+psycopg://postgres@/latin?host={postgresql_folder}"
    environment = {"DISTRIBUTION_HOME": str(tmp_path), "DISTRIBUTION_DATABASE_URL": url}
    said = troubles(database.check, environment)
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute("DROP DATABASE latin")

    assert "✗ 数据库的编码是 SQL_ASCII，存不下全部汉字：请用 ENCODING 'UTF8' 另建一个数据库" in said


def test_a_forgetful_postgresql_is_said(
    postgresql_folder: str, postgresql_database: str, tmp_path: Path
) -> None:
    name = postgresql_database.split("/")[3].split("?", maxsplit=1)[0]
    url = {"DISTRIBUTION_HOME": str(tmp_path), "DISTRIBUTION_DATABASE_URL": postgresql_database}
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # type: ignore[call-overload]
        said = line(database.check, url)
        server.execute(f"ALTER DATABASE {name} RESET synchronous_commit")  # type: ignore[call-overload]

    assert "synchronous_commit=off" in said


@only_sqlite
def test_a_database_that_is_not_trusted_is_said(environment: dict[str, str], app: App) -> None:
    with app.transaction() as session:
        delivery.recognising.distrust(session, "由备份恢复")

    assert line(database.check, environment).startswith("✗ 数据库可能是恢复的旧副本（由备份恢复）")


@only_sqlite
def test_another_hosts_disk_is_no_place_for_sqlite(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_file_system", lambda _path: "nfs4")

    assert "在网络磁盘（nfs4）上：请放到本机磁盘上" in line(database.check, environment)


@only_sqlite
def test_the_disk_of_a_file_is_the_nearest_one(environment: dict[str, str]) -> None:
    assert environment
    assert database._file_system(Path("/proc/self/mounts")) == "proc"
    assert database._file_system(Path("/")) not in ("", "proc")


@only_sqlite
def test_a_clock_of_another_century_is_said(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(days=20_000))

    assert line(clocks.check, environment).startswith("✗ 本机的时钟是 197")


@pytest.mark.parametrize(("seconds", "sign"), [(0, "✓"), (20, "!"), (7200, "✗")])
@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_a_clock_far_from_the_databases_is_said(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, seconds: int, sign: str
) -> None:
    right = clock.now
    monkeypatch.setattr(clock, "now", lambda: right() + timedelta(seconds=seconds))

    [said] = lines(clocks.check, environment)

    assert said.startswith(f"{sign} 本机与数据库的时钟相差 ")
