"""`distribution issue reindex`: what readers search, built anew."""

import click

from distribution import issues
from distribution.cli.common import installation


@click.command("reindex")
def reindex_issues() -> None:
    """重建全文检索的索引；平时不需要，批准一期时自动更新。"""
    with installation().transaction() as session:
        count, articles = issues.reindex(session)
    click.echo(f"已重建检索索引：{count} 期，{articles} 篇文章。")
