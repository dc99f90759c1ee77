"""`distribution up`: web pages, workers and the scheduler in one process, for a small office."""

import signal
import sys
from contextlib import closing

import click

from distribution import config
from distribution.cli.common import installation
from distribution.cli.stopping import asked_to_stop
from distribution.cli.worker import refuse_other_schema, refuse_unusable_mailboxes, standing
from distribution.delivery import Owner
from distribution.logs import log_to


@click.command("up")
def command() -> None:
    """小单位一条命令：网页、投递、日程、退信与阅读记录同在一个进程，直到收到停止信号。

    同时运行的 distribution run start 只显示进展。
    """
    from distribution import web
    from workers import bounces, tracking
    from workers.in_process import working
    from workers.scheduling import scheduling

    app = installation()
    config.refuse_trial_settings(app.settings)
    refuse_unusable_mailboxes(app.settings)
    log_to(sys.stderr, app.settings.log_format)
    with (
        asked_to_stop("已收到的请求答完、手中的邮件送完即止", second=signal.SIG_DFL) as stop,
        closing(web.listen(app.settings)) as listener,
        working(app) as claim,
        scheduling(app),
        web.served(app, tracking.ring_for, listener, ring_notices=bounces.ring_for) as server,
    ):
        click.echo(
            f"网页在 http://{web.netloc(listener)}，"
            f"邮件中的链接指向 {app.settings.base_url}；Ctrl-C 停止。"
        )
        if app.settings.schedule == "off":
            click.echo("自动投递已关闭（schedule 是 off）：由人运行 run plan 与 run start。")
        said: Owner | None = None
        while True:
            if claim.other != said:
                click.echo(standing(claim.other))
                said = claim.other
            refuse_other_schema(app)
            if not server.is_alive() or stop.wait(1):
                break
