"""`distribution article limit`: how many articles of a section a mail holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

import click

from distribution import audit, clock, issues
from distribution.cli.common import (
    admin,
    as_json,
    installation,
    printable,
    show_json,
    show_table,
)
from distribution.compiler import article_key
from distribution.issues import Desk, StoredIssue


@click.command("limit")
@click.argument("key", metavar="期号")
@click.argument("section", metavar="[栏目]", required=False)
@click.option("--least", metavar="数字", help="至少几篇（0–20），不论读者关注什么；空着表示不限。")
@click.option("--most", metavar="数字", help="至多几篇（1–50），必发的不受限；空着表示不限。")
@click.option("--label", help="读者看到的理由，最多 20 个字，例如 本省要闻。")
@click.option("--off", is_flag=True, help="取消这个栏目的限额。")
@as_json
def limit(key: str, section: str | None, off: bool, as_json: bool, **given: str | None) -> None:  # noqa: FBT001
    """限定每封邮件里一个栏目的篇数；只写期号则列出各栏目的限额。

    例如：distribution article limit 2023-09 本省动态 --least 2 --label 本省要闻

    没有给出的选项照旧。
    """
    facts = {name: value for name, value in given.items() if value is not None}
    if section is None and (facts or off):
        raise click.UsageError("没有说是哪个栏目：请在期号之后写出栏目。")
    if off and facts:
        raise click.UsageError("--off 取消整个限额，不能与其他选项一起用。")
    if section is not None and not (facts or off):
        raise click.UsageError("没有说限多少：请给出 --least 或 --most，取消用 --off。")
    if section is not None:
        changed = _lift(key, section) if off else _limit(key, section, facts)
        if not changed and not as_json:
            click.echo("本来就是这样：没有改动。")
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        _show(issues.key_of(row), issues.load_issue(session, row.id), as_json=as_json)


def _limit(key: str, section: str, facts: Mapping[str, str]) -> bool:
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        new = issues.limit_section(desk, section, facts)
        if new is not None:
            audit.record(session, "article.limit", desk.key, by=admin(), at=at, **asdict(new))
    return new is not None


def _lift(key: str, section: str) -> bool:
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        changed = issues.lift_limit(desk, section)
        if changed:
            detail = {"section": section, "off": True}
            audit.record(session, "article.limit", desk.key, by=admin(), at=at, **detail)
    return changed


def _show(key: str, stored: StoredIssue, *, as_json: bool) -> None:
    limits = stored.contract.limits
    held = Counter(article_key(entry.article.section) for entry in stored.articles)
    counts = [held[article_key(limit.section)] for limit in limits]
    if as_json:
        pairs = zip(limits, counts, strict=True)
        facts = [asdict(limit) | {"articles": count} for limit, count in pairs]
        show_json({"issue": key, "limits": facts})
        return
    show_table(
        ("栏目", "本期", "至少", "至多", "读者看到的理由"),
        [
            (limit.section, count, limit.least or None, limit.most, limit.label)
            for limit, count in zip(limits, counts, strict=True)
        ],
        empty=printable(f"{key} 期没有限定任何栏目的篇数。"),
    )
