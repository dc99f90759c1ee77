"""`distribution serve`: the web pages that the links in a mail lead to."""

import signal
import sys
from contextlib import closing

import click

from distribution.cli.common import installation
from distribution.cli.stopping import asked_to_stop
from distribution.logs import log_to


@click.command("serve")
def command() -> None:
    """常驻：邮件中链接所指的网页（阅读、退订、关注、打开与点击），直到收到停止信号。

    对外由反向代理转发到这里。打开与点击由 distribution worker 处理；
    一个进程全包请用 distribution up。
    """
    from distribution import web
    from workers import bounces, tracking
    from workers.exposing import exposed

    app = installation()
    log_to(sys.stderr, app.settings.log_format)
    with (
        asked_to_stop("已收到的请求答完即止", second=signal.SIG_DFL) as stop,
        closing(web.listen(app.settings)) as listener,
        exposed(app),
        web.served(app, tracking.ring_for, listener, ring_notices=bounces.ring_for) as server,
    ):
        click.echo(
            f"网页在 http://{web.netloc(listener)}，"
            f"邮件中的链接指向 {app.settings.base_url}；Ctrl-C 停止。"
        )
        while server.is_alive() and not stop.wait(1):
            pass
