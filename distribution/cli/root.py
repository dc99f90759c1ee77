"""The root command: all nouns."""

import click

import distribution
from distribution.cli import (
    alert,
    article,
    bounce,
    chinese,
    completion,
    config,
    consent,
    database,
    demo,
    digest,
    doctor,
    drill,
    enterprise,
    history,
    imports,
    issue,
    lane,
    letter,
    personal,
    purge,
    relay,
    report,
    request,
    run,
    schedule,
    scheduler,
    serve,
    staff,
    subscriber,
    suppression,
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
    consent.group,
    suppression.group,
    enterprise.group,
    imports.group,
    topic.group,
    digest.group,
    run.group,
    schedule.group,
    letter.group,
    report.group,
    bounce.group,
    lane.group,
    relay.group,
    alert.group,
    staff.group,
    request.group,
    purge.command,
    up.command,
    serve.command,
    worker.command,
    scheduler.command,
    config.group,
    database.group,
    doctor.command,
    demo.command,
    drill.command,
    completion.command,
):
    root.add_command(command)
for command in (history.history, *personal.COMMANDS, imports.subscribers):
    subscriber.group.add_command(command)
enterprise.group.add_command(imports.enterprises)
chinese.speak(root)
