"""`distribution bounce read - --pipe`: a mail system hears 0 or 75, and loses no mail."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import processes
import pytest
from cli_office import Office
from databases import only_sqlite, returned
from posted_mails import Posted, bounced, give
from processes import PROGRAMME, with_path
from sqlalchemy import func, select

from distribution import events
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.models import Inbox

PIPE = ("bounce", "read", "-", "--pipe")


def kept(app: App) -> int:
    with app.reading() as session:
        return session.scalars(select(func.count(Inbox.id))).one()


def piped(environ: Mapping[str, str], mail: bytes) -> "subprocess.CompletedProcess[str]":
    """What a mail system sees of a process of its own."""
    return processes.run(environ, *PIPE, given=mail)


def test_a_mail_is_kept_and_judged_in_silence(
    environment: dict[str, str], app: App, posted: list[Posted]
) -> None:
    mail = b"Delivered-To: x@magazine.example\n" + bounced(posted[0])
    for _ in (1, 2):
        done = piped(environment, mail)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    (found,) = returned(app)
    assert found.delivery_id is not None
    assert kept(app) == 1


def test_what_is_no_bounce_of_ours_is_kept_and_not_sent_back(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, mail in enumerate((b"Buy milk\n\nand bread", b"\x89PNG\r\n", b"Subject: a\n\n")):
        give(monkeypatch, mail)
        done = office(*PIPE)
        assert (done.code, done.out, done.err) == (0, "", "")
        assert kept(app) == number + 1


def test_a_pipe_brings_one_mail_even_in_the_form_of_an_mbox(
    office: Office, app: App, posted: list[Posted], monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = b"From MAILER-DAEMON Tue Dec  1 09:00:00 2026\n"
    give(monkeypatch, envelope + bounced(posted[0]) + b"\n" + envelope + b"Subject: b\n\n")

    assert office(*PIPE).code == 0
    assert kept(app) == 1


def test_a_huge_mail_is_read_to_its_end(environment: dict[str, str], app: App) -> None:
    done = subprocess.run(
        [PROGRAMME, *PIPE],
        env=with_path(environment),
        input=b"Subject: a\n\n" + b"x" * 20_000_000,
        capture_output=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0  # and run would have raised BrokenPipeError
    assert kept(app) == 1


def test_while_the_database_is_away_the_mail_system_keeps_the_mail(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseUnusable("数据库连不上：请检查")

    give(monkeypatch, b"Subject: a\n\n")
    monkeypatch.setattr(events, "receive_mail", refuse)

    done = office(*PIPE)

    assert (done.code, done.sentence) == (os.EX_TEMPFAIL, "数据库连不上：请检查")
    assert kept(app) == 0


def test_a_database_that_cannot_be_opened_is_no_reason_to_send_it_back(tmp_path: Path) -> None:
    environ = {
        "DISTRIBUTION_HOME": str(tmp_path),
        "DISTRIBUTION_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    }

    assert piped(environ, b"Subject: a\n\n").returncode == os.EX_TEMPFAIL


def test_a_wrong_setting_is_no_reason_to_send_it_back(tmp_path: Path) -> None:
    environ = {"DISTRIBUTION_HOME": str(tmp_path), "DISTRIBUTION_BATCH_SIZE": "many"}
    done = piped(environ, b"Subject: a\n\n")

    assert done.returncode == os.EX_TEMPFAIL
    assert "DISTRIBUTION_BATCH_SIZE" in done.stderr


def test_a_pipe_that_leads_nowhere_founds_no_installation(tmp_path: Path) -> None:
    home = tmp_path / "mistyped"
    done = piped({"DISTRIBUTION_HOME": str(home)}, b"Subject: a\n\n")

    assert done.returncode == os.EX_TEMPFAIL
    assert f"没有装置 {home}" in done.stderr
    assert not home.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("bounce", "read", "--pipe"),
        ("bounce", "read", "--pipe", "-", "--jsno"),
        ("bounce", "read", "--pipe", "/etc/hostname"),
        ("bounce", "read", "--pipe", "-", "-"),
        ("bounce", "read", "--pipe", "-", "--json"),
        ("bounce", "read", "--pipe", "-", "--score-lines"),
    ],
)
@only_sqlite
def test_a_slip_in_the_mail_systems_settings_loses_no_mail(
    office: Office, words: tuple[str, ...]
) -> None:
    refused = office(*words)

    assert refused.code == os.EX_TEMPFAIL
    assert "用法" in refused.err or "--pipe" in refused.err


@pytest.mark.parametrize("error", [ZeroDivisionError(), DatabaseUnusable("away")])
def test_a_mail_that_is_kept_and_cannot_be_judged_is_left_to_the_workers(
    office: Office,
    app: App,
    posted: list[Posted],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(*_: object) -> None:
        raise error

    give(monkeypatch, bounced(posted[0]))
    monkeypatch.setattr(events, "judge_mails", fail)

    assert office(*PIPE).code == 0
    assert kept(app) == 1
    assert returned(app) == []


def test_a_defect_while_it_is_kept_makes_the_mail_system_come_again(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    give(monkeypatch, b"Subject: a\n\n")
    monkeypatch.setattr(events, "receive_mail", fail)

    assert office(*PIPE).code == os.EX_TEMPFAIL
    assert kept(app) == 0


@only_sqlite
def test_an_empty_pipe_is_no_mail(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, b"")

    assert office(*PIPE).code == 0
    assert kept(app) == 0


@only_sqlite
def test_the_help_shows_what_to_write_into_the_settings_of_postfix_and_exim(office: Office) -> None:
    told = office("bounce", "read", "--help").out

    assert "\n    bounces unix - n n - - pipe flags=DOR user=distribution\n" in told
    assert "\n    envelope_to_add = true\n" in told
