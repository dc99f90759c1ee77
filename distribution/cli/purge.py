"""`distribution purge`: what is past its time goes."""

from pathlib import Path
from typing import Any

import click

from distribution import clock, delivery, privacy
from distribution.app import App
from distribution.cli.common import admin, as_json, installation, show_json, show_table
from distribution.cli.personal import remove_files, say_what_stays
from distribution.privacy import Kept, Purge, Purged


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="只数一数，不改动任何内容。")
@as_json
def command(dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """清理过了保存期的资料；各种资料留多少天，由 keep_ 开头的设置决定，0 为一直保留。

    可以随时运行，投递进行中也可以：不动尚未投完的邮件和尚未处理的来信。再次运行只处理
    新到期的。distribution config show 列出各项设置。

    可以由 cron 或 systemd 定时器每天运行一次，crontab 中写作：

    30 3 * * * distribution purge
    """
    app, at = installation(), clock.now()
    done = privacy.purge(
        app.transaction, _days(app), app.keyring.address_hash, by=admin(), at=at, dry_run=dry_run
    )
    stuck: list[Path] = []
    wiped = True
    if not dry_run:
        _, stuck = remove_files(app, done.erasures)
        with app.reading() as session:
            sending = delivery.anything_to_do(session)
        wiped = privacy.wipe(app.engine, anew=not sending)  # writing it anew keeps others waiting
    if as_json:
        show_json(_document(done, dry_run=dry_run))
    else:
        _show(done, dry_run=dry_run)
    say_what_stays(stuck, wiped=wiped)
    if stuck:
        raise SystemExit(1)


def _days(app: App) -> dict[Kept, int]:
    return {kept: getattr(app.settings, kept.value) for kept in Kept if kept.by_setting}


def _show(done: Purge, *, dry_run: bool) -> None:
    show_table(
        ("资料", "保留", "早于", "将清理" if dry_run else "已清理"),
        [
            (
                kind.kept.label,
                _period(kind),
                clock.for_people(kind.before)[:10] if kind.before else None,
                kind.count,
            )
            for kind in done.kinds
        ],
    )
    if done.held_up:
        click.echo(f"{done.held_up} 人有邮件正在交付或来信尚未处理：下次再清理。")
    if not done.total:
        click.echo("没有到期的资料。")


def _period(kind: Purged) -> str:
    if kind.days is None:
        return "不保留"
    return f"{kind.days} 天" if kind.days else "一直"


def _document(done: Purge, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "kinds": [
            {
                "kind": kind.kept.value,
                "label": kind.kept.label,
                "days": kind.days,
                "before": kind.before,
                "count": kind.count,
            }
            for kind in done.kinds
        ],
        "held_up": done.held_up,
        "total": done.total,
    }
