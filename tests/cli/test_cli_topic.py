"""`distribution topic`: the editors' list of topics, as an admin changes it."""

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from runs import add_reader
from sqlalchemy import select

from distribution.app import App
from distribution.models import Audit


def deeds(app: App) -> list[tuple[str, str]]:
    with app.reading() as session:
        rows = session.scalars(select(Audit).order_by(Audit.id))
        return [(row.action, row.subject) for row in rows]


def codes(office: Office) -> list[str]:
    return [one["code"] for one in office("topic", "list", "--json").document]


def follow(app: App, *topics: str) -> None:
    with app.transaction() as session:
        add_reader(session, app, f"{'-'.join(topics)}@sanjin.example", MORNING, topics=topics)


def test_a_topic_is_listed_with_all_that_leads_to_it(office: Office, app: App) -> None:
    follow(app, "quality", "policy")
    follow(app, "quality")

    (found,) = [
        one for one in office("topic", "list", "--json").document if one["code"] == "quality"
    ]

    words = ["质量管理", "质量品牌", "质量强国"]
    assert found["rules"].pop().pop("id")
    assert found == {
        "code": "quality",
        "name": "质量管理",
        "sections": ["质量管理"],
        "words": words,
        "rules": [],
        "subscribers": 2,
        "enterprises": 0,
    }
    line = next(row for row in office("topic", "list").out.splitlines() if "quality" in row)
    assert line.split() == ["quality", "质量管理", "质量管理", "、".join(words), "2", "0"]


def test_a_new_topic_takes_the_articles_of_its_section(
    office: Office, app: App, issue: str
) -> None:
    added = office("topic", "add", "energy", "新能源", "--section", "科技前沿")

    assert (added.code, added.err) == (0, "")
    assert added.out.startswith("已新增主题「新能源」（energy）。\n尚未批准的期刊里有 ")
    assert f"  {issue}/27 " in added.out
    found = office("issue", "show", issue, "--json").document["articles"]
    last = [one for one in found if one["section"] == "科技前沿"]
    assert last
    assert all(one["topics"][0] == "energy" for one in last)
    assert deeds(app) == [("topic.add", "energy")]


def test_a_topic_gets_another_name(office: Office, app: App) -> None:
    done = office("topic", "rename", "质量管理", "质量与标准")
    again = office("topic", "rename", "quality", "质量与标准")

    assert done.out == "主题「质量管理」现在叫「质量与标准」（quality）。\n"
    assert (again.code, again.out) == (0, "主题 quality 本来就叫「质量与标准」：没有改动。\n")
    assert deeds(app) == [("topic.rename", "quality")]


def test_a_topic_gets_another_place(office: Office, app: App) -> None:
    done = office("topic", "move", "quality", "--to", "1")
    again = office("topic", "move", "quality", "--to", "1")

    assert codes(office)[:2] == ["quality", "policy"]
    assert done.out.startswith("现在的次序：质量管理、政策措施、")
    assert again.out == "主题「质量管理」本来就在第 1 位：没有改动。\n"
    assert deeds(app) == [("topic.move", "quality")]


def test_a_merge_says_what_moves_and_does_it(office: Office, app: App, issue: str) -> None:
    follow(app, "shanxi")

    done = office("topic", "merge", "shanxi", "industry", "--yes")

    assert (done.code, done.err) == (0, "")
    assert "移动 1 位读者和 0 家企业的选择、" in done.out
    assert done.out.endswith("已并入：shanxi 从此指主题「行业资讯」（industry）。\n")
    assert "shanxi" not in codes(office)
    shown = office("subscriber", "show", "shanxi@sanjin.example", "--json").document
    assert shown["topics"] == ["industry"]
    found = office("issue", "show", issue, "--json").document["articles"]
    assert not [one for one in found if "shanxi" in one["topics"]]
    assert deeds(app) == [("topic.merge", "shanxi")]


@pytest.mark.parametrize(
    ("option", "code"), [("--dry-run", 0), ("", 2)], ids=["dry run", "nobody to ask"]
)
def test_a_merge_that_is_not_wanted_changes_nothing(
    office: Office, app: App, option: str, code: int
) -> None:
    before = office("topic", "list", "--json").document

    done = office("topic", "merge", "shanxi", "industry", *filter(None, [option]))

    assert done.code == code
    assert "并入「行业资讯」（industry）" in done.out
    assert office("topic", "list", "--json").document == before
    assert deeds(app) == []


def test_a_merged_topic_is_understood_and_refused_where_it_would_change(office: Office) -> None:
    office("topic", "merge", "shanxi", "industry", "--yes")

    added = office("subscriber", "add", "li@sanjin.example", "--name", "李", "--topics", "省内信息")
    assert added.code == 0
    shown = office("subscriber", "show", "li@sanjin.example", "--json").document
    assert shown["topics"] == ["industry"]
    refused = office("topic", "rename", "shanxi", "甲")
    assert refused.code == 1
    assert refused.sentence.endswith("没有改动：请改用 industry")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("add Energy 新能源", "主题代码 'Energy' 不对"),
        ("add energy 政策措施", "已是主题「政策措施」（policy）的叫法"),
        ("rename farming 农业", "没有主题 'farming'：可用的有 政策措施（policy）、"),
        ("merge policy policy", "没有可合并的"),
        ("move policy --to 9", "现有 7 个主题"),
    ],
)
@only_sqlite
def test_what_cannot_be_is_refused_in_a_sentence(
    office: Office, app: App, words: str, why: str
) -> None:
    refused = office("topic", *words.split())

    assert refused.code in (1, 2)
    assert why in refused.sentence
    assert deeds(app) == []
