"""`distribution worker`: sends what is due and judges what comes back, until it is stopped."""

import os
import sys
from typing import NoReturn

import click

from distribution import config, mailboxes
from distribution.app import App
from distribution.cli.common import installation
from distribution.cli.stopping import asked_to_stop
from distribution.config import Settings
from distribution.delivery import Owner
from distribution.logs import log_to
from distribution.mailboxes import Maildir
from distribution.schema import OtherSchema

THREADS = 4
AT_WORK = "正在投递到期的邮件，并处理回来的一切；Ctrl-C 停止。"


@click.command("worker")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="进程数；每个进程与中继保持 connections 个连接。不用 Redis 时只能是 1。",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=THREADS,
    show_default=True,
    help="每个进程的线程数：一个投递，其余处理退信与阅读记录。",
)
def command(processes: int, threads: int) -> None:
    """常驻：投递到期的邮件，处理退信与阅读记录，直到收到停止信号。

    停止时手中的邮件送完即止。请由 systemd 等守护，意外退出后重新启动。
    """
    app = installation()
    config.refuse_trial_settings(app.settings)
    refuse_unusable_mailboxes(app.settings)
    if app.settings.redis_url.get_secret_value():
        _become_dramatiq(app, processes, threads)
    if processes != 1:
        raise click.UsageError("没有设置 redis_url，队列就在进程内：--processes 只能是 1。")
    _work_here(app, threads)


def _become_dramatiq(app: App, processes: int, threads: int) -> NoReturn:
    """Let Dramatiq's own programme take this process's place."""
    import dramatiq

    from workers.broker import refuse_absent
    from workers.in_process import queues_on_redis

    refuse_absent(dramatiq.get_broker())
    app.engine.dispose()
    words = (
        *("-m", "distribution.cli.dramatiq_programme", "workers"),
        "--skip-logging",  # it is ours
        "--path",  # none: neither the current folder nor any other may hide what is installed
        *("--processes", str(processes)),
        *("--threads", str(threads)),
        *("--worker-shutdown-timeout", str(round(1000 * app.patience.total_seconds()))),
        *("--queues", *queues_on_redis(app.settings)),
    )
    click.echo(AT_WORK)
    sys.stdout.flush()
    os.execve(  # noqa: S606 - no shell, and nothing in it that a person has written
        sys.executable, [sys.executable, *words], {**os.environ, "PYTHONSAFEPATH": "1"}
    )


def _work_here(app: App, threads: int) -> None:
    """Work in threads of this process."""
    from workers.in_process import ALL_QUEUES, working

    log_to(sys.stderr, app.settings.log_format)
    with asked_to_stop() as stop, working(app, ALL_QUEUES, threads=threads) as claim:
        said: Owner | None = None
        if claim.mine:
            click.echo(AT_WORK)
        while True:
            if claim.other != said:
                click.echo(standing(claim.other))
                said = claim.other
            refuse_other_schema(app)
            if stop.wait(1):
                return


def refuse_unusable_mailboxes(settings: Settings) -> None:
    """Raise UnusableMailbox where returned mail is to be fetched from what is no mailbox.

    A server is not asked: it may be away for a while.
    """
    mailboxes.configured(settings)
    if settings.bounce_maildir is not None:
        Maildir(settings.bounce_maildir).survey()


def refuse_other_schema(app: App) -> None:
    """Raise OtherSchema once the sender has met it: a supervisor then starts what is installed."""
    if isinstance(app.sender.trouble, OtherSchema):
        raise app.sender.trouble


def standing(other: Owner | None) -> str:
    """Who sends, in a sentence."""
    if other is None:
        return "现由本进程投递。"
    return f"{other.host} 上的进程 {other.pid} 正在投递，本进程待命，它停止后由这里接替。"
