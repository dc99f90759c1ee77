"""`distribution serve`: the web pages that the links in a mail lead to."""

import click

from distribution.cli.common import installation
from distribution.cli.worker import log_to_stderr


@click.command("serve")
def command() -> None:
    """常驻：邮件中链接所指的网页（阅读、退订、关注、打开与点击），直到收到停止信号。

    对外由反向代理转发到这里。打开与点击由 distribution worker 处理；
    一个进程全包请用 distribution up。
    """
    from distribution.web import serve
    from workers.tracking import ring_for

    app = installation()
    log_to_stderr()
    serve(
        app,
        ring_for,
        listening=lambda url: click.echo(
            f"网页在 {url}，邮件中的链接指向 {app.settings.base_url}；Ctrl-C 停止。"
        ),
    )
