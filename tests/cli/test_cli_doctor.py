"""`distribution doctor`: a line for each thing, an exit code, a document."""

from pathlib import Path

import pytest
from cli_office import Office, programme
from databases import only_sqlite


def test_an_installation_in_order_ends_well(office: Office, environment: dict[str, str]) -> None:
    said = office("doctor")

    assert (said.code, said.err) == (0, "")
    *found, blank, summary = said.out.splitlines()
    assert all(line[:2] in ("✓ ", "! ") for line in found)
    assert blank == ""
    assert summary.startswith("没有问题；请留意 ")
    assert environment


@only_sqlite
def test_something_wrong_ends_with_one_and_is_in_the_document(
    office: Office, environment: dict[str, str]
) -> None:
    (Path(environment["DISTRIBUTION_HOME"]) / "STOP").touch()

    said = office("doctor", "--json")

    assert said.code == 1
    assert said.document["well"] is False
    [bad] = [one for one in said.document["findings"] if one["grade"] == "bad"]
    assert (bad["check"], bad["words"][:7]) == ("stop", "投递已全部停止")


@only_sqlite
def test_settings_that_cannot_be_read_end_with_two(
    office: Office, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SMTP_PORT", "x")

    said = office("doctor")

    assert said.code == 2
    assert "DISTRIBUTION_SMTP_PORT" in said.sentence
    assert environment


@only_sqlite
def test_a_database_that_is_away_keeps_no_other_look(
    office: Office, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.setenv("DISTRIBUTION_DATABASE_URL", "postgresql+psycopg://u:geheim@/t?host=/no")
    monkeypatch.setenv("DISTRIBUTION_REDIS_URL", "redis://:geheim@127.0.0.1:1/0")

    said = office("doctor")

    assert said.code == 1
    wrong = [line for line in said.out.splitlines() if line.startswith("✗")]
    assert [line.partition("（")[0] for line in wrong] == ["✗ 数据库无法使用", "✗ Redis 连不上"]
    assert "geheim" not in said.out
    assert environment


@only_sqlite
def test_nothing_is_made_by_looking(environment: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "new"

    assert programme({"DISTRIBUTION_HOME": str(home)}, "doctor").code == 0
    assert not home.exists()
    assert environment
