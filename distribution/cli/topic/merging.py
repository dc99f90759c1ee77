"""`distribution topic merge`: two topics become one."""

from dataclasses import asdict

import click

from distribution import audit, clock, issues, topics
from distribution.cli.common import admin, ask, installation, printable, saying_yes
from distribution.topics import Merger


@click.command("merge")
@click.argument("old", metavar="主题")
@click.argument("into", metavar="并入的主题")
@click.option("--dry-run", is_flag=True, help="只说会怎样，不改动。")
@saying_yes
def merge(old: str, into: str, dry_run: bool, yes: bool) -> None:  # noqa: FBT001 - click's flags
    """把一个主题并入另一个：读者、企业、文章、栏目和规则都移过去。

    旧的代码和名称仍然认得，都指并入后的主题。例如：distribution topic merge shanxi industry
    """
    with installation().reading() as session:
        planned = topics.merger(session, old, into)
    click.echo(printable(_in_words(planned)))
    if dry_run:
        click.echo("只是预览：没有改动任何内容。")
        return
    ask("合并不可撤回，确定吗？", yes=yes)
    at = clock.now()
    with installation().transaction() as session:
        done = topics.merge(session, old, into)
        issues.retopic(session)
        facts = {name: value for name, value in asdict(done).items() if name != "code"}
        audit.record(session, "topic.merge", done.code, by=admin(), at=at, **facts)
    click.echo(printable(f"已并入：{done.code} 从此指主题「{done.into_name}」（{done.into}）。"))


def _in_words(merger: Merger) -> str:
    sections = f"，栏目 {'、'.join(merger.sections)}" if merger.sections else ""
    return (
        f"主题「{merger.name}」（{merger.code}）并入「{merger.into_name}」（{merger.into}）："
        f"移动 {merger.subscribers} 位读者和 {merger.enterprises} 家企业的选择、"
        f"{merger.articles} 篇文章、{merger.rules} 条规则{sections}。"
    )
