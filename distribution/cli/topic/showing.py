"""`distribution topic list`, and how rules and what they changed are told."""

from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy.orm import Session

from distribution import topics
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.issues import Retopiced
from distribution.topics import StoredRule, WordRule

_SHOWN = 8
"""Articles named one by one after a rule changed."""


@click.command("list")
@as_json
def list_topics(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出主题、通向它的栏目与用词、关注它的读者与企业。"""
    with installation().reading() as session:
        documents = _documents(session)
    if as_json:
        show_json(documents)
        return
    show_table(
        ("代码", "名称", "栏目", "用词", "读者", "企业"),
        [
            (
                one["code"],
                one["name"],
                "、".join(one["sections"]),
                "、".join(one["words"]),
                one["subscribers"],
                one["enterprises"],
            )
            for one in documents
        ],
        empty="还没有主题：用 distribution topic add 新增",
    )


def _documents(session: Session) -> list[dict[str, Any]]:
    followers, rules = topics.followers(session), topics.word_rules(session)
    return [
        {
            "code": topic.code,
            "name": topic.name,
            "sections": topic.sections,
            "words": _words([rule for rule in rules if rule.code == topic.code]),
            "rules": [rule_facts(rule) for rule in rules if rule.code == topic.code],
            "subscribers": followers[topic.code][0],
            "enterprises": followers[topic.code][1],
        }
        for topic in topics.all_topics(session)
    ]


def _words(rules: Sequence[StoredRule]) -> list[str]:
    words = [word for one in rules for word in one.words.any_words + one.words.all_words]
    return list(dict.fromkeys(words))


def rule_facts(rule: StoredRule) -> dict[str, object]:
    """A rule as a programme reads it."""
    words = rule.words
    return {
        "id": rule.id,
        "topic": rule.code,
        "in": words.field.value,
        "any": list(words.any_words),
        "all": list(words.all_words),
        "except": list(words.no_words),
    }


def in_words(words: WordRule) -> str:
    """A rule as a person reads it."""
    kinds = (
        ("有任一词", words.any_words),
        ("有全部词", words.all_words),
        ("没有", words.no_words),
    )
    parts = [f"{how}：{'、'.join(found)}" for how, found in kinds if found]
    return f"{words.field.label}{'；'.join(parts)}"


def show_retopiced(changed: Sequence[Retopiced], names: dict[str, str]) -> None:
    """Say which articles have other topics now, the first of them by name."""
    if not changed:
        click.echo("尚未批准的期刊里没有文章因此改变。")
        return
    click.echo(f"尚未批准的期刊里有 {len(changed)} 篇文章重新归类：")
    for one in changed[:_SHOWN]:
        known = "、".join(names.get(code, code) for code in one.topics) or "没有主题"
        click.echo(printable(f"  {one.issue_key}/{one.number} {one.title}：{known}"))
    if len(changed) > _SHOWN:
        click.echo(f"  另有 {len(changed) - _SHOWN} 篇。")
