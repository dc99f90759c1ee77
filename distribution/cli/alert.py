"""`distribution alert`: what the office was told, and what it is still to be told."""

import click

from distribution import clock, delivery
from distribution.cli.chinese import folded
from distribution.cli.common import WIDE, as_json, console, installation, printable, show_json
from distribution.models import Alert

_DEFAULT_LIMIT = 20


@click.group("alert")
def group() -> None:
    """提醒：线路停止、投递完成、有人离任等要让编辑部知道的事。"""


@group.command("list")
@click.option(
    "--limit", default=_DEFAULT_LIMIT, show_default=True, type=click.IntRange(1, 100_000),
    help="至多列几条。",
)  # fmt: skip
@as_json
def list_alerts(limit: int, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """列出提醒，新的在前；也寄给管理员（期刊与批次的还寄给编辑），并发到群机器人。"""
    with installation().reading() as session:
        found = delivery.list_alerts(session, limit)
        if as_json:
            show_json([_document(alert) for alert in found])
            return
        for number, alert in enumerate(found):
            if number:
                click.echo()
            _show(alert)
    if not found:
        click.echo("没有提醒。")
    if len(found) == limit:
        click.echo(f"\n只列出最近 {limit} 条；--limit 可改。")


def _show(alert: Alert) -> None:
    told = f"{clock.for_people(alert.told_at)} 已寄出" if alert.told_at else "尚未寄出"
    click.secho(printable(f"{clock.for_people(alert.at)}  {alert.title}"), bold=True)
    width = min(console().width, WIDE)
    for line in (*map(str, alert.lines), alert.advice, told):
        for part in folded(printable(line), width - 2):
            click.echo(f"  {part}")


def _document(alert: Alert) -> dict[str, object]:
    return {
        "id": alert.id,
        "at": alert.at,
        "title": alert.title,
        "lines": alert.lines,
        "advice": alert.advice,
        "told_at": alert.told_at,
    }
