"""`distribution topic add`, `rename` and `move`: the editors' list of topics."""

import click

from distribution import audit, clock, issues, topics
from distribution.cli.common import admin, installation, printable
from distribution.cli.topic.showing import show_retopiced

topic = click.argument("topic", metavar="主题")


@click.command("add")
@click.argument("code", metavar="代码")
@click.argument("name", metavar="名称")
@click.option(
    "--section", "sections", metavar="栏目", multiple=True, help="通向它的栏目；可多次给出。"
)
def add(code: str, name: str, sections: tuple[str, ...]) -> None:
    """新增一个主题，排在最后。

    例如：distribution topic add energy 新能源 --section 能源动力
    """
    at = clock.now()
    with installation().transaction() as session:
        row = topics.add(session, code, name, sections)
        changed = issues.retopic(session) if sections else []
        detail = {"name": row.name, "sections": row.sections}
        audit.record(session, "topic.add", row.code, by=admin(), at=at, **detail)
        names = topics.names(session)
    click.echo(printable(f"已新增主题「{row.name}」（{row.code}）。"))
    if sections:
        show_retopiced(changed, names)


@click.command("rename")
@topic
@click.argument("name", metavar="新名称")
def rename(topic: str, name: str) -> None:
    """改主题的名称；代码不变，读者的选择也不变。"""
    at = clock.now()
    with installation().transaction() as session:
        row = topics.the_topic(session, topic)
        before = topics.rename(session, topic, name)
        if before != row.name:
            audit.record(
                session, "topic.rename", row.code, by=admin(), at=at, before=before, now=row.name
            )
    if before == row.name:
        click.echo(printable(f"主题 {row.code} 本来就叫「{row.name}」：没有改动。"))
    else:
        click.echo(printable(f"主题「{before}」现在叫「{row.name}」（{row.code}）。"))


@click.command("move")
@topic
@click.option("--to", type=int, required=True, help="移到这一位，从 1 数起。")
def move(topic: str, to: int) -> None:
    """调整主题的次序：读者在偏好页上看到的先后。"""
    at = clock.now()
    with installation().transaction() as session:
        row = topics.the_topic(session, topic)
        changed = topics.move(session, topic, to)
        if changed:
            audit.record(session, "topic.move", row.code, by=admin(), at=at, to=to)
        order = [one.name for one in topics.all_topics(session)]
    if not changed:
        click.echo(printable(f"主题「{row.name}」本来就在第 {to} 位：没有改动。"))
    else:
        click.echo(printable(f"现在的次序：{'、'.join(order)}。"))
