"""`distribution topic rule`: the words that lead articles to a topic."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from distribution import audit, clock, issues, topics
from distribution.cli.chinese import row_number
from distribution.cli.common import (
    admin,
    as_json,
    installation,
    printable,
    show_json,
    show_table,
    split,
)
from distribution.cli.topic.showing import in_words, rule_facts, show_retopiced
from distribution.errors import Refused
from distribution.issues import StoredIssue
from distribution.models import Issue
from distribution.topics import TopicRule, WordRule
from distribution.words import RuleField

Command = TypeVar("Command", bound=Callable[..., object])


@click.group("rule")
def group() -> None:
    """规则：标题或正文里有哪些词，文章就归入一个主题。"""


def _how_words_count(command: Command) -> Command:
    for option in (
        click.option("--any", "how", flag_value="any", help="有其中任何一个词即可。"),
        click.option("--all", "how", flag_value="all", help="所有的词都要有。"),
        click.option(
            "--except", "without", metavar="词", multiple=True, help="有这个词就不算；可多次给出。"
        ),
        click.option(
            "--in",
            "field",
            type=click.Choice([field.value for field in RuleField]),
            default=RuleField.TITLE.value,
            help="在哪里找：title 只看标题（默认），text 标题与正文。",
        ),
    ):
        command = option(command)
    return command


@group.command("add")
@click.argument("topic", metavar="主题")
@click.argument("words", metavar="词", nargs=-1, required=True)
@_how_words_count
def add(
    topic: str, words: tuple[str, ...], how: str | None, without: tuple[str, ...], field: str
) -> None:
    """新增一条规则；尚未批准的期刊随即按此归类。

    例如：distribution topic rule add quality --any 质量 检测 标准 --except 空气质量
    """
    at, rule = clock.now(), _rule(words, how, without, field)
    with installation().transaction() as session:
        stored, new = topics.add_rule(session, topic, rule)
        changed = issues.retopic(session) if new else []
        names = topics.names(session)
        if new:
            facts = rule_facts(stored)
            audit.record(session, "topic.rule.add", stored.code, by=admin(), at=at, rule=facts)
    if not new:
        click.echo(f"主题「{names[stored.code]}」已有这条规则（{stored.id}）：没有改动。")
        return
    told = f"规则 {stored.id}：{in_words(stored.words)}，归入主题「{names[stored.code]}」。"
    click.echo(printable(told))
    show_retopiced(changed, names)


@group.command("list")
@click.argument("topic", metavar="[主题]", required=False)
@as_json
def list_rules(topic: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出规则；给出主题则只列它的。"""
    with installation().reading() as session:
        found = topics.word_rules(session, topic)
        names = topics.names(session)
    if as_json:
        show_json([rule_facts(rule) for rule in found])
        return
    show_table(
        ("编号", "主题", "在哪里找", "任一词", "全部词", "不含"),
        [
            (
                rule.id,
                names[rule.code],
                rule.words.field.label,
                "、".join(rule.words.any_words),
                "、".join(rule.words.all_words),
                "、".join(rule.words.no_words),
            )
            for rule in found
        ],
        empty="没有规则：用 distribution topic rule add 新增",
    )


@group.command("drop")
@click.argument("rule_id", metavar="编号", type=int, callback=row_number)
def drop(rule_id: int) -> None:
    """删去一条规则；尚未批准的期刊随即按此归类。"""
    at = clock.now()
    with installation().transaction() as session:
        stored = topics.drop_rule(session, rule_id)
        changed = issues.retopic(session)
        names = topics.names(session)
        facts = rule_facts(stored)
        audit.record(session, "topic.rule.drop", stored.code, by=admin(), at=at, rule=facts)
    told = f"已删去规则 {rule_id}：{in_words(stored.words)}（主题「{names[stored.code]}」）。"
    click.echo(printable(told))
    show_retopiced(changed, names)


@group.command("try")
@click.argument("given", metavar="主题|词", nargs=-1, required=True)
@_how_words_count
@click.option("--issue", "key", metavar="期号", help="看哪一期；默认最新一期。")
@as_json
def try_rule(
    given: tuple[str, ...],
    how: str | None,
    without: tuple[str, ...],
    field: str,
    key: str | None,
    as_json: bool,  # noqa: FBT001 - click's flags
) -> None:
    """试一试：一个主题现有的规则，或尚未加上的词，会归入一期的哪些文章；不改动任何内容。

    例如：distribution topic rule try quality，或 distribution topic rule try --any 质量 检测
    """
    if how is None and (len(given) > 1 or without):
        raise click.UsageError("要试新的词请加 --any 或 --all，要试现有的规则请只给出一个主题。")
    with installation().reading() as session:
        rules = (
            _existing(session, given[0]) if how is None else (_rule(given, how, without, field),)
        )
        row = issues.find_issue(session, key) if key else _newest(session)
        found = _found(issues.load_issue(session, row.id), rules)
        issue = issues.key_of(row)
    if as_json:
        show_json({"issue": issue, "articles": found})
        return
    show_table(
        ("序", "栏目", "标题", "词"),
        [(one["article"], one["section"], one["title"], "、".join(one["words"])) for one in found],
        title=f"{issue} 期有 {len(found)} 篇" if found else "",
        empty=f"{issue} 期没有这样的文章。",
    )


def _found(issue: StoredIssue, rules: tuple[WordRule, ...]) -> list[dict[str, Any]]:
    one_topic = [TopicRule(0, "", (), rules)]
    return [
        {
            "article": article.position,
            "section": article.section,
            "title": article.title,
            "words": list(match.evidence),
        }
        for article in (stored.article for stored in issue.articles)
        for match in topics.topics_of("", article.title, issues.text_of(article), one_topic)
    ]


def _rule(words: Iterable[str], how: str | None, without: Iterable[str], field: str) -> WordRule:
    leading, barred = _split(words), _split(without)
    any_words, all_words = ((), leading) if how == "all" else (leading, ())
    return topics.checked(WordRule(RuleField(field), any_words, all_words, barred))


def _split(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for one in given for word in split(one) or ())


def _existing(session: Session, topic: str) -> tuple[WordRule, ...]:
    return tuple(stored.words for stored in topics.word_rules(session, topic))


def _newest(session: Session) -> Issue:
    known = issues.list_issues(session)
    if not known:
        raise Refused("还没有期刊可试：先运行 distribution issue import")
    return known[0]
