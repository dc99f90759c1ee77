"""`distribution issue check`, `seen`, `approve --override` and `reopen`."""

from pathlib import Path

import pytest
from cli_office import Office
from desk_files import FIFTH, SIXTH, audited, changed, details
from rich.cells import cell_len
from runs import MASTHEAD, SEPTEMBER

from distribution import delivery, issues
from distribution.app import App
from distribution.compiler import Article, Complaint, Doubt, Paragraph, ReadIssue


@pytest.fixture
def doubtful(app: App) -> str:
    """An issue with a grave doubt, a slight one, and an article without summary."""
    told = Article(1, "政策措施", 1, "试点启动", None, None, "", (Paragraph("试点启动。"),))
    doubts = (
        Complaint(Doubt.TITLE_ALIKE, 9, "标题对不上", "试点", "第 9 行", 1),
        Complaint(Doubt.NO_DATELINE, 9, "没有电头", "试点", "第 9 行", 1),
    )
    with app.transaction() as session:
        read = ReadIssue(MASTHEAD, (told,), doubts)
        return issues.save_issue(session, read, b"", "a.txt", SEPTEMBER).key


def test_the_sample_issue_has_only_notices(office: Office, issue: str) -> None:
    checked = office("issue", "check", issue)

    assert checked.code == 0
    assert "29 处提示，不影响批准" in checked.out
    assert checked.out.endswith("可以批准：distribution issue approve 2026-11\n")


def test_notices_share_one_command_and_fit_a_terminal(office: Office, issue: str) -> None:
    checked = office("issue", "check", issue).out

    assert checked.count("distribution issue seen 2026-11 编号") == 1
    assert max(cell_len(line.rstrip()) for line in checked.splitlines()) <= 100


def test_errors_come_first_each_with_its_command(office: Office, doubtful: str) -> None:
    checked = office("issue", "check", doubtful)
    document = office("issue", "check", doubtful, "--json").document

    assert checked.code == 1
    assert checked.out.startswith("2 处须先处理\n")
    assert (document["ready"], document["errors"], document["notices"]) == (False, 2, 1)
    assert [(one["number"], one["kind"], one["remedy"]) for one in document["findings"]] == [
        (1, "doubt", "distribution issue seen 2026-09 1"),
        (3, "no_summary", "distribution article edit 2026-09/1 --summary 摘要"),
        (2, "doubt", "distribution issue seen 2026-09 2"),
    ]


def test_doubts_keep_their_numbers_while_others_are_looked_at(
    office: Office, doubtful: str, app: App
) -> None:
    done = office("issue", "seen", doubtful, "1")

    assert done.out == "2026-09 期：1 处疑点标为已核对，还有 1 处须处理。\n"
    left = office("issue", "check", doubtful, "--json").document["findings"]
    assert [one["number"] for one in left] == [3, 2]
    assert details(app, "issue.seen") == {"doubts": [1]}
    assert office("issue", "seen", doubtful, "1", "1").out.startswith("2026-09 期：0 处")


def test_all_doubts_are_looked_at_at_once(office: Office, doubtful: str) -> None:
    assert office("issue", "seen", doubtful, "--all").out.startswith("2026-09 期：2 处")
    assert "没有电头（已核对）" not in office("issue", "check", doubtful).out
    assert "（已核对）" in office("issue", "report", doubtful).out
    assert "疑点：标题仅近似匹配（试点）" in office("issue", "corrections", doubtful).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "用 --all 表示全部"),
        (("1", "--all"), "用 --all 表示全部"),
        (("3",), "不是疑点"),
        (("4",), "没有疑点 4"),
        (("0",), "没有疑点 0"),
        (("1", "99"), "没有疑点 99"),
    ],
)
def test_what_is_no_doubt_cannot_be_seen(
    office: Office, doubtful: str, app: App, arguments: tuple[str, ...], said: str
) -> None:
    refused = office("issue", "seen", doubtful, *arguments)

    assert (refused.code, said in refused.err) == (2, True)
    assert audited(app) == []


def test_approval_is_refused_while_errors_stand_and_a_reason_is_recorded(
    office: Office, doubtful: str, app: App
) -> None:
    refused = office("issue", "approve", doubtful)
    assert refused.code == 1
    assert "2026-09 期还有 2 处须先处理（第 1 篇标题对不上" in refused.sentence

    done = office("issue", "approve", doubtful, "--override", "主编已电话核实")

    assert done.code == 0
    assert "已记录理由：主编已电话核实" in done.out
    assert details(app, "issue.approve") == {"override": "主编已电话核实"}
    shown = office("issue", "show", doubtful, "--json").document
    assert shown["approved_despite"] == "主编已电话核实"


def test_an_empty_reason_is_none(office: Office, doubtful: str, app: App) -> None:
    assert office("issue", "approve", doubtful, "--override", " ").code == 2
    assert audited(app) == []


def test_an_issue_is_reopened_corrected_and_approved_again(
    office: Office, issue: str, app: App, tmp_path: Path
) -> None:
    office("issue", "approve", issue)
    refused = office("article", "edit", f"{issue}/5", "--title", "新标题")
    assert (refused.code, "issue reopen 2026-11" in refused.sentence) == (1, True)

    assert office("issue", "reopen", issue, "--reason", "标题有误").code == 0

    assert office("article", "edit", f"{issue}/5", "--title", "新标题").code == 0
    assert office("issue", "import", changed(tmp_path, (SIXTH, "另一个标题")), "--yes").code == 0
    assert office("issue", "approve", issue).code == 0
    assert audited(app) == [
        ("issue.approve", issue),
        ("issue.reopen", issue),
        ("article.edit", f"{issue}/5"),
        ("issue.import", issue),
        ("issue.approve", issue),
    ]
    assert details(app, "issue.reopen") == {"reason": "标题有误"}


def test_reopening_what_is_open_changes_nothing(office: Office, issue: str, app: App) -> None:
    assert office("issue", "reopen", issue, "--reason", "无").out.endswith("没有改动。\n")
    assert audited(app) == []


def test_an_issue_with_a_run_is_not_reopened(office: Office, issue: str, app: App) -> None:
    office("issue", "approve", issue)
    run_id = delivery.plan(app.transaction, issue, app.recipe, by="test", at=SEPTEMBER)

    refused = office("issue", "reopen", issue, "--reason", "标题有误")

    assert refused.code == 1
    assert f"distribution run cancel {run_id}" in refused.sentence
    assert office("issue", "show", issue, "--json").document["approved_at"] is not None


def test_two_equal_titles_are_found(office: Office, issue: str) -> None:
    office("article", "edit", f"{issue}/6", "--title", FIFTH)

    checked = office("issue", "check", issue)

    assert checked.code == 1
    assert "标题与第 5 篇相同" in checked.out
