"""One line that warns before a run of mails that will expire, as fast as its lanes allow."""

from datetime import timedelta

import click

from distribution import replies
from distribution.cli.common import installation, printable
from distribution.delivery import foreseeing, observing

_NAMED = 3
_REMEDY = {True: "可在开始前调高 expiry_hours，或", False: "可"}


def foresee(run_id: int) -> None:
    """Say it of a run, where there is anything to say."""
    app = installation()
    with app.reading() as session:
        view = observing.observe(session, run_id, paced=app.settings.transport != "outbox")
        words = foreseen(view, timedelta(hours=app.settings.expiry_hours))
    if words:
        click.echo(words)


def foreseen(view: observing.View, expiry: timedelta) -> str:
    """The line; empty where all can go in time."""
    short = foreseeing.falling_short(view, expiry)
    if not short:
        return ""
    given = in_hours(foreseeing.time_given(view, expiry))
    lanes = "；".join(
        f"{replies.lane_label(one.lane)} {one.left:,} 封，每小时 {one.per_hour:,} 封，"
        f"至少需 {in_hours(one.takes)}，到期前约只能投 {one.in_time:,} 封"
        for one in short[:_NAMED]
    )
    more = f"；另有 {len(short) - _NAMED} 条线路" if len(short) > _NAMED else ""
    remedy = _REMEDY[view.run.expires_at is None]
    return printable(
        f"到期前（{given}）投不完：{lanes}{more}。{remedy}放宽线路：distribution lane set"
    )


def in_hours(span: timedelta) -> str:
    """Rounded so that nothing is promised.

    >>> in_hours(timedelta(hours=40)), in_hours(timedelta(hours=33, minutes=28))
    ('40 小时', '33.5 小时')
    """
    tenths = round(span / timedelta(hours=1), 1)
    return f"{tenths:,.0f} 小时" if tenths == round(tenths) else f"{tenths:,} 小时"
