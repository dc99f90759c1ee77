"""`distribution run plan` and `seal`: who gets what, frozen before anything leaves."""

import click

from distribution import audience, audit, clock, delivery
from distribution.audience import TheseEnterprises
from distribution.cli.common import admin, installation
from distribution.cli.run.foreseeing import foresee
from distribution.cli.run.naming import run_argument
from distribution.cli.run.showing import show_excluded
from distribution.words import Membership, RunState


@click.command("plan")
@click.argument("key", metavar="期号")
def plan(key: str) -> None:
    """为一期规划投递：冻结读者与各人的选文；中断后再运行即继续。"""
    app, at = installation(), clock.now()
    number = delivery.plan(app.transaction, key, app.recipe, by=admin(), at=at)
    with app.transaction() as session:
        status = delivery.status(session, number)
        audit.record(session, "run.plan", str(number), by=admin(), at=at, issue=status.issue_key)
    click.echo(
        f"批次 {number}（{status.issue_key} 期）{status.run.state.label}：{status.total} 封投递。"
    )
    show_excluded(status)
    _show_ending()
    foresee(number)
    if status.run.state is RunState.PLANNED:
        click.echo(f"下一步：distribution run start {number}")


def _show_ending() -> None:
    """Say how many memberships will soon end: their contacts are then left out of plans."""
    with installation().reading() as session:
        ending = TheseEnterprises(standing=Membership.ENDING)
        count = audience.count_enterprises(session, ending, today=clock.today())
    if count:
        click.echo(
            f"有 {count} 家企业的会籍将在 {audience.NOTICE.days} 天内到期："
            "distribution enterprise list --ending"
        )


@click.command("seal")
@run_argument
def seal(run_id: int) -> None:
    """封存：清点投递、签下读者名单；此后不再变动。"""
    app, at = installation(), clock.now()
    delivery.seal(app.transaction, run_id, at=at)
    with app.transaction() as session:
        status = delivery.status(session, run_id)
        audit.record(session, "run.seal", str(run_id), by=admin(), at=at)
    click.echo(f"批次 {run_id} {status.run.state.label}：{status.run.planned} 封。")
