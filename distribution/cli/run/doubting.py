"""`distribution run doubt`: what is in doubt, and an admin's word on it."""

from collections.abc import Callable, Mapping, Sequence

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, delivery, replies
from distribution.app import App
from distribution.cli.chinese import row_number
from distribution.cli.common import (
    WIDE,
    Command,
    admin,
    as_json,
    ask,
    console,
    installation,
    saying_yes,
    show_json,
)
from distribution.cli.listing import show_list
from distribution.delivery import Doubtful
from distribution.words import Awaited

_FOLDER = "发件文件夹里有没有这封信"
_LOG = "中继的日志里有没有这封信"
_NOTHING = "中继（SMTP 无从查询：请凭邮件编号查中继的日志，或设置 relay_log 让它自动查）"
"""What a transport can be asked about a mail."""

_delivery = click.argument("delivery_id", metavar="投递号", type=int, callback=row_number)


def _reason(command: Command) -> Command:
    return click.option("--reason", required=True, help="依据，记入投递经过与操作记录。")(command)


@click.group("doubt")
def group() -> None:
    """存疑的投递：交给中继之后没有等到答复，对方可能收到，也可能没有。"""


@group.command("list")
@click.argument("run_id", metavar="[批次号]", type=int, callback=row_number, required=False)
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="至多列几封。"
)
@as_json
def list_doubts(run_id: int | None, limit: int, as_json: bool) -> None:  # noqa: FBT001
    """列出存疑的投递：何时起，寄给谁，中继的原话，查过什么。"""
    app = installation()
    with app.reading() as session:
        if run_id is not None:
            delivery.find_run(session, run_id)
        found = delivery.doubtful(session, run_id, limit)
        press = delivery.Press(app.addresses)
        press.load(session, {one.run_id for one in found}, set())
        awaited = _awaited(app, session, found)
    named = [(one, press.message_id(one.delivery_id, one.run_id)) for one in found]
    asked = _asked(app)
    if as_json:
        show_json([_document(one, message_id, asked, awaited) for one, message_id in named])
        return
    show_list(
        ("投递号", "批次", "期号", "起于", "收件人", "线路", "原话", "线索", "查证", "邮件编号"),
        [_row(one, message_id, awaited) for one, message_id in named],
        elastic=("原话", "线路", "查证"),
        spare=("期号", "线路", "线索", "邮件编号"),
        empty="没有存疑的投递。",
    )
    if found:
        _show_message_ids(named)
        click.echo(f"已自动查过：{asked}；退信；读者的打开与点击。都还没有结论。")
        click.echo("查明后：distribution run doubt accept 投递号，或 resend 投递号")
    if len(found) == limit:
        click.echo(f"只列出前 {limit} 封；--limit 可改。")


def _show_message_ids(named: Sequence[tuple[Doubtful, str]]) -> None:
    """Whole, below a table that has no room for them: a log is searched for them."""
    if console().width >= WIDE:
        return
    click.echo("邮件编号：")
    for one, message_id in named:
        click.echo(f"  {one.delivery_id}  {message_id}")


@group.command("accept")
@_delivery
@_reason
@saying_yes
def accept(delivery_id: int, reason: str, yes: bool) -> None:  # noqa: FBT001 - click's flag
    """对方已收到：记为已交中继，不再投递。

    例如：distribution run doubt accept 12 --reason '中继日志 10:02 已投递'
    """
    question = f"把投递 {delivery_id} 记为已交中继，此后不再投递，确定吗？"
    run_id = _settle("accept", delivery_id, reason, question, yes=yes)
    click.echo(f"投递 {delivery_id}（批次 {run_id}）已记为已交中继。")


@group.command("resend")
@_delivery
@_reason
@saying_yes
def resend(delivery_id: int, reason: str, yes: bool) -> None:  # noqa: FBT001 - click's flag
    """对方没有收到：再投一次，邮件编号不变；已完成的批次会重新投递中。

    例如：distribution run doubt resend 12 --reason '读者来电说没有收到'
    """
    question = f"再投一次投递 {delivery_id}：对方若已收到，会收到第二份，确定吗？"
    run_id = _settle("resend", delivery_id, reason, question, yes=yes)
    click.echo(f"投递 {delivery_id}（批次 {run_id}）待投递。")
    click.echo(f"没有常驻的投递进程时，请运行：distribution run start {run_id}")


def _settle(verb: str, delivery_id: int, reason: str, question: str, *, yes: bool) -> int:
    """Ask, then do it and write it down; gives the run."""
    settle: Callable[..., int] = {
        "accept": delivery.accept_doubt,
        "resend": delivery.resend_doubt,
    }[verb]
    reason = audience.tidy("依据", reason, longest=500)
    app, at, by = installation(), clock.now(), admin()
    with app.reading() as session:
        delivery.require_doubt(session, delivery_id)  # else there is nothing to ask about
    ask(question, yes=yes)
    with app.transaction() as session:
        run_id = settle(session, delivery_id, reason=reason, by=by)
        audit.record(
            session, f"doubt.{verb}", str(delivery_id), by=by, at=at, run=run_id, reason=reason
        )
    return run_id


def _asked(app: App) -> str:
    """Where it was looked for."""
    if app.settings.transport == "outbox":
        return _FOLDER
    return _LOG if any(relay.log for relay in app.relays) else _NOTHING


def _awaited(app: App, session: Session, found: Sequence[Doubtful]) -> dict[int, Awaited]:
    """What the log of each one's relay is still to show; a folder shows it at once."""
    if app.settings.transport == "outbox":
        return {}
    return delivery.awaited(session, [one.delivery_id for one in found], app.quarantine)


def _row(one: Doubtful, message_id: str, awaited: Mapping[int, Awaited]) -> tuple[object, ...]:
    return (
        one.delivery_id,
        one.run_id,
        f"{one.issue_year}-{one.issue_label}",
        one.since,
        one.recipient,
        replies.lane_label(one.lane),
        one.words,
        _hints(one),
        awaited[one.delivery_id].label if one.delivery_id in awaited else None,
        message_id,
    )


def _hints(one: Doubtful) -> str:
    """What has been seen that proves nothing."""
    machines = f"机器打开或点击 {one.opened_by_machines} 次" if one.opened_by_machines else ""
    returned = f"来信 {one.returned} 封" if one.returned else ""
    return "、".join(hint for hint in (machines, returned) if hint)


def _document(
    one: Doubtful, message_id: str, asked: str, awaited: Mapping[int, Awaited]
) -> dict[str, object]:
    awaits = awaited.get(one.delivery_id)
    return {
        "delivery": one.delivery_id,
        "run": one.run_id,
        "issue": f"{one.issue_year}-{one.issue_label}",
        "name": one.name,
        "recipient": one.recipient,
        "lane": one.lane,
        "message_id": message_id,
        "handed_at": one.handed_at,
        "since": one.since,
        "words": one.words,
        "relay": one.relay,
        "awaits": None if awaits is None else awaits.value,
        "asked": [asked, "退信", "读者的打开与点击"],
        "opened_by_machines": one.opened_by_machines,
        "returned": one.returned,
    }
