"""`distribution scheduler`: lets each month's issue go at its hour, until it is stopped."""

import sys

import click

from distribution import config
from distribution.cli.common import installation
from distribution.cli.stopping import asked_to_stop
from distribution.logs import log_to


@click.command("scheduler")
def command() -> None:
    """常驻：到日子开始投递已批准的期刊，提前提醒编辑，直到收到停止信号。

    可在几台主机上各运行一个：每月只投递一次。邮件由 distribution worker 投出；
    distribution up 已包含它。
    """
    from workers.exposing import exposed
    from workers.scheduling import Scheduler, refuse_off

    app = installation()
    refuse_off(app.settings)
    config.refuse_trial_settings(app.settings)
    log_to(sys.stderr, app.settings.log_format)
    with asked_to_stop("手中的一步做完即止") as stop, exposed(app):
        click.echo("正在看日程：distribution schedule show 列出各月；Ctrl-C 停止。")
        Scheduler(app, stop).keep()
