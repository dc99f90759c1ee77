"""`distribution subscriber history`: what happened with one reader, and what came back from him."""

from typing import Any

import click

from distribution import audience, clock, reports
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.models import Subscriber
from distribution.reports import Entry, History


@click.command("history")
@click.argument("email", metavar="邮箱")
@click.option("--full", is_flag=True, help="附上每封退信与来信的原文。")
@as_json
def history(email: str, full: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """一位订阅者的经过，从早到晚：同意、导入、每一期的投递、打开与点击、退信、变更。

    --json 总附有原文。

    例如：distribution subscriber history zhang@enterprise.example
    """
    with installation().reading() as session:
        row = audience.find_subscriber(session, email)
        found = reports.history(session, row)
        if as_json:
            show_json(_history(row, found))
            return
        show_table(
            ("时间", "事项", "内容"),
            [(entry.at, entry.kind.label, entry.text) for entry in found.entries],
            title=f"{row.name} <{row.email}>",
            empty="还没有任何经过。",
        )
        if full:
            _show_originals(found)
    if found.readings_withheld:
        click.echo(found.readings_withheld)


def _show_originals(found: History) -> None:
    for entry in found.entries:
        if entry.mail is None or entry.original is None:
            continue
        kind, at = entry.mail.kind.label, clock.for_people(entry.at)
        click.secho(f"\n{kind} {entry.mail.inbox_id}，{at} 收到：", bold=True)
        text = entry.original.gone or entry.original.text or "（没有可读的文字。）"
        for line in text.splitlines():
            click.echo(f"    {printable(line)}".rstrip())


def _history(row: Subscriber, found: History) -> dict[str, Any]:
    return {
        "email": row.email,
        "name": row.name,
        "tracking": found.tracking.value,
        "readings_withheld": found.readings_withheld or None,
        "entries": [
            {
                "at": entry.at,
                "kind": entry.kind.value,
                "text": entry.text,
                "by": entry.by or None,
                "run": entry.run_id,
                "delivery": entry.delivery_id,
                "issue": entry.issue or None,
                "state": entry.state.value if entry.state else None,
                "cause": entry.cause.value if entry.cause else None,
                "returned": _returned(entry),
            }
            for entry in found.entries
        ],
    }


def _returned(entry: Entry) -> dict[str, Any] | None:
    """What came back, with its own words; None for whatever else happened."""
    mail, original = entry.mail, entry.original
    if mail is None or original is None:
        return None
    return {
        "number": str(mail.inbox_id),
        "kind": mail.kind.value,
        "meaning": mail.meaning.value if mail.meaning else None,
        "consequence": mail.consequence.value,
        "status": mail.status or None,
        "text": None if original.gone else original.text,
        "text_gone": original.gone or None,
    }
