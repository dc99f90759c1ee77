"""`distribution enterprise notify`: tell the admins by mail which memberships will end."""

import asyncio

import click

from distribution import audience, clock, config, delivery
from distribution.cli.common import admin, installation, printable
from distribution.errors import InvalidSetting
from distribution.words import LetterState


@click.command("notify")
@click.option("--dry-run", is_flag=True, help="只显示会提醒哪些，不寄。")
def notify(dry_run: bool) -> None:  # noqa: FBT001 - click's flag
    """提醒管理员哪些会籍即将到期：寄到 admin_addresses，每家每个到期日只提醒一次。

    可由 cron 或定时器每天运行；同时再投上次没有寄出的信。
    """
    app, at = installation(), clock.now()
    if dry_run:
        with app.reading() as session:
            rows = audience.endings(session, today=clock.today())
            _show([row.name for row, _ in rows])
        return
    admins = app.settings.admin_addresses
    if not admins:
        raise InvalidSetting("admin_addresses", "", "还没有设置：写上管理员的邮件地址，逗号分隔")
    config.refuse_trial_settings(app.settings)
    recipe = app.recipe
    with app.transaction() as session:
        told = delivery.notice_endings(
            session,
            recipe.templates,
            app.settings.sender_name,
            admins,
            by=admin(),
            at=at,
        )
        names = [row.name for row in told]
    _show(names)
    done = asyncio.run(delivery.post_due(app.transaction, app.open_transport, app.office, at=at))
    for state in LetterState:
        if count := done.get(state):
            click.echo(f"{state.label} {count} 封。")


def _show(names: list[str]) -> None:
    if not names:
        click.echo("没有新的要提醒：即将到期的都已提醒过，或还没有到提前提醒的时候。")
        return
    click.echo(f"会籍即将到期、尚未提醒的 {len(names)} 家：")
    for name in names:
        click.echo(printable(f"  {name}"))
