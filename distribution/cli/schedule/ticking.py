"""`distribution schedule tick`: what the scheduler does, once, for cron or a timer."""

import sys

import click

from distribution import calendar, clock, config, delivery
from distribution.cli.common import installation, printable
from distribution.errors import Refused
from distribution.models import ScheduleSlot
from distribution.words import SlotState


class ClockOff(Refused):
    """Raised where this host's clock cannot be believed."""

    def __init__(self, ticked: calendar.Ticked) -> None:
        self.off = ticked.clock_off
        super().__init__(
            f"这台主机的时钟与数据库相差 {calendar.in_words(self.off)}，不按日程投递："
            "请先校准时钟（timedatectl）"
        )


@click.command("tick")
def tick() -> None:
    """看一次日程：到了日子就开始投递，该提醒的提醒；给 cron 或 systemd timer 用。

    没有到期的则什么也不做，可以随时运行。开始后的邮件由 distribution worker（或 up）投出。
    """
    from workers.scheduling import refuse_off

    app, at = installation(), clock.now()
    refuse_off(app.settings)
    config.refuse_trial_settings(app.settings)
    house = app.house
    ticked = calendar.tick(house, at=at, start=calendar.machine_start())
    if ticked.clock_off:
        raise ClockOff(ticked)
    if ticked.halted:
        delivery.halting.refuse_halted(app.settings.stop_file)
    held = False
    for month in ticked.touched:
        with app.reading() as session:
            slot = calendar.find_slot(session, month)
        if slot is not None:
            tell_slot(slot)
            held = held or slot.state is SlotState.HELD
    if not ticked.touched:
        click.echo("没有到期的。")
    for errand in calendar.ERRANDS.values():
        errand(house, at)
    if held:
        sys.exit(1)


def tell_slot(slot: ScheduleSlot) -> None:
    """How a month's slot stands, in a sentence."""
    name = calendar.name_of(slot.month)
    if slot.state is SlotState.SENT:
        click.echo(
            f"{name}：批次 {slot.run_id} 已开始投递；由 distribution worker 或 up 投出，"
            f"没有常驻进程的请运行 distribution run start {slot.run_id}"
        )
        return
    why = slot.words or (slot.hold.label if slot.hold else "")
    click.echo(printable(f"{name}：{slot.state.label}{f'（{why}）' if why else ''}"))
