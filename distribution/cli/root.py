"""The root command: all nouns."""

import click

import distribution
from distribution.cli import (
    article,
    bounce,
    chinese,
    config,
    database,
    demo,
    digest,
    enterprise,
    issue,
    report,
    run,
    serve,
    subscriber,
    topic,
    up,
    worker,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    distribution.__version__, message="distribution %(version)s", help="显示版本。"
)
def root() -> None:
    """期刊订阅与投递：读入一期期刊，为每位联系人选文，并在每月一号投递。"""


for command in (
    issue.group,
    article.group,
    subscriber.group,
    enterprise.group,
    topic.group,
    digest.group,
    run.group,
    report.group,
    bounce.group,
    up.command,
    serve.command,
    worker.command,
    config.group,
    database.group,
    demo.command,
):
    root.add_command(command)
chinese.speak(root)
