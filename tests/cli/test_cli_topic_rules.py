"""`distribution topic rule`: words that lead articles to a topic, tried, added and dropped."""

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from sqlalchemy import select

from distribution import issues
from distribution.app import App
from distribution.models import Audit


def numbers(office: Office, issue: str, topic: str) -> set[int]:
    """The articles of the issue that belong to the topic."""
    found = office("issue", "show", issue, "--json").document["articles"]
    return {one["number"] for one in found if topic in one["topics"]}


def tried(office: Office, *words: str) -> dict[int, list[str]]:
    found = office("topic", "rule", "try", *words, "--json").document["articles"]
    return {one["article"]: one["words"] for one in found}


def last_rule(office: Office) -> dict[str, object]:
    rules: list[dict[str, object]] = office("topic", "rule", "list", "--json").document
    return max(rules, key=lambda rule: str(rule["id"]).zfill(9))


def test_a_rule_is_added_listed_and_dropped(office: Office, app: App) -> None:
    added = office(
        "topic", "rule", "add", "quality", "--any", "检测", "标准", "--in", "text",
        "--except", "空气",
    )  # fmt: skip

    rule = last_rule(office)
    number = rule.pop("id")
    assert rule == {
        "topic": "quality",
        "in": "text",
        "any": ["检测", "标准"],
        "all": [],
        "except": ["空气"],
    }
    assert added.out == (
        f"规则 {number}：标题与正文有任一词：检测、标准；没有：空气，归入主题「质量管理」。\n"
        "尚未批准的期刊里没有文章因此改变。\n"
    )
    line = office("topic", "rule", "list", "quality").out.splitlines()[-1]
    assert line.split() == [str(number), "质量管理", "标题与正文", "检测、标准", "—", "空气"]
    dropped = office("topic", "rule", "drop", str(number))
    assert dropped.out.startswith(f"已删去规则 {number}：标题与正文有任一词：检测、标准")
    assert last_rule(office)["id"] != number
    with app.reading() as session:
        found = [
            (row.action, row.subject) for row in session.scalars(select(Audit).order_by(Audit.id))
        ]
    assert found == [("topic.rule.add", "quality"), ("topic.rule.drop", "quality")]


def test_the_same_rule_again_changes_nothing(office: Office) -> None:
    office("topic", "rule", "add", "quality", "--any", "检测、标准")

    again = office("topic", "rule", "add", "质量管理", "--any", "标准", "检测")

    assert again.code == 0
    assert again.out.endswith("：没有改动。\n")


def test_articles_of_unapproved_issues_follow_a_rule_at_once(office: Office, issue: str) -> None:
    before = numbers(office, issue, "technology")
    would = tried(office, "--any", "装备")
    assert would
    assert not before >= set(would)

    added = office("topic", "rule", "add", "technology", "装备")

    after = numbers(office, issue, "technology")
    assert after == before | set(would)
    assert f"有 {len(after - before)} 篇文章重新归类" in added.out
    office("topic", "rule", "drop", str(last_rule(office)["id"]))
    assert numbers(office, issue, "technology") == before


def test_an_approved_issue_keeps_its_topics(office: Office, app: App, issue: str) -> None:
    with app.transaction() as session:
        issues.approve(session, issue, by="test", at=MORNING, override="测试")
    before = numbers(office, issue, "technology")

    added = office("topic", "rule", "add", "technology", "装备")

    assert added.out.endswith("没有文章因此改变。\n")
    assert numbers(office, issue, "technology") == before


@only_sqlite
def test_words_are_tried_without_changing_anything(office: Office, issue: str) -> None:
    rules = office("topic", "rule", "list", "--json").document

    either = tried(office, "--any", "机器人", "铸造")
    both = tried(office, "--all", "机床", "数控", "--in", "text", "--issue", issue)
    assert set(map(tuple, either.values())) <= {("机器人",), ("铸造",), ("机器人", "铸造")}
    assert len(either) > 1
    assert set(map(tuple, both.values())) == {("机床", "数控")}
    shown = office("topic", "rule", "try", "--any", "机器人")
    assert shown.out.startswith(f"{issue} 期有 ")
    assert office("topic", "rule", "list", "--json").document == rules


@only_sqlite
def test_the_rules_of_a_topic_are_tried(office: Office, issue: str) -> None:
    found = tried(office, "policy")

    assert found
    assert set(found) <= numbers(office, issue, "policy")
    assert office("topic", "rule", "try", "quality").out == f"{issue} 期没有这样的文章。\n"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ("try quality 检测", 2, "请加 --any 或 --all"),
        ("try --any 检测", 1, "还没有期刊可试"),
        ("try quality --issue 2020-01", 2, "没有期刊"),
        ("try farming", 2, "没有主题 'farming'"),
        ("add farming 农机", 2, "没有主题 'farming'"),
        ("add quality ——", 2, "规则的词不能为空"),
        ("add quality 质量 --except 质量", 2, "自相矛盾"),
        ("add quality", 2, "词"),
        ("drop 99", 2, "没有规则 99"),
        ("drop 9999999999999999999", 2, "没有这么大的编号"),
        ("list farming", 2, "没有主题 'farming'"),
    ],
)
@only_sqlite
def test_what_cannot_be_is_refused(office: Office, words: str, code: int, why: str) -> None:
    refused = office("topic", "rule", *words.split())

    assert refused.code == code
    assert why in refused.err
