"""`distribution issue edit`, `corrections` and `section`."""

import pytest
from cli_office import MORNING, Office
from desk_files import FIFTH, SIXTH, audited, details
from runs import MASTHEAD

from distribution import issues
from distribution.app import App
from distribution.compiler import Article, Complaint, Doubt, Paragraph, ReadIssue


def test_the_masthead_is_edited_fact_by_fact(office: Office, issue: str, app: App) -> None:
    done = office(
        "issue", "edit", issue, "--publishers", "甲协会，乙研究院", "--total-number", "448",
        "--month", "2026年12月", "--website", "http://www.sanjin.example/",
    )  # fmt: skip

    assert done.out.startswith("2026-11 期已改：")
    shown = office("issue", "show", issue, "--json").document
    assert (shown["issue"], shown["month"], shown["total_number"]) == (issue, "2026-12", 448)
    assert shown["publishers"] == ["甲协会", "乙研究院"]
    assert shown["contact"]["website"] == "http://www.sanjin.example/"
    assert details(app, "issue.edit")["total_number"] == 448


@pytest.mark.parametrize(
    ("option", "value"),
    [("--month", "13"), ("--total-number", "abc"), ("--publication", ""), ("--phone", "1\x07")],
)
def test_a_fact_that_cannot_be_is_refused(
    office: Office, issue: str, app: App, option: str, value: str
) -> None:
    refused = office("issue", "edit", issue, option, value)

    assert (refused.code, refused.out) == (2, "")
    assert audited(app) == []


def test_an_edit_without_facts_is_bad_usage(office: Office, issue: str) -> None:
    assert office("issue", "edit", issue).code == 2
    assert office("article", "edit", f"{issue}/1").code == 2


def test_corrections_are_listed_with_who_and_what_and_undone(
    office: Office, issue: str, app: App
) -> None:
    office("article", "edit", f"{issue}/5", "--title", "新标题", "--topics", "quality")
    office("article", "move", f"{issue}/5", "--to", "2")

    listed = office("issue", "corrections", issue)
    document = office("issue", "corrections", issue, "--json").document
    assert "标题：新标题；主题：质量管理" in listed.out
    assert [(one["kind"], one["article"]) for one in document] == [("edit", 2), ("move", 2)]
    undone = office("issue", "corrections", issue, "--undo", str(document[0]["id"]))

    assert undone.code == 0
    titles = office("issue", "show", issue, "--json").document["articles"]
    assert titles[1]["title"] == FIFTH
    assert details(app, "issue.undo")["correction"] == document[0]["id"]


def test_without_corrections_it_says_so(office: Office, issue: str) -> None:
    assert office("issue", "corrections", issue).out == "2026-11 期没有更正。\n"
    refused = office("issue", "corrections", issue, "--undo", "7")
    assert (refused.code, refused.sentence.startswith("没有更正 7")) == (2, True)
    assert office("issue", "corrections", issue, "--undo", "9" * 30).code == 2


@pytest.fixture
def strange(app: App) -> str:
    """An issue with a section nobody has heard of."""
    blocks = (Paragraph("演练已经开始。"),)
    told = Article(1, "安全生产", 1, "演练开始", None, None, "演练已经开始。", blocks)
    doubt = Complaint(Doubt.SECTION_NEW, 5, "栏目还没有主题", "安全生产", "第 5 行")
    with app.transaction() as session:
        read = ReadIssue(MASTHEAD, (told,), (doubt,))
        return issues.save_issue(session, read, b"", "a.txt", MORNING).key


def test_a_new_section_is_mapped_and_its_articles_follow(
    office: Office, strange: str, app: App
) -> None:
    checked = office("issue", "check", strange)
    assert checked.code == 1
    assert "distribution issue section map 安全生产 --topic 主题" in checked.out

    done = office("issue", "section", "map", "安全生产", "--topic", "质量管理")

    assert done.out.startswith("栏目「安全生产」通向主题「质量管理」。\n")
    assert "2026-09/1 演练开始：质量管理" in done.out
    assert office("issue", "check", strange).code == 0
    shown = office("issue", "show", strange, "--article", "1", "--json").document
    assert shown["topic_reasons"] == [
        {"topic": "quality", "origin": "section", "evidence": ["安全生产"]}
    ]
    assert audited(app) == [("issue.section.map", "安全生产")]


@pytest.mark.usefixtures("strange")
def test_a_section_that_was_mapped_by_mistake_leads_nowhere_again(office: Office, app: App) -> None:
    office("issue", "section", "map", "安全生产", "--topic", "quality")

    done = office("issue", "section", "unmap", "安 全 生 产")

    assert done.out.startswith("栏目「安 全 生 产」不再通向主题「质量管理」。\n")
    assert "2026-09/1 演练开始：没有主题" in done.out
    assert details(app, "issue.section.unmap") == {"topic": "quality"}
    again = office("issue", "section", "unmap", "安全生产")
    assert again.out == "栏目「安全生产」本来就不通向任何主题：没有改动。\n"


def test_a_section_moves_from_one_topic_to_another(office: Office, strange: str) -> None:
    office("issue", "section", "map", "安全生产", "--topic", "quality")
    office("issue", "section", "map", "安 全 生 产", "--topic", "policy")

    listed = office("issue", "section", "list", "--json").document
    assert [one["topic"] for one in listed if one["section"].startswith("安")] == ["policy"]
    again = office("issue", "section", "map", "安全生产", "--topic", "policy")
    assert "没有文章因此改变" in again.out
    assert office("issue", "show", strange, "--json").document["articles"][0]["topics"] == [
        "policy"
    ]


def test_an_unknown_topic_names_those_there_are(office: Office, strange: str, app: App) -> None:
    refused = office("issue", "section", "map", "安全生产", "--topic", "安全")

    assert office("issue", "show", strange, "--json").document["articles"][0]["topics"] == []
    assert refused.code == 2
    assert "质量管理（quality）" in refused.sentence
    assert audited(app) == []


def test_sections_are_listed_those_that_lead_nowhere_last(office: Office, strange: str) -> None:
    listed = office("issue", "section", "list", "--json").document
    shown = office("issue", "section", "list").out

    assert len(listed) == 8
    assert listed[-1] == {"section": "安全生产", "topic": None, "name": None}
    assert "设定主题：distribution issue section map 安全生产" in shown
    assert office("issue", "show", strange).code == 0


def test_what_was_merged_is_called_by_its_printed_title(office: Office, issue: str) -> None:
    office("article", "merge", f"{issue}/5", "6", "--yes")

    assert f"接上「{SIXTH}」的正文" in office("issue", "corrections", issue).out
