"""`digest check`: what the office is told before a run can be sealed."""

import pytest
from cli_office import MORNING, Office
from runs import add_reader, approve, override

from distribution.app import App


@pytest.fixture(autouse=True)
def _readers(app: App) -> None:
    with app.transaction() as session:
        add_reader(session, app, "one@reader.example", MORNING, topics=("quality",))
        add_reader(session, app, "two@reader.example", MORNING, topics=("quality",))
        add_reader(session, app, "three@reader.example", MORNING)


def test_a_good_issue_passes_and_says_what_was_looked_at(office: Office, issue: str) -> None:
    done = office("digest", "check", issue)
    assert (done.code, done.err) == (0, "")
    assert "不是 https，只适合在本机试用" in done.out
    assert "max-width" not in done.out
    assert done.out.endswith(
        f"{issue} 期（按现有读者）：检查了 2 种邮件，逐项拆看 2 种；警告 1、提示 5。可以封存。\n"
    )
    assert "max-width" in office("digest", "check", issue, "--all").out


def test_errors_come_first_close_the_gate_and_end_with_1(
    office: Office, issue: str, app: App
) -> None:
    override(app, "digest/body.html", '<h3 class="h', '<h3 onclick="x()" class="h')
    done = office("digest", "check", issue)
    assert done.code == 1
    assert done.out.splitlines()[2].startswith("错误")
    assert done.out.endswith("不能封存。\n")
    not_approved = office("issue", "approve", issue, "--override", "试用")
    approve(app, issue)  # as it was done before approval looked at the mails
    for refused in (not_approved, office("run", "plan", issue)):
        assert refused.code == 1
        assert refused.sentence.endswith(f"运行 distribution digest check {issue} 查看全部")
    assert office("run", "list").out.startswith("还没有投递批次")


def test_a_broken_template_is_named_with_file_line_and_reason(
    office: Office, issue: str, app: App
) -> None:
    path = override(app, "digest/body.html", "{% block rows %}", "{% block rows %}\n{{ nothing }}")
    done = office("digest", "check", issue)
    assert done.code == 2
    assert done.sentence.startswith(f"邮件模板 {path} 第 ")
    assert "nothing" in done.sentence


def test_a_file_that_no_mail_uses_is_told_of(office: Office, issue: str, app: App) -> None:
    own = app.recipe.templates[0] / "digest" / "boddy.html"
    own.parent.mkdir(parents=True)
    own.write_text("<p>x</p>", encoding="utf-8")
    done = office("digest", "check", issue)
    assert done.code == 0
    assert f"警告：{own} 不会用到" in done.out
    assert office("digest", "check", issue, "--json").document["unused_templates"] == [str(own)]


def test_a_planned_run_is_checked_as_it_was_planned(office: Office, issue: str) -> None:
    office("issue", "approve", issue, "--override", "试用")
    assert office("run", "plan", issue).code == 0
    found = office("digest", "check", issue, "--json").document
    assert (found["issue"], found["run"], found["passed"], found["mails"]) == (issue, 1, True, 2)
    assert {one["severity"] for one in found["findings"]} == {"warning", "note"}
