"""`distribution subscriber history|export|erase`: a person's data, shown, handed over, erased."""

import json
import stat
from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite
from personal_data import (
    KEY,
    NAME,
    UNICODE,
    hidden_mail,
    his_mails,
    live_a_life,
    traces_in_database,
    traces_in_files,
)
from rich.cells import cell_len
from runs import add_reader, make_issue, plan, start
from sqlalchemy import select, update

from distribution import clock, events
from distribution.app import App
from distribution.models import Audit, Delivery, Inbox, PrivacyRequest
from distribution.words import DeliveryState, RequestKind


@pytest.fixture
def lived(app: App) -> tuple[int, int]:
    """His id, and the run he got a mail of."""
    return live_a_life(app)


def requests(app: App, kind: RequestKind) -> list[PrivacyRequest]:
    with app.reading() as session:
        query = select(PrivacyRequest).where(PrivacyRequest.kind == kind)
        found = list(session.scalars(query))
        session.expunge_all()
    return found


# -- history -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lived")
def test_a_history_is_told_in_order(office: Office) -> None:
    said = office("subscriber", "history", UNICODE)
    kinds = [line.split()[2] for line in said.out.splitlines()[3:]]

    assert said.out.startswith(f"{NAME} <")
    assert set(kinds) == {
        "同意记录", "导入", "投递", "单独的信", "打开", "点击", "来信", "变更", "抑制", "资料请求",
    }  # fmt: skip


@only_sqlite
def test_a_history_says_why_no_reading_is_shown(office: Office, app: App) -> None:
    with app.transaction() as session:
        add_reader(session, app, "a@fenhe.example", clock.now(), name="甲")

    said = office("subscriber", "history", "a@fenhe.example")

    assert said.out.splitlines()[-1].startswith("打开与点击：本人没有同意按人统计")
    document = office("subscriber", "history", "a@fenhe.example", "--json").document
    assert document["tracking"] == "unknown"
    assert [entry["kind"] for entry in document["entries"]] == ["consent"]


@only_sqlite
@pytest.mark.usefixtures("lived")
def test_a_history_fits_eighty_columns(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distribution.cli.common.PIPE_WIDTH", 80)

    said = office("subscriber", "history", KEY)

    assert max(cell_len(line) for line in said.out.splitlines()) <= 80


# -- export --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lived")
def test_two_files_hold_all_and_only_their_owner_reads_them(
    office: Office, app: App, tmp_path: Path
) -> None:
    said = office("subscriber", "export", UNICODE, "--out", str(tmp_path / "答复"))

    files = {path.suffix: path for path in (tmp_path / "答复").iterdir()}
    assert set(files) == {".json", ".html"}
    assert all(str(path) in said.out for path in files.values())
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    assert json.loads(files[".json"].read_text(encoding="utf-8"))["person"]["name"] == NAME
    assert NAME in files[".html"].read_text(encoding="utf-8")
    (request,) = requests(app, RequestKind.ACCESS)
    assert request.done_at is not None


@only_sqlite
@pytest.mark.usefixtures("lived")
def test_the_files_are_named_by_the_address_or_as_asked(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    office("subscriber", "export", KEY)
    office("subscriber", "export", KEY, "--out", "sub/my.json")

    assert {path.name for path in tmp_path.glob("*.*")} == {f"{KEY}.json", f"{KEY}.html"}
    assert {path.name for path in (tmp_path / "sub").iterdir()} == {"my.json", "my.html"}


@only_sqlite
@pytest.mark.usefixtures("lived")
def test_an_export_answers_the_open_request_and_is_written_down(office: Office, app: App) -> None:
    office("request", "add", KEY, "--kind", "查阅")

    document = office("subscriber", "export", KEY, "--json").document

    assert document["person"]["email_key"] == KEY
    (request,) = requests(app, RequestKind.ACCESS)
    assert (request.note, request.answer) == ("", "已导出全部资料")
    with app.reading() as session:
        deed = session.scalars(select(Audit).where(Audit.action == "subscriber.export")).one()
        assert deed.detail == {"request": request.id}


@only_sqlite
@pytest.mark.usefixtures("lived")
def test_a_place_that_cannot_be_written_to_is_named(
    office: Office, app: App, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    said = office("subscriber", "export", KEY, "--out", str(tmp_path / "file" / "x"))

    assert said.code == 2
    assert "写不进去" in said.sentence
    assert requests(app, RequestKind.ACCESS) == []


# -- erase ---------------------------------------------------------------------------------------


def test_nothing_is_left_and_the_summary_says_what_was_and_what_is_not_ours(
    office: Office, app: App, lived: tuple[int, int]
) -> None:
    said = office("subscriber", "erase", UNICODE, "--reason", f"{NAME} 来电", "--yes")

    assert said.code == 0, said.err
    assert f"已删除编号 {lived[0]} 的资料；请求 2 已办结。" in said.out
    assert "退信与来信的原文" in said.out
    assert "中继、对方的邮箱服务商和本人的邮箱里还有已寄出的邮件" in said.out
    assert NAME not in said.out
    assert traces_in_database(app) == []
    assert his_mails(app) == []
    assert traces_in_files(app.settings.home) == []
    assert office("run", "verify", str(lived[1])).code == 0
    assert office("subscriber", "show", KEY).code == 2


def test_without_a_terminal_nobody_is_erased_unasked(
    office: Office, app: App, lived: tuple[int, int]
) -> None:
    before = traces_in_database(app)

    said = office("subscriber", "erase", KEY, "--reason", "来电")

    assert said.code == 2
    assert "--yes" in said.sentence
    assert traces_in_database(app) == before
    assert lived


@only_sqlite
@pytest.mark.usefixtures("lived")
def test_the_document_counts_what_was_scrubbed(office: Office) -> None:
    done = office("subscriber", "erase", KEY, "--reason", "来电", "--yes", "--json").document

    assert done["scrubbed"]["mails"] == 3
    assert done["scrubbed"]["letters"] == 3
    assert done["scrubbed"]["outbox"] == 2
    assert (done["files_left"], done["old_pages_overwritten"]) == ([], True)


@only_sqlite
@pytest.mark.usefixtures("lived")
def test_mails_that_wait_are_judged_first(office: Office, app: App) -> None:
    with app.transaction() as session:
        events.receive_mail(session, hidden_mail("x@journal.example") + b" ", clock.now())

    assert office("subscriber", "erase", KEY, "--reason", "来电", "--yes").code == 0

    with app.reading() as session:
        assert None not in set(session.scalars(select(Inbox.judged_at)))


@only_sqlite
def test_while_a_mail_is_under_way_the_admin_is_told_to_wait(office: Office, app: App) -> None:
    with app.transaction() as session:
        add_reader(session, app, KEY, clock.now(), name=NAME)
    start(app, plan(app, make_issue(app), clock.now()), clock.now())
    with app.transaction() as session:
        session.execute(update(Delivery).values(state=DeliveryState.HANDED))

    said = office("subscriber", "erase", KEY, "--reason", "来电", "--yes")

    assert (said.code, said.sentence) == (
        1,
        "有一封给他的邮件正在交付，没有改动任何内容：请一分钟后再试",
    )


@pytest.mark.usefixtures("lived")
def test_added_again_he_is_not_mailed_until_the_address_is_released(office: Office) -> None:
    office("subscriber", "erase", KEY, "--reason", "来电", "--yes")

    added = office("subscriber", "add", KEY, "--name", "新人", "--consent", "来电")

    assert added.code == 0, added.err
    assert office("subscriber", "show", KEY, "--json").document["barrier"] == "suppressed"
    office("suppression", "release", KEY, "--reason", "本人要求")
    assert office("subscriber", "show", KEY, "--json").document["barrier"] is None
