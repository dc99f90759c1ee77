"""`distribution config` and `db`, broken settings, and databases that are away."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite

from distribution import schema
from distribution.config import Settings


@pytest.fixture
def home(environment: dict[str, str]) -> Path:
    """The installation's folder."""
    return Path(environment["DISTRIBUTION_HOME"])


@only_sqlite
def test_all_settings_are_shown_with_their_origin(
    office: Office, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "distribution.toml").write_text('sender_name = "三晋"\nbatch_size = 7\n', "utf-8")
    monkeypatch.setenv("DISTRIBUTION_BATCH_SIZE", "9")

    document = office("config", "show", "--json").document
    shown = office("config", "show").out

    assert list(document) == list(Settings.model_fields)
    assert document["sender_name"]["origin"].endswith("distribution.toml")
    assert document["batch_size"] == {
        "value": 9,
        "origin": "环境变量 DISTRIBUTION_BATCH_SIZE",
    }
    assert document["smtp_port"] == {"value": 25, "origin": "默认"}
    assert all(name in shown for name in document)


@only_sqlite
def test_secrets_are_never_shown(
    office: Office, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "distribution.toml").write_text(
        'database_url = "postgresql://u:Geheim@127.0.0.1:1/d"\nsmtp_password = "Geheim"\n'
        'redis_url = "redis://:Geheim@h/0"\nsecret_keys = "Geheim-Geheim-Geheim"\n',
        "utf-8",
    )
    monkeypatch.delenv("DISTRIBUTION_SECRET_KEYS")

    said = [
        office(*words)
        for words in (
            ("config", "show"),
            ("config", "show", "--json"),
            ("issue", "list"),
            ("db", "status"),
            ("db", "upgrade"),
        )
    ]

    assert [outcome.code for outcome in said] == [0, 0, 2, 2, 2]
    assert all("Geheim" not in outcome.out + outcome.err for outcome in said)
    assert said[1].document["smtp_password"]["value"] == "***"
    assert "数据库无法使用（127.0.0.1:1 拒绝连接）" in said[2].sentence


@only_sqlite
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", "不合 TOML 的写法，请改正"),
        ('smtp_port = "x"', "smtp_port"),
        ("batch_sise = 1", "是不是 batch_size？"),
        ('home = "/elsewhere"', "DISTRIBUTION_HOME"),
        ("\udcff", "不是 UTF-8 文字"),
    ],
)
def test_a_broken_settings_file_ends_every_command_in_one_sentence(
    office: Office, home: Path, text: str, said: str
) -> None:
    path = home / "distribution.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    for words in (("config", "show"), ("issue", "list"), ("db", "upgrade"), ("run", "start", "1")):
        refused = office(*words)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.sentence


@only_sqlite
def test_a_home_that_is_a_file_is_refused(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DISTRIBUTION_HOME", str(tmp_path / "file"))

    for words in (("config", "show"), ("issue", "list"), ("db", "status"), ("db", "upgrade")):
        assert office(*words).sentence.startswith("设置 DISTRIBUTION_HOME=")


@only_sqlite
def test_a_home_may_be_called_anything(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "空 格%20?x#y&z=1"
    monkeypatch.setenv("DISTRIBUTION_HOME", str(odd))

    assert office("issue", "list").code == 0
    assert (odd / "distribution.db").is_file()
    assert [path.name for path in tmp_path.iterdir() if path != odd] == ["home"]


def test_the_schema_is_reported_and_upgrading_again_changes_nothing(office: Office) -> None:
    assert office("db", "status", "--json").document == {
        "database": schema.HEAD,
        "programme": schema.HEAD,
        "current": True,
        "suspect": None,
    }
    assert schema.HEAD in office("db", "status").out
    assert office("db", "upgrade").out == f"数据库已是最新版本（{schema.HEAD}）：没有改动。\n"


@only_sqlite
def test_asking_for_the_status_makes_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_HOME", str(tmp_path / "new"))

    assert office("db", "status", "--json").document["current"] is False
    assert not (tmp_path / "new").exists()
    assert "从 空 升级到" in office("db", "upgrade").out
    assert office("db", "status", "--json").document["current"] is True


@only_sqlite
def test_a_read_only_database_is_said_so_and_nothing_is_half_done(
    office: Office, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///file:{home / 'distribution.db'}?mode=ro&uri=true"
    monkeypatch.setenv("DISTRIBUTION_DATABASE_URL", url)

    refused = office("subscriber", "add", "a@b.example", "--name", "甲")

    assert (refused.code, refused.out) == (2, "")
    assert "数据库无法使用（数据库文件只能读）" in refused.sentence
    assert office("subscriber", "list", "--json").document == []


@only_sqlite
def test_a_locked_database_is_said_so(
    office: Office, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.db.BUSY_TIMEOUT", timedelta(0))
    assert office("topic", "list").code == 0
    with sqlite3.connect(home / "distribution.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = office("subscriber", "add", "a@b.example", "--name", "甲")
        looked = office("subscriber", "list", "--json")
        other.execute("ROLLBACK")
    other.close()

    assert refused.code == 2
    assert "别的进程正在写入" in refused.sentence
    assert (looked.code, looked.document) == (0, [])
    assert office("subscriber", "add", "a@b.example", "--name", "甲").code == 0


@only_sqlite
def test_a_database_of_a_newer_programme_is_left_alone(office: Office, home: Path) -> None:
    with sqlite3.connect(home / "distribution.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '2030_01_01_later'")
    database.close()

    assert "由更新的程序建立" in office("issue", "list").sentence
    assert json.loads(office("db", "status", "--json").out)["current"] is False
