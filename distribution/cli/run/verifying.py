"""`distribution run verify`: the books recounted, and the result signed."""

import sys
from datetime import datetime

import click

from distribution import clock, delivery
from distribution.cli.common import as_json, installation, show_json
from distribution.cli.run.naming import run_argument
from distribution.cli.run.showing import document
from distribution.delivery import Recount, Status
from distribution.words import DeliveryState


@click.command("verify")
@run_argument
@as_json
def verify(run_id: int, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """从账上逐行重新清点；有不符则退出码为 1。

    相符的结果签名后记入批次；下次核对时，连同签名一起比对，账目被人改动过就会说出来。
    """
    app, at = installation(), clock.now()
    with app.reading() as session:
        delivery.as_of_one_moment(session)
        counted = delivery.recount(session, run_id, app.keyring)
        status = delivery.status(session, run_id)
    with app.transaction() as session:
        signed_at = at if delivery.sign(session, counted, app.keyring, at=at) else None
    if as_json:
        show_json(document(status) | _document(counted, signed_at))
    else:
        _show(status, counted, signed_at)
    if counted.mismatches:
        sys.exit(1)


def _show(status: Status, counted: Recount, signed_at: datetime | None) -> None:
    for mismatch in counted.mismatches:
        click.echo(f"不符：{mismatch}")
    if counted.mismatches:
        return
    click.echo(f"批次 {counted.run_id} 账目相符：{status.total} 封投递，{_settled(status)}。")
    if counted.signed_at is not None:
        click.echo(f"与 {clock.for_people(counted.signed_at)} 签名的结果相比，没有不该有的改动。")
    if signed_at is not None:
        click.echo("结果已签名，记入批次。")


def _settled(status: Status) -> str:
    """Whether each mail has come to its end; in doubt is none."""
    waiting, doubtful = status.open, status.count(DeliveryState.IN_DOUBT)
    words = [f"{waiting} 封还没有结果"] if waiting else []
    words += [f"{doubtful} 封存疑"] if doubtful else []
    return f"其中 {'、'.join(words)}" if words else "各有着落"


def _document(counted: Recount, signed_at: datetime | None) -> dict[str, object]:
    return {
        "mismatches": counted.mismatches,
        "figures": counted.figures,
        "compared_with": counted.signed_at,
        "verified_at": signed_at,
    }
