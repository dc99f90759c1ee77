"""`distribution schedule release`, `hold` and `skip`: a person's word on a month."""

import sys
from datetime import date

import click

from distribution import audience, calendar, clock, config, delivery
from distribution.cli.common import admin, installation
from distribution.cli.schedule.naming import month_argument
from distribution.cli.schedule.ticking import tell_slot
from distribution.words import SlotState

_dry_run = click.option("--dry-run", is_flag=True, help="只看会怎样，不改动。")
_with_reason = click.option(
    "--reason", required=True, metavar="缘由", help="缘由，记入日程与记录。"
)


@click.command("release")
@month_argument
@click.option("--issue", "key", metavar="期号", help="投递哪一期；只有一期可投时不必写。")
@click.option("--now", "at_once", is_flag=True, help="不等可投递的时刻，立即开始。")
@_dry_run
def release(month: date, key: str | None, at_once: bool, dry_run: bool) -> None:  # noqa: FBT001
    """放行一个等待处理或跳过的月份：到下一个可投递的时刻自动投递。

    可投递的时刻：schedule_time 到 schedule_until，顺延或提前的设置下只在工作日。
    """
    app, at = installation(), clock.now()
    if at_once:
        config.refuse_trial_settings(app.settings)
        delivery.halting.refuse_halted(app.settings.stop_file)
    with app.transaction() as session:
        released = calendar.release(session, app.house, month, issue=key, by=admin(), at=at)
        if dry_run:
            session.rollback()
    name, when = calendar.name_of(month), clock.for_people(released.leaves_at)
    if released.issue is None:
        click.echo(f"{name} 不再搁置：{when} 照常。{_undone(dry_run)}")
        return
    if dry_run or not at_once:
        moment = "立即" if at_once or released.leaves_at <= at else f" {when} "
        click.echo(f"{name} 放行：{released.issue} 期{moment}开始投递。{_undone(dry_run)}")
        return
    slot = calendar.leave_now(app.house, month, at=at)
    tell_slot(slot)
    if slot.state is not SlotState.SENT:
        sys.exit(1)


@click.command("hold")
@month_argument
@_with_reason
@_dry_run
def hold(month: date, reason: str, dry_run: bool) -> None:  # noqa: FBT001
    """搁置一个月：到了日子也不投递，直到有人放行。"""
    app, at, reason = installation(), clock.now(), _tidy(reason)
    with app.transaction() as session:
        calendar.hold(session, app.house, month, reason, by=admin(), at=at)
        if dry_run:
            session.rollback()
    name = calendar.name_of(month)
    click.echo(f"{name} 已搁置；放行：distribution schedule release {name}。{_undone(dry_run)}")


@click.command("skip")
@month_argument
@_with_reason
@_dry_run
def skip(month: date, reason: str, dry_run: bool) -> None:  # noqa: FBT001
    """跳过一个月：这个月不投递；反悔用 schedule release。"""
    app, at, reason = installation(), clock.now(), _tidy(reason)
    with app.transaction() as session:
        calendar.skip(session, app.house, month, reason, by=admin(), at=at)
        if dry_run:
            session.rollback()
    click.echo(f"{calendar.name_of(month)} 不投递。{_undone(dry_run)}")


def _tidy(reason: str) -> str:
    return audience.tidy("缘由", reason, longest=500)


def _undone(dry_run: bool) -> str:  # noqa: FBT001 - as given
    return "（只是预览，没有改动。）" if dry_run else ""
