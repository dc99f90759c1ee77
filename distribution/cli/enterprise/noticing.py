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
    """提醒管理员哪些会籍即将到期：每家每个到期日只提醒一次。

    寄到 admin_addresses 与人员表中的管理员，没有管理员时寄给编辑。
    worker 与 up 运行时会自己提醒，不必另外运行。
    """
    from workers.telling import readership

    app, at = installation(), clock.now()
    if dry_run:
        with app.reading() as session:
            rows = audience.endings(session, today=clock.today())
            _show([row.name for row, _ in rows])
        return
    config.refuse_trial_settings(app.settings)
    recipe = app.recipe
    with app.transaction() as session:
        people = readership(app, session).of_everything
        if not people:
            raise InvalidSetting(
                "admin_addresses",
                "",
                "还没有设置，人员表里也没有管理员或编辑：写上管理员的邮件地址，逗号分隔",
            )
        told = delivery.notice_endings(
            session,
            recipe.templates,
            app.settings.sender_name,
            people,
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
