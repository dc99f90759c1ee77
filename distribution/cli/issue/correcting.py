"""`distribution issue edit` and `corrections`: the masthead, and every deed of the editors."""

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
from distribution.cli.issue.documents import correction_facts
from distribution.compiler import Doubt
from distribution.issues import Desk
from distribution.models import Correction, Issue
from distribution.words import CorrectionKind

_LABELS = {
    "publication": "刊名", "number": "期号", "total_number": "总期号", "month": "月份",
    "publishers": "主办", "phone": "电话", "email": "邮箱", "website": "网址", "postcode": "邮编",
    "address": "地址", "title": "标题", "section": "栏目", "source": "来源", "date": "日期",
    "page": "页", "summary": "摘要", "topics": "主题", "must_carry": "必发", "reason": "理由",
    "commercial": "广告",
}  # fmt: skip


@click.command("edit")
@click.argument("key", metavar="期号")
@click.option("--publication", help="刊名。")
@click.option("--number", metavar="数字", help="第几期；空着表示没有。")
@click.option("--total-number", metavar="数字", help="总期号；空着表示没有。")
@click.option("--month", help="出版月份，例如 2023-09；期号的写法不变。")
@click.option("--publishers", help="主办单位，用逗号隔开。")
@click.option("--phone", help="电话。")
@click.option("--email", help="邮箱。")
@click.option("--website", help="网址。")
@click.option("--postcode", help="邮编。")
@click.option("--address", help="地址。")
@click.option("--commercial/--no-commercial", default=None, help="依法是否属于广告邮件。")
def edit_issue(
    key: str,
    publishers: str | None,
    commercial: bool | None,  # noqa: FBT001 - click's flags
    **given: str | None,
) -> None:
    """修改刊头和版权页的内容，或声明这一期的邮件是不是广告。

    例如：distribution issue edit 2023-09 --commercial
    """
    facts: dict[str, object] = {name: fact for name, fact in given.items() if fact is not None}
    if publishers is not None:
        facts["publishers"] = split(publishers)
    if not facts and commercial is None:
        raise click.UsageError("没有说要改什么：请给出至少一个选项，例如 --publication。")
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        changed = desk.edit_masthead(facts)
        if commercial is not None and issues.declare_commercial(desk, commercial):
            changed["commercial"] = commercial
        if changed:
            audit.record(session, "issue.edit", desk.key, by=admin(), at=at, **changed)
    if changed:
        click.echo(printable(f"{desk.key} 期已改：{in_words(changed)}。"))
    else:
        click.echo(f"{desk.key} 期本来就是这样：没有改动。")


@click.command("corrections")
@click.argument("key", metavar="期号")
@click.option(
    "--undo", type=int, callback=lambda c, p, v: v and row_number(c, p, v), help="撤销这一条更正。"
)
@as_json
def corrections(key: str, undo: int | None, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出对一期所做的更正：谁、何时、改了什么；或撤销其中一条。"""
    if undo is not None:
        _undo(key, undo)
        return
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        _show(session, row, as_json=as_json)


def in_words(facts: dict[str, object]) -> str:
    """What was written, fact by fact."""
    return "；".join(
        f"{_LABELS.get(name, name)}：{_value(value)}"
        for name, value in facts.items()
        if name in _LABELS
    )


def _undo(key: str, correction_id: int) -> None:
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        row = desk.undo(correction_id)
        detail = {"kind": row.kind.value, "anchor": row.anchor, "value": row.value}
        audit.record(
            session, "issue.undo", desk.key, by=admin(), at=at, correction=correction_id, **detail
        )
    click.echo(f"{desk.key} 期：已撤销更正 {correction_id}（{row.kind.label}）。")


def _show(session: Session, row: Issue, *, as_json: bool) -> None:
    key, rows = issues.key_of(row), issues.corrections_of(session, row)
    stored = issues.load_issue(session, row.id).articles
    numbers = {entry.anchor: entry.article.position for entry in stored}
    titles = issues.titles_of(session, row)
    unplaced = {correction.id for correction in issues.report(session, row).unplaced}
    if as_json:
        show_json([correction_facts(one, numbers, unplaced) for one in rows])
        return
    names = topics.names(session)
    show_table(
        ("编号", "时间", "谁", "做法", "篇", "内容", "用上"),
        [
            (
                one.id,
                one.at,
                one.by,
                one.kind.label,
                numbers.get(one.anchor or ""),
                _content(one, titles, names),
                "否" if one.id in unplaced else "是",
            )
            for one in rows
        ],
        empty=f"{key} 期没有更正。",
    )
    if rows:
        click.echo(f"撤销一条：distribution issue corrections {key} --undo 编号")


def _content(one: Correction, titles: dict[str, str], names: dict[str, str]) -> str:
    value = dict(one.value)
    match one.kind:
        case CorrectionKind.MERGE:
            return f"接上「{titles.get(value['takes'], value['takes'])}」的正文"
        case CorrectionKind.SPLIT:
            return f"从第 {value['at']} 段起成为「{value['title']}」"
        case CorrectionKind.DROP:
            return f"「{titles.get(one.anchor or '', one.anchor)}」，{in_words(value)}"
        case CorrectionKind.MOVE:
            where = (("after", "之后"), ("before", "之前"))
            known = [(value[side], word) for side, word in where if value[side]]
            anchor, word = known[0]
            return f"放到「{titles.get(anchor, anchor)}」{word}"
        case CorrectionKind.SEEN:
            return f"疑点：{Doubt(value['kind']).label}（{value['excerpt']}）"
    if "topics" in value:
        value["topics"] = [names.get(code, code) for code in value["topics"]]
    return in_words(value)


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return "（空）" if value is None or value == "" else str(value)
