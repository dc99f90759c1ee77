"""`distribution article pin` and `lead`: what is in every mail, and what opens it."""

import click

from distribution import audit, clock, issues
from distribution.cli.article.correcting import NO_CHANGE, change, name, show_lines
from distribution.cli.common import admin, installation
from distribution.errors import NotFound
from distribution.issues import Desk


@click.command("pin")
@name
@click.option("--off", is_flag=True, help="不再必发。")
def pin(name: str, off: bool) -> None:  # noqa: FBT001 - click's flags
    """让一篇必发：不论读者关注什么，每封邮件都有它。

    例如：distribution article pin 2023-09/5
    """
    change(name, {"must_carry": not off})


@click.command("lead")
@click.argument("name", metavar="期号[/序号]")
@click.option("--off", is_flag=True, help="不再有头条；只写期号也可以。")
def lead(name: str, off: bool) -> None:  # noqa: FBT001 - click's flags
    """让一篇成为头条：每封邮件以它开头；一期只有一篇。

    例如：distribution article lead 2023-09/5

    取消：distribution article lead 2023-09 --off
    """
    if off:
        _drop_lead(name)
    else:
        _choose_lead(*issues.article_name(name))


def _choose_lead(key: str, number: int) -> None:
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        changed = issues.choose_lead(desk, number)
        if changed:
            subject = f"{desk.key}/{number}"
            audit.record(session, "article.lead", subject, by=admin(), at=at, lead=True)
        show_lines(session, desk, number, number)
    if not changed:
        click.echo(NO_CHANGE)


def _drop_lead(name: str) -> None:
    key, number = _issue_or_article(name)
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        changed = issues.drop_lead(desk, number)
        if changed:
            audit.record(session, "article.lead", desk.key, by=admin(), at=at, lead=False)
    click.echo(f"{desk.key} 期不再有头条。" if changed else NO_CHANGE)


def _issue_or_article(name: str) -> tuple[str, int | None]:
    """The lead may have gone from the issue: then it has no number to be called by."""
    try:
        return issues.article_name(name)
    except NotFound:
        return name, None
