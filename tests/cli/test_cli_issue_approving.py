"""`issue approve`: what is shown before it is done, whose word counts, and when it lapses."""

from datetime import UTC, datetime

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from desk_files import audited
from runs import add_reader, override
from sqlalchemy import select
from test_cli_staff import GAO, WANG, act_as, add

from distribution import clock, issues
from distribution.app import App
from distribution.bundle import sample
from distribution.calendar import clockwork
from distribution.cli import common
from distribution.models import Audit
from distribution.words import IssueStep


@pytest.fixture
def brought_in(app: App, issue: str) -> str:
    """The sample issue, of which the trail knows that 王编辑 brought it in."""
    with app.transaction() as session:
        row = issues.find_issue(session, issue)
        issues.note(session, row.id, IssueStep.IMPORTED, by="王编辑", at=MORNING)
    return issue


def readers(app: App, count: int, kind: str = "reader") -> None:
    with app.transaction() as session:
        for number in range(count):
            address = f"{kind}{number}@qq.com.example"
            add_reader(session, app, address, MORNING, topics=("quality",))


def test_it_shows_who_gets_it_what_is_wrong_and_how_long_it_takes(
    office: Office, issue: str, app: App
) -> None:
    readers(app, 3)
    looked = office("issue", "approve", issue, "--dry-run")
    assert looked.code == 0
    for said in (
        "2026-11 期 · 已导入", "读者：3 人将收到邮件。", "没有人收到的文章：第 ",
        "最大的邮件：图文部分 ", "（上限 69 KiB）", "邮件检查：看过 1 种邮件，0 处错误、1 处警告。",
        "投递用时：没有限速的线路，也没有已完成的批次可以参照", "只是查看，没有批准",
    ):  # fmt: skip
        assert said in looked.out
    assert office("issue", "show", issue, "--json").document["approved_at"] is None

    done = office("issue", "approve", issue)
    assert "\n2026-11 期已批准。" in done.out
    assert "读者：3 人将收到邮件。" in done.out
    assert office("issue", "approve", issue).out == "2026-11 期早已批准：没有改动。\n"


def test_its_document_has_the_same_facts(office: Office, issue: str, app: App) -> None:
    readers(app, 2)
    looked = office("issue", "approve", issue, "--dry-run", "--json").document
    assert (looked["changed"], looked["dry_run"], looked["readers"]) == (False, True, 2)
    assert (looked["stage"], looked["gate"]["errors"], looked["lapsed"]) == ("imported", 0, [])
    assert looked["largest"]["html_bytes"] > 10_000
    assert looked["duration"]["seconds"] is None
    assert office("issue", "approve", issue, "--json").document["changed"] is True
    assert office("issue", "approve", issue, "--json").document["changed"] is False


def test_a_check_that_is_done_is_written_down_once(office: Office, issue: str, app: App) -> None:
    office("issue", "check", issue)
    assert office("issue", "show", issue, "--json").document["stage"] == "imported"
    assert "已核对，可以批准" in office("issue", "check", issue, "--done").out
    assert office("issue", "check", issue, "--done", "--json").document["checked"] is True
    assert office("issue", "list", "--json").document[0]["stage"] == "checked"
    assert audited(app).count(("issue.checked", issue)) == 1

    office("issue", "note", issue, "卷首语。")
    shown = office("issue", "show", issue)
    assert "进度：已导入" in shown.out
    assert "现在的内容还没有核对完：distribution issue check 2026-11 --done" in shown.out


def test_a_check_with_errors_is_not_done(office: Office, issue: str) -> None:
    office("article", "edit", f"{issue}/1", "--title", "同一标题")
    office("article", "edit", f"{issue}/2", "--title", "同一标题")
    found = office("issue", "check", issue, "--done", "--json")
    assert (found.code, found.document["ready"], found.document["checked"]) == (1, False, False)


def test_a_proof_takes_an_issue_on(office: Office, issue: str, app: App) -> None:
    office("staff", "add", "王编辑", "--email", WANG, "--role", "editor")
    office("digest", "proof-readers", "add", WANG)
    office("digest", "proof", issue)
    assert office("issue", "show", issue, "--json").document["stage"] == "proofed"
    with app.reading() as session:
        deeds = issues.deeds_of(session, issues.find_issue(session, issue).id)
    assert [deed.step for deed in deeds] == [IssueStep.PROOFED]


def test_who_imported_may_not_approve_for_many(
    office: Office, brought_in: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SECOND_PERSON_ABOVE", "2")
    readers(app, 3)
    add(office, "王编辑", WANG)
    add(office, "高主编", GAO)
    act_as(monkeypatch, "王编辑")
    refused = office("issue", "approve", brought_in)
    assert (refused.code, refused.out) == (1, "")
    assert "由 王编辑 导入" in refused.sentence
    assert "例如 高主编" in refused.sentence
    act_as(monkeypatch, "高主编")
    assert "由 王编辑 导入" in office("issue", "approve", brought_in).out
    assert office("issue", "show", brought_in, "--json").document["approved_by"] == "高主编"


def test_with_a_staff_a_stranger_approves_nothing_and_no_correction(
    office: Office, issue: str
) -> None:
    add(office, "王编辑", WANG)
    refused = office("issue", "approve", issue)
    assert refused.code == 1
    assert "不在人员名单上，不能批准" in refused.sentence
    assert "不在人员名单上" in office("run", "approve", "1").sentence


def test_a_lapsed_approval_is_given_once_more_without_reopening(
    office: Office, issue: str, app: App
) -> None:
    office("issue", "approve", issue)
    override(app, "digest/body.html", '<h1 class="nh">', '<h1 class="nh" title="">')
    readers(app, 1)
    refused = office("run", "plan", issue)
    assert refused.code == 1
    assert "批准已失效：邮件模板在批准后改过；可以收信的读者由 0 人增至 1 人" in refused.sentence
    assert "批准已失效：邮件模板" in office("issue", "show", issue).out

    again = office("issue", "approve", issue)
    assert "再次批准，因为邮件模板在批准后改过。" in again.out
    assert office("run", "plan", issue).code == 0
    with app.reading() as session:
        query = select(Audit.detail).where(Audit.action == "issue.approve").order_by(Audit.id)
        assert list(session.scalars(query)) == [{}, {"lapsed": ["templates", "audience"]}]


def test_an_import_names_who_did_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, "王编辑")
    office("issue", "import", str(sample("issue.txt")))
    assert office("issue", "show", "2026-11", "--json").document["importers"] == ["王编辑"]


def test_a_look_says_what_forbids_the_approval_and_what_was_done_already(
    office: Office, issue: str
) -> None:
    free = office("issue", "approve", issue, "--dry-run", "--json").document
    assert free["refusal"] is None
    office("article", "edit", f"{issue}/2", "--title", "同一标题")
    office("article", "edit", f"{issue}/3", "--title", "同一标题")
    looked = office("issue", "approve", issue, "--dry-run")
    assert (looked.code, "现在还不能批准：2026-11 期还有 " in looked.out) == (0, True)
    document = office("issue", "approve", issue, "--dry-run", "--json").document
    assert "处须先处理" in document["refusal"]
    assert (
        "只是查看，没有批准。批准："
        in office("issue", "approve", issue, "--dry-run", "--override", "是两篇").out
    )
    office("issue", "approve", issue, "--override", "是两篇")
    assert "早已批准；只是查看" in office("issue", "approve", issue, "--dry-run").out


def test_the_next_step_of_an_approval_is_the_schedules_where_there_is_one(
    office: Office, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 10, 1, 0, tzinfo=UTC))
    alone = office("issue", "approve", issue).out
    assert "按日程 2026-12-01 09:00 自动投递；不等到那时：distribution run plan 2026-11\n" in alone
    office("issue", "reopen", issue, "--reason", "改一处")
    office("schedule", "hold", "2026-12", "--reason", "主编出差")
    held = office("issue", "approve", issue).out
    assert "2026-12 正等待处理，放行才投递：distribution schedule release 2026-12\n" in held
    office("issue", "reopen", issue, "--reason", "改一处")
    monkeypatch.setenv("DISTRIBUTION_SCHEDULE", "off")
    common.installation.cache_clear()
    assert office("issue", "approve", issue).out.endswith("下一步：distribution run plan 2026-11\n")


@only_sqlite  # the clock of PostgreSQL does not move with it
def test_with_auto_a_late_approval_needs_no_release(
    office: Office, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SCHEDULE_LATE", "auto")
    common.installation.cache_clear()
    for day in (datetime(2026, 11, 10, 1, 0, tzinfo=UTC), datetime(2026, 12, 1, 1, 0, tzinfo=UTC)):
        monkeypatch.setattr(clock, "now", lambda day=day: day)
        monkeypatch.setattr(clockwork, "elapsed", day.timestamp)
        office("schedule", "tick")
    assert "2026-12 在等它，到可投递的时刻自动投递；" in office("issue", "approve", issue).out


def test_an_issue_that_will_not_leave_by_itself_is_not_promised(
    office: Office, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 10, 1, 0, tzinfo=UTC))
    assert "按日程还不会投递这一期" in office("issue", "approve", issue).out
