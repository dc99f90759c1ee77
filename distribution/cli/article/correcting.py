"""`distribution article show`, `edit`, `merge`, `split`, `move`, `drop`: one article put right."""

from collections.abc import Callable, Mapping

import click
from sqlalchemy.orm import Session

from distribution import audit, clock, issues
from distribution.cli.common import (
    admin,
    as_json,
    ask,
    installation,
    printable,
    saying_yes,
    split,
)
from distribution.cli.issue.showing import article_at, show_article, show_contents
from distribution.issues import Desk, StoredArticle

name = click.argument("name", metavar="期号/序号")
NO_CHANGE = "本来就是这样：没有改动。"


@click.command("show")
@name
@as_json
def show(name: str, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """查看一篇的全文，每段之前有它的编号。"""
    key, number = issues.article_name(name)
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        entry = article_at(issues.load_issue(session, row.id), number)
        report = issues.report(session, row)
        show_article(session, entry, report, as_json=as_json, numbered=True)


@click.command("edit")
@name
@click.option("--title", help="标题。")
@click.option("--section", help="栏目。")
@click.option("--source", help="来源；空着表示没有。")
@click.option("--date", help="日期，例如 2023-09-18；空着表示没有。")
@click.option("--page", metavar="数字", help="页码；空着表示没有。")
@click.option("--summary", help="摘要。")
@click.option("--topics", help="主题的代码或名称，用逗号隔开；以此为准。")
@click.option("--must-carry/--no-must-carry", default=None, help="是否发给每位读者。")
def edit(name: str, topics: str | None, must_carry: bool | None, **given: str | None) -> None:  # noqa: FBT001
    """修改一篇的标题、栏目、来源、日期、页码、摘要、主题。"""
    facts: dict[str, object] = {fact: value for fact, value in given.items() if value is not None}
    if topics is not None:
        facts["topics"] = split(topics)
    if must_carry is not None:
        facts["must_carry"] = must_carry
    if not facts:
        raise click.UsageError("没有说要改什么：请给出至少一个选项，例如 --title。")
    change(name, facts)


def change(name: str, facts: Mapping[str, object]) -> None:
    """Change facts of one article, write down those that are new, and show its line."""
    key, number = issues.article_name(name)
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        changed = desk.edit(number, facts)
        if changed:
            subject = f"{desk.key}/{number}"
            audit.record(session, "article.edit", subject, by=admin(), at=at, **changed)
        show_lines(session, desk, number, number)
    if not changed:
        click.echo(NO_CHANGE)


@click.command("merge")
@name
@click.argument("other", metavar="序号", type=int)
@saying_yes
def merge(name: str, other: int, yes: bool) -> None:  # noqa: FBT001
    """把另一篇的正文接到这一篇之后，另一篇不再单列。

    例如：distribution article merge 2023-09/5 6
    """
    key, number = issues.article_name(name)
    one, two = _looked_at(key, number, other)

    def deed(desk: Desk) -> dict[str, object]:
        desk.expect(one, two)
        return {"takes": other, "title": desk.merge(number, other)}

    question = (
        f"把第 {other} 篇「{two.article.title}」接到第 {number} 篇「{one.article.title}」之后，"
        "确定吗？"
    )
    ask(printable(question), yes=yes or number == other)  # the desk refuses one article twice
    _correct(key, number, "article.merge", deed, after=number - (other < number))


@click.command("split")
@name
@click.option("--at", "block", type=int, required=True, help="从这一段起另成一篇。")
@click.option("--title", required=True, help="新一篇的标题。")
def split_article(name: str, block: int, title: str) -> None:
    """把一篇拆成两篇；段的编号见 article show。"""
    key, number = issues.article_name(name)

    def deed(desk: Desk) -> dict[str, object]:
        desk.split(number, block, title)
        return {"block": block, "title": title}

    _correct(key, number, "article.split", deed, last=number + 1)


@click.command("move")
@name
@click.option("--to", type=int, required=True, help="移到这一位。")
def move(name: str, to: int) -> None:
    """调整一篇的次序。"""
    key, number = issues.article_name(name)
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        changed = desk.move(number, to)
        if changed:
            subject = f"{desk.key}/{number}"
            audit.record(session, "article.move", subject, by=admin(), at=at, to=to)
        show_lines(session, desk, min(number, to), max(number, to))
    if not changed:
        click.echo(NO_CHANGE)


@click.command("drop")
@name
@click.option("--reason", metavar="理由", required=True, help="为什么不收；会记录下来。")
@saying_yes
def drop(name: str, reason: str, yes: bool) -> None:  # noqa: FBT001
    """不收这一篇。"""
    key, number = issues.article_name(name)
    (one,) = _looked_at(key, number)
    ask(printable(f"删去第 {number} 篇「{one.article.title}」，确定吗？"), yes=yes)
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        desk.expect(one)
        title, subject = desk.drop(number, reason), f"{desk.key}/{number}"
        audit.record(
            session, "article.drop", subject, by=admin(), at=at, reason=reason, title=title
        )
        left = len(desk.articles())
    click.echo(printable(f"已删去「{title}」，{desk.key} 期现有 {left} 篇。"))


def _correct(
    key: str,
    number: int,
    action: str,
    deed: Callable[[Desk], dict[str, object]],
    *,
    after: int | None = None,
    last: int | None = None,
) -> None:
    """Do it, write it down, and show the lines of the contents that are new."""
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        detail = deed(desk)
        audit.record(session, action, f"{desk.key}/{number}", by=admin(), at=at, **detail)
        first = after or number
        show_lines(session, desk, first, last or first)


def show_lines(session: Session, desk: Desk, first: int, last: int) -> None:
    """Print these lines of the contents as they now are."""
    lines = tuple(one for one in desk.articles() if first <= one.article.position <= last)
    show_contents(session, lines, issues.report(session, desk.row))


def _looked_at(key: str, *numbers: int) -> list[StoredArticle]:
    """What a question is about; looked up before anything is asked."""
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        if row.approved_at is not None:
            raise issues.AlreadyApproved(issues.key_of(row))
        stored = issues.load_issue(session, row.id)
        return [article_at(stored, number) for number in numbers]
