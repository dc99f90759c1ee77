"""`distribution up`: web pages and workers in one process, for a small office."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from distribution import config
from distribution.app import App
from distribution.cli.common import installation
from distribution.cli.worker import log_to_stderr, standing


@click.command("up")
def command() -> None:
    """小单位一条命令：网页、投递、退信与阅读记录同在一个进程，直到收到停止信号。

    同时运行的 distribution run start 只显示进展。
    """
    from distribution.web import serve
    from workers.tracking import ring_for

    app = installation()
    config.refuse_trial_settings(app.settings)
    log_to_stderr()
    serve(
        app,
        ring_for,
        background=lambda: _working(app),
        listening=lambda url: click.echo(f"网页在 {url}；Ctrl-C 停止。"),
    )


@contextmanager
def _working(app: App) -> Iterator[None]:
    """Work beside the web pages; says so where another process sends."""
    from workers.in_process import working

    with working(app) as claim:
        if claim.other is not None:
            click.echo(standing(claim.other))
        yield
