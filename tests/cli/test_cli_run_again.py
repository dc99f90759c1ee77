"""`distribution run late`, `correct`, `approve` and `rehearse`: more mails of an issue."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from run_desk import EMAILS, deeds, finished_run, planned_run, start
from runs import add_reader

from distribution.app import App
from distribution.cli import common
from distribution.cli.run import correcting

ME = "me@office.example"


@pytest.fixture
def finished(office: Office, app: App, issue: str) -> str:
    """A run through which three readers have their mails; its number."""
    return finished_run(office, app, issue)


def join(app: App, email: str) -> None:
    with app.transaction() as session:
        add_reader(session, app, email, MORNING, name="新")


def outbox(app: App) -> list[Path]:
    return sorted((app.settings.home / "outbox").rglob("*.eml"))


def test_late_readers_are_listed_planned_and_reached(
    office: Office, app: App, finished: str
) -> None:
    assert "没有可投的新读者" in office("run", "late", finished).out
    join(app, "new@fenhe.example")

    tried = office("run", "late", finished, "--dry-run")
    document = office("run", "late", finished, "--dry-run", "--json").document
    assert "new@fenhe.example" in tried.out
    assert "共 1 人" in tried.out
    assert (document["count"], document["newcomers"][0]["joined"]) == (1, "added")
    assert len(office("run", "list", "--json").document) == 1

    done = office("run", "late", finished, "--start")

    assert (done.code, done.err) == (0, "")
    late, *_ = office("run", "list", "--json").document
    assert (late["kind"], late["state"], late["original"]) == ("late", "finished", int(finished))
    assert late["states"]["accepted"] == 1
    assert deeds(app, "run.late") == [(str(late["run"]), {"original": int(finished)})]
    assert "补投" in office("run", "list").out


@only_sqlite
def test_a_plan_in_json_starts_nothing(office: Office, app: App, finished: str) -> None:
    join(app, "new@fenhe.example")

    assert office("run", "late", finished, "--json", "--start").code == 2
    assert office("run", "late", finished, "--json").document["state"] == "planned"


def test_a_correction_waits_for_another_person(
    office: Office, app: App, finished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SECOND_PERSON_ABOVE", "2")
    common.installation().engine.dispose()
    common.installation.cache_clear()  # the settings are read anew
    reason = "第 1 篇的日期有误"
    tried = office("run", "correct", finished, "--reason", reason, "--dry-run")
    assert "更正会投给 3 人" in tried.out

    wanted = ("run", "correct", finished, "--reason", reason, "--to", "accepted")
    refused = office(*wanted)
    assert (refused.code, "一字不差" in refused.sentence) == (1, True)
    made = office(*wanted, "--again")

    number = str(office("run", "list", "--json").document[0]["run"])
    assert (made.code, made.err) == (0, "")
    assert f"distribution run rehearse {number} --to" in made.out
    assert "以外的一人批准" in made.out
    assert f"run approve {number}" in office("run", "start", number).sentence
    refused = office("run", "approve", number)
    assert (refused.code, "须由另一人批准" in refused.sentence) == (1, True)
    monkeypatch.setattr(correcting, "admin", lambda: "somebody-else")
    assert f"run start {number}" in office("run", "approve", number).out
    assert "早已批准" in office("run", "approve", number).out
    said = start(office, number)
    assert "更正（批次" in said
    assert reason in said
    assert "已由 somebody-else 于" in said
    assert [detail["to"] for _, detail in deeds(app, "run.correct")] == ["accepted"]
    assert [subject for subject, _ in deeds(app, "run.approve")] == [number]
    assert len(outbox(app)) == 6


@only_sqlite
def test_who_approves_what_went_out_is_told_of_its_readers(
    office: Office, finished: str, issue: str
) -> None:
    office("issue", "reopen", issue, "--reason", "电话有误")

    approved = office("issue", "approve", issue)

    assert f"{issue} 期已批准。" in approved.out
    assert f"distribution run correct {finished} --reason" in approved.out


@only_sqlite
@pytest.mark.parametrize("reason", ["  ", "长" * 201])
def test_a_reason_that_nobody_could_read_is_refused(
    office: Office, finished: str, reason: str
) -> None:
    assert office("run", "correct", finished, "--reason", reason).code == 2
    assert len(office("run", "list", "--json").document) == 1


@only_sqlite
def test_an_unknown_group_of_addressees_is_named(office: Office, finished: str) -> None:
    refused = office("run", "correct", finished, "--reason", "错", "--to", "谁")

    assert refused.code == 2
    assert "没有收件范围 '谁'" in refused.sentence


def test_a_rehearsal_leaves_no_trace_in_the_books(office: Office, app: App, issue: str) -> None:
    number = planned_run(office, app, issue)
    before = office("run", "status", number, "--json").document

    shown = office("run", "rehearse", number, "--to", ME, "--reader", EMAILS[1])

    assert (shown.code, shown.err) == (0, "")
    assert "账上没有改动" in shown.out
    assert EMAILS[1] in shown.out
    assert office("run", "status", number, "--json").document == before
    (path,) = outbox(app)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["To"] == ME
    assert str(mail["Subject"]).startswith("【预演】")
    document = office("run", "rehearse", number, "--to", ME, "--sample", "2", "--json").document
    assert [one["accepted"] for one in document["shown"]] == [True]  # all want the same
    assert len(deeds(app, "run.rehearse")) == 2


@only_sqlite
def test_rehearsing_what_nobody_could_get_is_refused(office: Office, app: App, issue: str) -> None:
    number = planned_run(office, app, issue)

    for words, code in (
        (("--reader", "nobody@sanjin.example"), 2),
        (("--reader", "no address"), 2),
        (("--reader", EMAILS[0], "--sample", "2"), 2),
    ):
        assert office("run", "rehearse", number, "--to", ME, *words).code == code
    assert office("run", "rehearse", number, "--to", "no address").code == 2
    assert outbox(app) == []
