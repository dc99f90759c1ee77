"""`distribution run stop`, `pause --reason`, `start --canary` and the file STOP."""

from datetime import timedelta

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from rich.cells import cell_len
from run_desk import deeds, finished_run, planned_run, start

from distribution import delivery
from distribution.app import App
from distribution.cli import common


@pytest.fixture
def sending(office: Office, app: App, issue: str) -> str:
    """A run that is being sent; its number."""
    number = planned_run(office, app, issue)
    delivery.start(app.transaction, int(number), at=MORNING, expiry=timedelta(days=3650))
    return number


def test_everything_that_is_sent_is_stopped_without_the_broker(
    office: Office, sending: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_REDIS_URL", "redis://127.0.0.1:1/0")  # nobody is there

    stopped = office("run", "stop", "--all", "--reason", " 内容有误 ")

    assert (stopped.code, stopped.err) == (0, "")
    assert stopped.out.startswith(f"已暂停 1 个批次：{sending}。\n")
    status = office("run", "status", sending)
    assert "内容有误" in status.out
    document = office("run", "status", sending, "--json").document
    assert (document["state"], document["pause_reason"]) == ("paused", "内容有误")
    assert deeds(app, "run.stop") == [(sending, {"reason": "内容有误"})]
    assert office("run", "stop", "--all").out == "没有投递中的批次：没有改动。\n"
    office("run", "resume", sending)
    document = office("run", "status", sending, "--json").document
    assert (document["state"], document["pause_reason"]) == ("sending", None)


@only_sqlite
def test_stopping_says_what_and_is_not_typed_by_mistake(office: Office, sending: str) -> None:
    refused = office("run", "stop")

    assert refused.code == 2
    assert "--all" in refused.sentence
    assert office("run", "status", sending, "--json").document["state"] == "sending"


@only_sqlite
def test_a_pause_keeps_who_and_why(office: Office, sending: str, app: App) -> None:
    office("run", "pause", sending, "--reason", "等编辑答复")

    goes_on = f"暂停：等编辑答复\n继续：distribution run resume {sending}\n"
    assert goes_on in office("run", "status", sending).out
    assert deeds(app, "run.pause") == [(sending, {"reason": "等编辑答复"})]


@only_sqlite
def test_while_the_file_lies_there_nothing_starts_and_status_says_so(
    office: Office, sending: str, app: App
) -> None:
    app.settings.stop_file.touch()

    refused = office("run", "start", sending)

    assert refused.code == 1
    assert str(app.settings.stop_file) in refused.sentence
    assert "投递已全部停止" in office("run", "status", sending).out
    assert "投递已全部停止" in office("run", "watch", sending, "--once").out
    app.settings.stop_file.unlink()
    assert "已完成" in start(office, sending)


def test_some_go_first_and_the_others_at_a_word(office: Office, app: App, issue: str) -> None:
    number = planned_run(office, app, issue)

    said = start(office, number, "--canary", "2")

    assert "投递中（试投 2 封）" in said
    assert "试投 2 封：已交中继 2。" in said
    assert f"distribution run resume {number}" in said
    document = office("run", "status", number, "--json").document
    assert (document["states"]["accepted"], document["held_back"]) == (2, 1)
    assert deeds(app, "run.start") == [(number, {"canary": 2})]
    assert office("run", "resume", number).code == 0
    assert "已完成" in start(office, number)


@only_sqlite
@pytest.mark.parametrize("count", ["0", "-1", "x"])
def test_a_trial_of_none_is_bad_usage(office: Office, sending: str, count: str) -> None:
    assert office("run", "start", sending, "--canary", count).code == 2


@only_sqlite
def test_runs_are_listed_with_their_kinds_also_on_a_narrow_terminal(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = finished_run(office, app, issue)
    monkeypatch.setattr(common, "PIPE_WIDTH", 80)

    lines = office("run", "list").out.splitlines()

    assert max(cell_len(line) for line in lines) <= 80
    assert lines[-1].split()[:5] == [number, "2026-11", "月度投递", "已完成", "3"]
