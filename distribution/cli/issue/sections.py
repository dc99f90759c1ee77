"""`distribution issue section`: which topic a section of the magazine leads to."""

import click

from distribution import audit, clock, issues, topics
from distribution.cli.common import admin, as_json, installation, printable, show_json, show_table
from distribution.cli.topic.showing import show_retopiced


@click.group("section")
def group() -> None:
    """栏目：各通向哪个主题。"""


@group.command("list")
@as_json
def list_sections(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出栏目与主题；尚未批准的期刊里没有主题的栏目也在内。"""
    with installation().reading() as session:
        known = [
            (section, topic.code, topic.name)
            for topic in topics.all_topics(session)
            for section in topic.sections
        ]
        lost = topics.leading_nowhere(session, issues.sections_in_use(session))
    if as_json:
        facts = [{"section": s, "topic": code, "name": name} for s, code, name in known]
        show_json([*facts, *({"section": s, "topic": None, "name": None} for s in lost)])
        return
    rows = [(section, name, code) for section, code, name in known]
    show_table(("栏目", "主题", "代码"), [*rows, *((section, None, None) for section in lost)])
    if lost:
        click.echo(printable(f"设定主题：{issues.mapping(lost[0])}"))


@group.command("map")
@click.argument("section", metavar="栏目")
@click.option("--topic", required=True, metavar="主题", help="主题的代码或名称。")
def map_section(section: str, topic: str) -> None:
    """让一个栏目通向一个主题；尚未批准的期刊随即按此归类。"""
    at, section = clock.now(), issues.checked_text("section", section)
    with installation().transaction() as session:
        found = topics.map_section(session, section, topic)
        changed = issues.retopic(session)
        audit.record(session, "issue.section.map", section, by=admin(), at=at, topic=found.code)
        names = topics.names(session)
        name = found.name
    click.echo(printable(f"栏目「{section}」通向主题「{name}」。"))
    show_retopiced(changed, names)


@group.command("unmap")
@click.argument("section", metavar="栏目")
def unmap_section(section: str) -> None:
    """让一个栏目不再通向任何主题；尚未批准的期刊随即按此归类。"""
    at, section = clock.now(), issues.checked_text("section", section)
    with installation().transaction() as session:
        found = topics.unmap_section(session, section)
        changed = issues.retopic(session) if found else []
        names = topics.names(session)
        if found:
            topic = found.code
            audit.record(session, "issue.section.unmap", section, by=admin(), at=at, topic=topic)
    if found is None:
        click.echo(printable(f"栏目「{section}」本来就不通向任何主题：没有改动。"))
        return
    click.echo(printable(f"栏目「{section}」不再通向主题「{found.name}」。"))
    show_retopiced(changed, names)
