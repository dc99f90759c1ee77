"""`distribution run rehearse`: what readers will get, sent to somebody of the office."""

import asyncio
import sys

import click

from distribution import audience, audit, clock, config, delivery
from distribution.cli.common import admin, as_json, installation, show_json
from distribution.cli.listing import show_list
from distribution.cli.run.naming import run_argument
from distribution.delivery import rehearsing

_SAMPLES = 3


@click.command("rehearse")
@run_argument
@click.option("--to", "to", required=True, metavar="邮箱", help="寄到哪里。")
@click.option("--reader", "readers", multiple=True, metavar="邮箱", help="谁的邮件；可以多写几个。")
@click.option(
    "--sample",
    type=click.IntRange(1, 50),
    metavar="封数",
    help=f"内容各不相同的这么多封，收的人多的在前。[默认：{_SAMPLES}]",
)
@as_json
def rehearse(
    run_id: int,
    to: str,
    readers: tuple[str, ...],
    sample: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """预演：把这个批次里读者的邮件寄到一个邮箱，账上不留任何记录。

    内容与读者将收到的一样；主题前有【预演】，信中的退订与设置链接不属于任何读者，打开与点击
    不计数。

    例如：distribution run rehearse 3 --to wo@example.com --sample 5
    """
    if readers and sample is not None:
        raise click.UsageError("--reader 与 --sample 不能同时用。")
    app, at = installation(), clock.now()
    config.refuse_trial_settings(app.settings)
    delivery.halting.refuse_halted(app.settings.stop_file)
    address, addresses = audience.read_address(to), app.addresses
    with app.reading() as session:
        if readers:
            wanted = [audience.read_address(reader) for reader in readers]
            staged = rehearsing.stage_readers(
                session, run_id, wanted, address.envelope, addresses, at=at
            )
        else:
            staged = rehearsing.stage_samples(
                session, run_id, sample or _SAMPLES, address.envelope, addresses, at=at
            )
    shown = asyncio.run(rehearsing.show(app.open_transport(), staged))
    with app.transaction() as session:
        numbers = [one.staged.delivery_id for one in shown]
        audit.record(session, "run.rehearse", str(run_id), by=admin(), at=at, deliveries=numbers)
    if as_json:
        documents = [_document(one) for one in shown]
        show_json({"run": run_id, "to": address.written, "shown": documents})
    else:
        _show(run_id, address.written, shown)
    if not all(one.accepted for one in shown):
        sys.exit(1)


def _show(run_id: int, to: str, shown: list[rehearsing.Shown]) -> None:
    show_list(
        ("投递号", "读者", "篇数", "主题", "结果"),
        [
            (
                one.staged.delivery_id,
                one.staged.reader,
                one.staged.articles,
                one.staged.subject,
                "已交中继" if one.accepted else one.words,
            )
            for one in shown
        ],
        elastic=("主题", "结果"),
        empty=f"批次 {run_id} 没有投递可以预演。",
    )
    if shown:
        click.echo(f"已寄往 {to}：{sum(one.accepted for one in shown)} 封；账上没有改动。")


def _document(one: rehearsing.Shown) -> dict[str, object]:
    return {
        "delivery": one.staged.delivery_id,
        "reader": one.staged.reader,
        "articles": one.staged.articles,
        "subject": one.staged.subject,
        "message_id": one.staged.envelope.message_id,
        "accepted": one.accepted,
        "words": one.words,
    }
