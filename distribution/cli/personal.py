"""`distribution subscriber export|erase`: one person's data, handed over, erased."""

import json
import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, events, privacy
from distribution.app import App
from distribution.cli.chinese import why
from distribution.cli.common import (
    admin,
    as_json,
    ask,
    installation,
    printable,
    saying_yes,
    show_json,
    show_table,
)
from distribution.errors import DistributionError
from distribution.models import Subscriber
from distribution.privacy import Erasure
from distribution.transports import Outbox
from distribution.words import RequestKind, Signal

_HANDED_OUT = "已导出全部资料"
_LATEST_MAILS = 500
_SCRUBBED = {
    "deliveries": "投递的收件地址",
    "letters": "单独的信",
    "proof_lists": "样刊名单",
    "skipped": "尚未投递、改为跳过的邮件",
    "replies": "中继与对方的原话",
    "mails": "退信与来信的原文",
    "consent_events": "同意记录的文字",
    "import_rows": "导入的行",
    "interests": "关注主题与关注词",
    "audit": "操作记录",
    "requests": "资料请求的文字",
    "texts": "备注、依据等文字",
    "outbox": "发件文件夹中的邮件",
}
_NOT_OURS = (
    "中继、对方的邮箱服务商和本人的邮箱里还有已寄出的邮件，本系统无法删除；"
    "备份（含数据库的日志归档）、导出的名单与导入结果文件请另行删除。"
)


class CannotWrite(DistributionError):
    """Raised when a file cannot be written where it is wanted."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        super().__init__(f"{path} 写不进去（{why(error)}）：请用 --out 换一个位置")


# -- export --------------------------------------------------------------------------------------


@click.command("export")
@click.argument("email", metavar="邮箱")
@click.option(
    "--out", type=click.Path(path_type=Path), help="文件夹，或文件名；不写则在当前文件夹。"
)
@as_json
def export(email: str, out: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """导出一位订阅者的全部资料：一个 JSON 文件和一个可以直接打开的网页。

    应本人查阅或复制资料的请求而作；记入资料请求，并办结本人尚未答复的查阅请求。--json
    把 JSON 写到标准输出，不写文件。

    例如：distribution subscriber export zhang@enterprise.example --out 答复
    """
    app, at = installation(), clock.now()
    with app.reading() as session:
        row = audience.find_subscriber(session, email)
        document = privacy.dossier(session, row, at=at)
    if as_json:
        show_json(document)
    else:
        for path in _written(document, out or Path(), str(row.email_key)):
            click.echo(printable(f"已写入 {path}"))
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        _answered(session, row, at)


def _answered(session: Session, row: Subscriber, at: datetime) -> None:
    kind = RequestKind.ACCESS
    closed = privacy.settle(
        session, kind, row, row.address_hash, answer=_HANDED_OUT, by=admin(), at=at
    )
    audit.record(session, "subscriber.export", str(row.id), by=admin(), at=at, request=closed[0])


def _written(document: dict[str, Any], out: Path, name: str) -> Iterable[Path]:
    """Write both files, readable by their owner only."""
    stem = out / re.sub(r"[^A-Za-z0-9@._-]", "_", name)
    if out.suffix.lower() in (".json", ".html") and not out.is_dir():
        stem = out.with_suffix("")
    files = {
        stem.with_name(f"{stem.name}.json"): json.dumps(document, ensure_ascii=False, indent=2),
        stem.with_name(f"{stem.name}.html"): privacy.page(document),
    }
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
        except OSError as error:
            raise CannotWrite(path, error) from error
    return files


# -- erase ---------------------------------------------------------------------------------------


@click.command("erase")
@click.argument("email", metavar="邮箱")
@click.option("--reason", required=True, help="缘由，例如 '本人 2026-11-20 来电'。")
@saying_yes
@as_json
def erase(email: str, reason: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001
    """删除一位订阅者的资料：姓名、地址、电话和写有它们的一切；不能恢复。

    过去各批次的数字不变；地址只留一个带密钥的摘要，此后不再向它投递。办结本人尚未答复的
    删除请求。有给他的邮件正在交付时不执行，请稍后再试。

    例如：distribution subscriber erase zhang@enterprise.example --reason '本人来电'
    """
    app, at = installation(), clock.now()
    with app.reading() as session:
        row = audience.find_subscriber(session, email)
        name = f"{row.name} <{row.email}>"
    ask(printable(f"删除 {name} 的全部资料？不能恢复。"), yes=yes)
    _judge_what_came(app, at)
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        done = privacy.erase(
            session,
            row,
            app.keyring.address_hash,
            why=privacy.ASKED,
            reason=reason,
            by=admin(),
            at=at,
        )
    removed, stuck = remove_files(app, [done])
    wiped = privacy.wipe(app.engine, anew=True)
    if as_json:
        show_json(_erased(done, removed, stuck, wiped=wiped))
    else:
        _tell(done, removed, stuck, wiped=wiped)
    if stuck or not wiped:
        raise SystemExit(1)


def _judge_what_came(app: App, at: datetime) -> None:
    """Mails that wait are judged first, as a worker would: what they say decides whose they are."""
    while True:
        with app.transaction() as session:
            waiting = events.unjudged(session, [Signal.MAIL, Signal.NOTICE], at, _LATEST_MAILS)
            judged = events.judge_mails(session, waiting, app.desk, at)
        if not judged:
            return


def remove_files(app: App, erasures: Iterable[Erasure]) -> tuple[int, list[Path]]:
    """Remove the mails to those erased from the outbox; gives how many, and those that stayed."""
    outbox = Outbox(app.settings.home / "outbox")
    removed, stuck = 0, []
    for message_id in (name for erasure in erasures for name in _message_ids(app, erasure)):
        try:
            removed += outbox.forget(message_id)
        except OSError:
            stuck.append(outbox.file(message_id))
    return removed, stuck


def _message_ids(app: App, erasure: Erasure) -> Iterable[str]:
    yield from map(app.addresses.message_id, erasure.delivery_ids)
    yield from map(app.addresses.letter_id, erasure.letter_ids)


def say_what_stays(stuck: Iterable[Path], *, wiped: bool) -> None:
    """What an admin still has to do, on the error stream."""
    for path in stuck:
        click.echo(printable(f"文件 {path} 删不掉：请检查权限后手工删除。"), err=True)
    if not wiped:
        click.echo(
            "数据库文件中的旧页还没有覆盖（别的进程正在使用，或磁盘空间不足）："
            "请停下 distribution up 后运行 distribution purge",
            err=True,
        )


def _tell(done: Erasure, removed: int, stuck: list[Path], *, wiped: bool) -> None:
    counts = done.counts | {"outbox": removed}
    click.echo(f"已删除编号 {done.subscriber_id} 的资料；请求 {done.requests[0]} 已办结。")
    show_table(
        ("清除了什么", "处"),
        [(label, counts[kind]) for kind, label in _SCRUBBED.items() if counts.get(kind)],
        empty="除资料本身外，别处没有他的姓名与地址。",
    )
    click.echo(_NOT_OURS)
    say_what_stays(stuck, wiped=wiped)


def _erased(done: Erasure, removed: int, stuck: list[Path], *, wiped: bool) -> dict[str, Any]:
    return {
        "subscriber": done.subscriber_id,
        "requests": list(done.requests),
        "scrubbed": done.counts | {"outbox": removed},
        "files_left": [str(path) for path in stuck],
        "old_pages_overwritten": wiped,
        "not_ours": _NOT_OURS,
    }


COMMANDS = (export, erase)
"""Of the noun `subscriber`."""
